#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "server/front/front.h"
#include "server/services/services.h"
#include "tests/server/front/counted_bodies.h"

namespace amilab::test {

/// An emulator behind its front, without sockets. Requests are worked on by the test's own thread.
class FrontWorld {
public:
    explicit FrontWorld(std::span<const Service* const> services = all_services(),
                        ControlAccess access = ControlAccess(),
                        std::shared_ptr<MemoryBudget> memory = std::make_shared<MemoryBudget>());

    /// Throws what the front throws.
    http::Response ask(http::Request request, http::BodyReader& body);
    http::Response ask(http::Request request);
    /// The whole of an answer's body.
    std::string body_of(const http::Response& response);
    /// Throws what the stream throws.
    void send(const http::Response& response, http::BodyWriter& to);

    Emulator& emulator() { return emulator_; }
    Generation& generation() { return *data_.current(); }
    DataDirectory& data() { return data_; }

private:
    /// Until it is done; throws what it throws.
    template <class Result>
    Result run(boost::asio::awaitable<Result> work);

    DataDirectory data_;
    Emulator emulator_;
    boost::asio::io_context io_context_;
    Front front_;
};

/// "PUT", "/parcels/1?x=y".
http::Request make_request(std::string method, std::string target,
                           std::vector<http::Header> headers = {});

}  // namespace amilab::test
