#include "tests/support/s3_caller.h"

#include <algorithm>
#include <cstring>
#include <exception>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "server/calls/stream_operation.h"
#include "server/services/s3/checksums.h"
#include "server/wire/types.h"
#include "tests/support/json_message.h"

namespace amilab::test {

namespace {

namespace asio = boost::asio;

/// A body that comes in pieces which fall on no boundary of what is in it.
class TextBody final : public BodySource {
public:
    explicit TextBody(std::string_view text) : text_(text) {}

    asio::awaitable<std::size_t> read_some(std::span<std::byte> out) override
    {
        constexpr std::size_t kPiece = 70'001;
        const auto count = std::min({out.size(), text_.size(), kPiece});
        std::memcpy(out.data(), text_.data(), count);
        text_.remove_prefix(count);
        co_return count;
    }
    asio::awaitable<std::string> read_all(std::size_t most_bytes) override
    {
        if (text_.size() > most_bytes) {
            throw BodyError(413, "the body is too long");
        }
        std::string all(text_);
        text_ = {};
        co_return all;
    }

private:
    std::string_view text_;
};

class TextSink final : public BodySink {
public:
    asio::awaitable<void> write(std::span<const std::byte> bytes) override
    {
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        co_return;
    }

    std::string text;
};

class InlineWorkers final : public Workers {
    asio::awaitable<void> run_all(const std::function<void()>& work) override
    {
        ++turns;
        work();
        co_return;
    }

public:
    int turns = 0;
};

/// Runs a coroutine to its end.
template <class Start>
void run_to_end(const Start& start)
{
    asio::io_context context;
    std::exception_ptr failure;
    asio::co_spawn(context, start(), [&](std::exception_ptr error) { failure = error; });
    context.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

asio::awaitable<void> take_answer(ApiCall& call, const StreamRequest& request, StreamAnswer& into)
{
    into = co_await run_stream(call, request);
    if (into.write) {
        TextSink sink;
        co_await into.write(sink);
        into.body = std::move(sink.text);
    }
}

StreamAnswer run_to_answer(ApiCall& call, const RequestHeader& header, std::string_view body,
                           InlineWorkers& workers)
{
    TextBody source(body);
    const StreamRequest request{header, source, workers};
    StreamAnswer answer;
    try {
        run_to_end([&] { return take_answer(call, request, answer); });
    } catch (const BodyError& error) {
        answer = {.status = error.http_status, .error = {"BodyError", error.what(), {}}};
    }
    return answer;
}

S3Answer read_answer(StreamAnswer answer)
{
    S3Answer result;
    result.status = answer.status;
    result.body = std::move(answer.body);
    result.headers.emplace("content-type", answer.content_type);
    if (answer.content_length) {
        result.headers.emplace("content-length", fmt::format("{}", *answer.content_length));
    }
    for (auto& [name, value] : answer.headers) {
        result.headers.emplace(boost::algorithm::to_lower_copy(name), std::move(value));
    }
    result.document = std::make_shared<pugi::xml_document>();
    result.document->load_buffer(result.body.data(), result.body.size());
    if (result.status >= 300) {
        result.code = result.text("Code");
        result.message = result.text("Message");
    }
    return result;
}

}  // namespace

std::string S3Answer::header(std::string_view name) const
{
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
}

std::string S3Answer::text(const std::string& path) const
{
    return document->document_element().first_element_by_path(path.c_str()).text().get();
}

std::vector<std::string> S3Answer::texts(const std::string& path) const
{
    std::vector<std::string> found;
    for (const auto& node : document->document_element().select_nodes(path.c_str())) {
        found.emplace_back(node.node().text().get());
    }
    return found;
}

S3Answer S3Caller::send(std::string_view method, std::string_view target, std::string_view body,
                        const Parameters& headers, const std::string& authorization) const
{
    auto all = headers;
    const auto question = std::min(target.find('?'), target.size());
    RequestHeader header{.method = method,
                         .path = target.substr(0, question),
                         .query = target.substr(std::min(question + 1, target.size())),
                         .authorization = authorization};
    if (!authorization.empty()) {
        all.emplace_back("Authorization", authorization);
    }
    const auto find = [&all](std::string_view name) -> std::optional<std::string_view> {
        for (const auto& [given, value] : all) {
            if (boost::algorithm::iequals(given, name)) {
                return value;
            }
        }
        return std::nullopt;
    };
    header.header = find;
    header.content_type = find("Content-Type").value_or("");
    header.each_header = [&all](const auto& look) {
        for (const auto& [name, value] : all) {
            look(name, value);
        }
    };
    if (!find("Transfer-Encoding")) {
        header.content_length = body.size();
    }
    auto call = emulator_.emulator().begin(header);
    if (call.is_stream()) {
        InlineWorkers workers;
        auto answer = read_answer(run_to_answer(call, header, body, workers));
        answer.turns = workers.turns;
        return answer;
    }
    emulator_.emulator().take_body(call, header, body);
    auto answer = call.run();
    return read_answer({.status = answer.status,
                        .content_type = std::string(answer.content_type),
                        .headers = std::move(answer.headers),
                        .body = std::move(answer.body)});
}

S3Answer S3Caller::call(std::string_view method, std::string_view target, std::string_view body,
                        const Parameters& headers) const
{
    return send(method, target, body, headers, authorization_of(account_, region_, "s3"));
}

S3Answer S3Caller::must(std::string_view method, std::string_view target, std::string_view body,
                        const Parameters& headers) const
{
    auto answer = call(method, target, body, headers);
    EXPECT_TRUE(answer.ok()) << method << " " << target << ": " << answer.status << " "
                             << answer.body;
    return answer;
}

S3Answer S3Caller::call_unsigned(std::string_view method, std::string_view target,
                                 std::string_view body, const Parameters& headers) const
{
    return send(method, target, body, headers, {});
}

S3Answer S3Caller::call_operation(std::string_view action, const Parameters& parameters) const
{
    const auto& service = test_services().named("s3")->schema;
    const auto& operation = *wire::find_operation(service, action);
    const auto question = std::min(operation.uri.find('?'), operation.uri.size());
    std::string path(operation.uri.substr(0, question));
    std::string query(operation.uri.substr(std::min(question + 1, operation.uri.size())));
    std::string body;
    Parameters headers;
    const auto put_into_path = [&path](std::string_view label, const std::string& value) {
        if (const auto at = path.find(label); at != std::string::npos) {
            path.replace(at, label.size(), url_encoded(value));
        }
    };
    for (const auto& [name, value] : parameters) {
        const auto* member = find_member(*operation.input, name);
        if (name == kPayload) {
            body = value;
        } else if (member == nullptr || member->location == wire::Location::kQuery) {
            query += fmt::format("&{}={}", member == nullptr ? name : member->wire_name,
                                 url_encoded(value));
        } else if (member->location == wire::Location::kHeader) {
            headers.emplace_back(member->wire_name, value);
        } else {
            put_into_path(name == "Key" ? "{Key+}" : "{Bucket}", value);
        }
    }
    if (action == "DeleteObjects") {
        // As every client does: the call needs it.
        const auto md5 = s3::make_md5();
        md5->add(std::as_bytes(std::span(body)));
        headers.emplace_back("Content-MD5", wire::encode_base64(md5->finish()));
    }
    return call(operation.method, fmt::format("{}?{}", path, query), body, headers);
}

}  // namespace amilab::test
