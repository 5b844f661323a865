#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "server/front/front.h"
#include "server/services/services.h"
#include "storage/state/account_limits.h"
#include "tests/server/front/counted_bodies.h"

namespace amilab::test {

/// An emulator behind its front, without sockets. Requests are worked on by the test's own thread.
class FrontWorld {
public:
    explicit FrontWorld(std::span<const Service* const> services = all_services(),
                        ControlAccess access = ControlAccess(),
                        std::shared_ptr<MemoryBudget> memory = std::make_shared<MemoryBudget>(),
                        Emulator::Options options = {}, AccountLimits limits = {});

    /// Throws what the front throws.
    http::Response ask(http::Request request, http::BodyReader& body);
    http::Response ask(http::Request request);
    /// What HTTP's own refusal becomes.
    http::Response refuse(const http::Request& request, const http::HttpError& error)
    {
        return front_.refuse(request, error);
    }
    /// The whole of an answer's body.
    std::string body_of(const http::Response& response);
    /// Throws what the stream throws.
    void send(const http::Response& response, http::BodyWriter& to);

    Front& front() { return front_; }
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

/// A request's body of this text.
class TextRequestBody final : public http::BodyReader {
public:
    explicit TextRequestBody(std::string text) : text_(std::move(text)) {}

    boost::asio::awaitable<std::string> read_all(std::size_t limit_bytes) override;
    boost::asio::awaitable<std::size_t> read_some(std::span<std::byte> out) override;

private:
    std::string text_;
    std::size_t taken_ = 0;
};

/// "PUT", "/parcels/1?x=y".
http::Request make_request(std::string method, std::string target,
                           std::vector<http::Header> headers = {});
/// The value of an answer's header, in any case of letters; empty without one.
std::string header_of(const http::Response& response, std::string_view name);

}  // namespace amilab::test
