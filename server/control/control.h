#pragma once

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
    boost::asio::awaitable<http::Response> route(http::Request& request, http::BodyReader& body);

    Emulator& emulator_;
    boost::asio::any_io_executor workers_;
};

}  // namespace amilab
