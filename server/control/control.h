#pragma once

#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "server/emulator.h"
#include "server/http/message.h"

namespace amilab {

/// The control API, /_amilab/...: what no client of AWS has and every test wants. docs/control.md
/// lists the routes. Answers JSON; refusals are {"error": "..."} with a 4xx status.
/// Safe from any thread.
class Control {
public:
    explicit Control(Emulator& emulator) : emulator_(emulator) {}

    static bool is_control_path(std::string_view path);

    boost::asio::awaitable<http::Response> handle(http::Request& request, http::BodyReader& body);

private:
    boost::asio::awaitable<http::Response> route(http::Request& request, http::BodyReader& body);

    Emulator& emulator_;
};

}  // namespace amilab
