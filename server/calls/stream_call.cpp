#include "server/calls/api_call.h"
#include "server/calls/settle.h"
#include "server/calls/stream_operation.h"
#include "server/wire/protocols.h"

namespace amilab {

// Out of line: GCC 12 cannot link a coroutine that several sources have.
boost::asio::awaitable<void> StreamSession::read(Work work)
{
    co_await request_.workers.run([&] { read_(work); });
}

boost::asio::awaitable<void> StreamSession::read_at_once(Work work)
{
    if (!quick_read_(work)) {
        co_await read(std::move(work));
    }
}

boost::asio::awaitable<void> StreamSession::write(Work work, std::function<void()> before)
{
    co_await request_.workers.run([&] {
        if (before) {
            before();
        }
        write_(work);
    });
}

boost::asio::awaitable<void> StreamSession::write_at_once(Work work)
{
    if (!quick_write_(work)) {
        co_await write(std::move(work));
    }
}

boost::asio::awaitable<void> StreamSession::write_with_reserve(Work work)
{
    co_await request_.workers.run([&] { with_reserve(*generation_, [&] { write_(work); }); });
}

/// How an ApiCall is run whose operation is a stream. Outlived by the call and the request.
class StreamRun {
public:
    StreamRun(ApiCall& call, const StreamRequest& request) : call_(call), request_(request) {}

    boost::asio::awaitable<StreamAnswer> run()
    {
        if (call_.refusal_) {
            throw ApiError(*call_.refusal_);
        }
        StreamSession session(
            call_.generation_, request_,
            [this](const auto& work) { call_.in_read(ApiCall::Budget::kNone, work); },
            [this](const auto& work) { return call_.in_quick_read(work); },
            [this](const auto& work) { call_.in_write(work); },
            [this](const auto& work) { return call_.in_quick_write(work); });
        const auto form = call_.form();
        auto rendered =
            co_await std::get<std::shared_ptr<StreamCall>>(call_.call_)->run(session, form);
        auto answer = session.take_answer();
        if (!answer) {
            answer = StreamAnswer{.status = call_.operation_->schema->status,
                                  .content_type = content_type_of(rendered),
                                  .body = std::move(rendered.body)};
        }
        for (auto& header : rendered.headers) {
            answer->headers.push_back(std::move(header));
        }
        co_return std::move(*answer);
    }

    StreamAnswer refusal(std::exception_ptr failure) const
    {
        auto answer = call_.refuse(to_api_error(std::move(failure), call_.request_id_,
                                                call_.operation_name(), call_.data_path_));
        return {.status = answer.status,
                .content_type = std::string(answer.content_type),
                .headers = std::move(answer.headers),
                .body = std::move(answer.body),
                .error = std::move(answer.error)};
    }

private:
    /// Of what has content.
    std::string content_type_of(const wire::Rendered& rendered) const
    {
        if (rendered.body.empty()) {
            return {};
        }
        return std::string(rendered.content_type.empty()
                               ? wire::rules_of(call_.service_->protocol).content_type
                               : rendered.content_type);
    }

    ApiCall& call_;
    const StreamRequest& request_;
};

boost::asio::awaitable<StreamAnswer> run_stream(ApiCall& call, const StreamRequest& request)
{
    StreamRun run(call, request);
    std::exception_ptr failure;
    try {
        co_return co_await run.run();
    } catch (const BodyError&) {
        throw;
    } catch (const ClientGone&) {
        throw;
    } catch (...) {
        failure = std::current_exception();
    }
    co_return run.refusal(failure);
}

}  // namespace amilab
