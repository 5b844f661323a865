#pragma once

#include "server/http/host_rules.h"
#include "server/http/limits.h"
#include "server/http/message.h"
#include "server/http/request_body.h"
#include "server/http/request_parser.h"
#include "server/http/response_writer.h"
#include "server/http/transport.h"

namespace amilab::http {

/// What all connections of a server share; outlives them.
struct Shared {
    Handler handler;
    Limits limits;
    HostRules host_rules;
    RefusalForm refusal_form;
    ConnectionTable table;
};

/// One connection: requests in order, each answered before the next is looked at. One coroutine,
/// on one thread at a time.
class Connection {
public:
    Connection(Socket socket, Shared& shared);

    /// Serves until either side has had enough.
    asio::awaitable<void> run();

private:
    enum class Next { kRequest, kLinger, kClose };

    asio::awaitable<Next> serve_one();
    asio::awaitable<bool> read_header();
    asio::awaitable<std::size_t> read_more(Phase phase, SteadyClock::time_point deadline);
    asio::awaitable<Next> answer(Response& response);
    bool send_plain(Response& response, const Framing& framing);
    /// Whether the connection may be kept.
    asio::awaitable<bool> stream(Response& response, const Framing& framing);
    bool may_keep_alive(bool streams, RequestBody::Rest rest) const;
    void check();
    Response refusal(const HttpError& error) const;
    Response failure(const std::exception& error) const;

    Shared& shared_;
    Transport transport_;
    InputBuffer buffer_;
    RequestParser parser_;
    Request request_;
    RequestBody body_;
    ResponseWriter writer_;
    MemoryBudget::Share waiting_;  // of an answer that its client does not take at once
    bool header_read_ = false;     // the header could be parsed
    bool is_head_ = false;
    bool accepted_ = false;  // and its request may be served
};

}  // namespace amilab::http
