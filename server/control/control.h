#pragma once

#include <span>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "server/calls/emulator.h"
#include "server/calls/stream.h"
#include "server/control/access.h"
#include "server/control/call_ring.h"
#include "server/http/message.h"
#include "server/http/routes.h"

namespace amilab {

/// The control API, /_amilab/...: what no client of AWS has and every test wants. docs/control.md
/// lists the routes. Answers JSON; refusals are {"error": "..."} with a 4xx status.
/// Used by the thread that runs the ring of calls.
class Control {
public:
    /// What its paths begin with, and those of other emulators that it answers as well.
    static constexpr std::string_view kPrefix = "/_amilab/";
    static constexpr std::string_view kLocalStackPrefix = "/_localstack/";
    static constexpr std::string_view kMotoPrefix = "/moto-api/";

    /// `calls` outlives it.
    Control(Emulator& emulator, ControlAccess access, CallRing& calls)
        : emulator_(emulator), access_(std::move(access)), calls_(calls)
    {
    }

    /// Tells in `caller`, as soon as that is known, for which account and region the call acts;
    /// left empty by one that acts for all. Throws ClientGone.
    boost::asio::awaitable<StreamAnswer> handle(const StreamRequest& request, Caller& caller);
    /// A refusal that is HTTP's, as this API says it.
    static StreamAnswer refuse(const http::HttpError& error);

private:
    /// One request, on its route.
    struct Call {
        const StreamRequest& request;
        /// What of the path stands behind the route's.
        std::string_view rest;
        Caller& caller;
    };
    using Answer = boost::asio::awaitable<StreamAnswer>;
    using Route = http::Route<Answer (Control::*)(const Call&)>;

    static std::span<const Route> routes();
    Answer route(const StreamRequest& request, Caller& caller);

    Answer show_health(const Call& call);
    Answer show_localstack_health(const Call& call);
    Answer reset(const Call& call);
    Answer clock(const Call& call);
    Answer delays(const Call& call);
    Answer regions(const Call& call);
    Answer quotas(const Call& call);
    Answer instance_events(const Call& call);
    Answer accounts(const Call& call);
    Answer show_space(const Call& call);
    Answer show_cost(const Call& call);
    Answer show_calls(const Call& call);
    Answer import_image(const Call& call);
    Answer export_disk(const Call& call);
    Answer save(const Call& call);

    Emulator& emulator_;
    ControlAccess access_;
    CallRing& calls_;
};

}  // namespace amilab
