#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "server/calls/operation.h"
#include "server/calls/stream.h"

/// The fourth kind of operation: it sees the header before the body is read, and moves bytes of any
/// number as they come. Families that have some include this.
namespace amilab {

/// What such a call works with. It lives on the thread that serves connections, so that whatever
/// waits or takes long is done by workers, rows included: each read or write of them is a
/// transaction of its own, and none is open while bytes move.
class StreamSession {
public:
    using Work = std::function<void(Session&)>;
    /// Runs work in one transaction of a Session; throws what the work throws.
    using Runner = std::function<void(const Work&)>;
    /// Does that within the time of a quick call, or returns false.
    using QuickRunner = std::function<bool(const Work&)>;

    StreamSession(std::shared_ptr<Generation> generation, const StreamRequest& request, Runner read,
                  QuickRunner quick_read, Runner write, QuickRunner quick_write)
        : generation_(std::move(generation)),
          request_(request),
          read_(std::move(read)),
          quick_read_(std::move(quick_read)),
          write_(std::move(write)),
          quick_write_(std::move(quick_write))
    {
    }

    /// What an answer that is written later keeps: a reset meanwhile takes nothing away.
    const std::shared_ptr<Generation>& generation() { return generation_; }
    const RequestHeader& header() const { return request_.header; }
    BodySource& body() { return request_.body; }
    Workers& workers() { return request_.workers; }

    boost::asio::awaitable<void> read(Work work);
    /// Does what read() does, at once on this thread where that is quick: `work` may run twice.
    boost::asio::awaitable<void> read_at_once(Work work);
    /// `before` is done ahead of the transaction, by the same worker.
    boost::asio::awaitable<void> write(Work work, std::function<void()> before = {});
    /// Does what write() does, at once on this thread where that is quick: `work` may run twice.
    boost::asio::awaitable<void> write_at_once(Work work);

    /// Does what write() does; when the disk is full a second time, with what the reserve gives up.
    /// For what frees space.
    boost::asio::awaitable<void> write_with_reserve(Work work);

    /// Status, type and body of the answer, in place of the response's; the response's headers
    /// stay.
    void answer_with(StreamAnswer answer) { answer_ = std::move(answer); }
    std::optional<StreamAnswer> take_answer() { return std::exchange(answer_, std::nullopt); }

private:
    std::shared_ptr<Generation> generation_;
    StreamRequest request_;
    Runner read_;
    QuickRunner quick_read_;
    Runner write_;
    QuickRunner quick_write_;
    std::optional<StreamAnswer> answer_;
};

/// Runs once. Throws ApiError, and what a BodySource throws.
class StreamCall {
public:
    virtual ~StreamCall() = default;
    virtual boost::asio::awaitable<wire::Rendered> run(StreamSession& session,
                                                       const wire::AnswerForm& form) = 0;
};

template <auto handler>
class TypedStream final : public StreamCall {
public:
    explicit TypedStream(const wire::Parameters& parameters)
        : request_(wire::parse_request<RequestOf<handler>>(parameters.root()))
    {
    }

    boost::asio::awaitable<wire::Rendered> run(StreamSession& session,
                                               const wire::AnswerForm& form) override
    {
        const auto response = co_await handler(session, request_);
        co_return wire::render_answer(form, response);
    }

private:
    RequestOf<handler> request_;
};

/// A row for a handler that takes the request's body, or writes the answer's, as a stream. What it
/// is asked stands in the header; its service is no form.
template <auto handler>
constexpr Operation stream(const wire::OperationOf<RequestOf<handler>>& schema)
{
    return {
        .schema = &schema,
        .kind = OperationKind::kStream,
        .parse = [](const wire::Parameters& parameters) -> Call {
            return std::shared_ptr<StreamCall>(std::make_shared<TypedStream<handler>>(parameters));
        }};
}

class ApiCall;

/// Runs a call that is a stream. Never throws for what a client sent, but what `request.body`
/// throws passes through.
boost::asio::awaitable<StreamAnswer> run_stream(ApiCall& call, const StreamRequest& request);

}  // namespace amilab
