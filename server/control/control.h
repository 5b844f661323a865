#pragma once

#include <span>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "server/calls/emulator.h"
#include "server/calls/stream.h"
#include "server/control/access.h"
#include "server/http/routes.h"

namespace amilab {

/// The control API, /_amilab/...: what no client of AWS has and every test wants. docs/control.md
/// lists the routes. Answers JSON; refusals are {"error": "..."} with a 4xx status.
/// Safe from any thread.
class Control {
public:
    /// What all its paths begin with.
    static constexpr std::string_view kPrefix = "/_amilab/";

    Control(Emulator& emulator, ControlAccess access)
        : emulator_(emulator), access_(std::move(access))
    {
    }

    /// Throws ClientGone.
    boost::asio::awaitable<StreamAnswer> handle(const StreamRequest& request);

private:
    /// One request, on its route.
    struct Call {
        const StreamRequest& request;
        /// What of the path stands behind the route's.
        std::string_view rest;
    };
    using Answer = boost::asio::awaitable<StreamAnswer>;
    using Route = http::Route<Answer (Control::*)(const Call&)>;

    static std::span<const Route> routes();
    Answer route(const StreamRequest& request);

    Answer show_health(const Call& call);
    Answer reset(const Call& call);
    Answer clock(const Call& call);
    Answer delays(const Call& call);
    Answer regions(const Call& call);
    Answer accounts(const Call& call);
    Answer show_space(const Call& call);
    Answer import_image(const Call& call);
    Answer export_disk(const Call& call);

    Emulator& emulator_;
    ControlAccess access_;
};

}  // namespace amilab
