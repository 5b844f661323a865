#pragma once

#include <span>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "server/calls/emulator.h"
#include "server/http/message.h"

namespace amilab {

/// The control API, /_amilab/...: what no client of AWS has and every test wants. docs/control.md
/// lists the routes. Answers JSON; refusals are {"error": "..."} with a 4xx status.
/// Safe from any thread.
class Control {
public:
    /// Whatever may take longer than parsing is done by `workers`.
    Control(Emulator& emulator, boost::asio::any_io_executor workers)
        : emulator_(emulator), workers_(std::move(workers))
    {
    }

    static bool is_control_path(std::string_view path);

    boost::asio::awaitable<http::Response> handle(http::Request& request, http::BodyReader& body);

private:
    /// One request, on its route.
    struct Call {
        http::Request& request;
        http::BodyReader& body;
        /// What of the path stands behind the route's.
        std::string_view rest;
    };
    struct Route;
    using Answer = boost::asio::awaitable<http::Response>;

    static std::span<const Route> routes();
    Answer route(http::Request& request, http::BodyReader& body);

    Answer show_health(const Call& call);
    Answer reset(const Call& call);
    Answer clock(const Call& call);
    Answer delays(const Call& call);
    Answer accounts(const Call& call);
    Answer show_space(const Call& call);
    Answer import_image(const Call& call);
    Answer export_disk(const Call& call);

    Emulator& emulator_;
    boost::asio::any_io_executor workers_;
};

}  // namespace amilab
