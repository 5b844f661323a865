#pragma once

#include <memory>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "server/control/control.h"
#include "server/emulator.h"
#include "server/http/message.h"

namespace amilab {

/// Between HTTP and the services: sends each request where it belongs, writing calls one after the
/// other without holding threads, and lets what is due happen on an idle server.
class Front {
public:
    Front(boost::asio::io_context& io_context, Emulator& emulator);

    /// Safe from any thread. Throws HttpError for bodies that are too large or broken.
    boost::asio::awaitable<http::Response> handle(http::Request& request, http::BodyReader& body);
    /// Stops waiting for what is due.
    void stop();

private:
    boost::asio::awaitable<http::Response> handle_api(http::Request& request,
                                                      http::BodyReader& body);
    /// On the writers' strand.
    void wait_for_due();

    Emulator& emulator_;
    boost::asio::strand<boost::asio::io_context::executor_type> writers_;
    boost::asio::steady_timer due_timer_;  // used on writers_ alone
    TimeMs awaited_due_ms_ = Generation::kNever;
    Control control_;
};

}  // namespace amilab
