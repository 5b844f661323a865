#pragma once

#include <memory>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "server/calls/stream.h"
#include "server/http/message.h"

/// How HTTP fills what a stream's handler asks for.
namespace amilab {

/// What of `request` stands before its body. The request outlives it.
RequestHeader header_of(const http::Request& request);

/// The body of an HTTP request, which outlives it.
class HttpBodySource final : public BodySource {
public:
    explicit HttpBodySource(http::BodyReader& body) : body_(body) {}

    boost::asio::awaitable<std::size_t> read_some(std::span<std::byte> out) override;
    boost::asio::awaitable<std::string> read_all(std::size_t most_bytes) override;

private:
    http::BodyReader& body_;
};

/// Workers that are the threads of an executor.
class ExecutorWorkers final : public Workers {
public:
    explicit ExecutorWorkers(boost::asio::any_io_executor executor) : executor_(std::move(executor))
    {
    }

private:
    boost::asio::awaitable<void> run_all(const std::function<void()>& work) override;

    boost::asio::any_io_executor executor_;
};

http::Response to_response(StreamAnswer answer);

}  // namespace amilab
