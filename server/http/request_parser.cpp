#include "server/http/request_parser.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace amilab::http {
namespace {

namespace beast = boost::beast;
using boost::system::error_code;

/// Strings that are worth keeping for the next request's headers: enough for any SDK, too few and
/// too short for a client to make the server hoard memory.
constexpr std::size_t kMaxSpareHeaders = 32;
constexpr std::size_t kMaxSpareBytes = 1024;

void assign(std::string& text, beast::string_view value)
{
    text.assign(value.data(), value.size());
}

/// Whether the request line ends as it should, in whatever version.
bool names_a_version(std::string_view input)
{
    const auto is_digit = [](char byte) { return byte >= '0' && byte <= '9'; };
    const auto line = input.substr(0, input.find('\r'));
    const auto version = line.substr(line.rfind(' ') + 1);
    return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
           version[6] == '.' && is_digit(version[7]);
}

}  // namespace

/// What Beast calls as it parses. Its parsers serve one message each, so that a new one is made in
/// place for each request.
class RequestParser::Beast {
public:
    class Parser final : public beast::http::basic_parser<true> {
    public:
        Parser(Beast& beast, const Limits& limits) : beast_(beast), limits_(limits)
        {
            header_limit(static_cast<std::uint32_t>(limits.max_header_bytes + 1));
            body_limit(boost::none);
        }

        std::span<std::byte> out;
        std::size_t produced = 0;

    private:
        void on_request_impl(beast::http::verb, beast::string_view method,
                             beast::string_view target, int version, error_code& error) override
        {
            if (target.size() > limits_.max_target_bytes) {
                beast_.refuse(414, "The request's target is too long.", error);
                return;
            }
            auto& read = *beast_.request;
            assign(read.method, method);
            assign(read.target, target);
            read.version = version;
        }

        void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                           error_code& error) override
        {
            if (++fields_ > limits_.max_headers) {
                beast_.refuse(431, "The request has too many headers.", error);
                return;
            }
            // A trailer must not pass for a header: the header has been checked and handed out.
            if (!is_header_done()) {
                beast_.add_header(name, value);
            }
        }

        void on_header_impl(error_code&) override {}
        void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
        std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
        void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}

        std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override
        {
            const auto bytes = std::min(body.size(), out.size());
            if (bytes > 0) {
                std::memcpy(out.data(), body.data(), bytes);
            }
            out = out.subspan(bytes);
            produced += bytes;
            return bytes;
        }

        void on_finish_impl(error_code&) override {}
        void on_response_impl(int, beast::string_view, int, error_code&) override {}

        Beast& beast_;
        const Limits& limits_;
        std::size_t fields_ = 0;
    };

    void start(Request& next, const Limits& limits)
    {
        request = &next;
        for (auto& header : request->headers) {
            if (spare_.size() < kMaxSpareHeaders && header.name.capacity() <= kMaxSpareBytes &&
                header.value.capacity() <= kMaxSpareBytes) {
                spare_.push_back(std::move(header));
            }
        }
        request->headers.clear();
        request->content_length.reset();
        header_bytes = 0;
        refusal.reset();
        parser.emplace(*this, limits);
    }

    void add_header(beast::string_view name, beast::string_view value)
    {
        auto& headers = request->headers;
        if (spare_.empty()) {
            headers.emplace_back();
        } else {
            headers.push_back(std::move(spare_.back()));
            spare_.pop_back();
        }
        assign(headers.back().name, name);
        assign(headers.back().value, value);
    }

    void refuse(int status, const char* text, error_code& error)
    {
        refusal = HttpError(status, text);
        error = beast::http::error::header_limit;
    }

    [[noreturn]] void throw_error(const error_code& error, std::string_view input) const;

    std::optional<Parser> parser;
    Request* request = nullptr;
    std::size_t header_bytes = 0;
    std::optional<HttpError> refusal;

private:
    std::vector<Header> spare_;
};

void RequestParser::Beast::throw_error(const error_code& error, std::string_view input) const
{
    if (refusal) {
        throw *refusal;
    }
    if (error == beast::http::error::header_limit) {
        throw HttpError(431, "The request's header is too large.");
    }
    if (error == beast::http::error::bad_version && names_a_version(input)) {
        throw HttpError(505, "This server speaks HTTP/1.0 and HTTP/1.1.");
    }
    // TLS records begin with this byte; no HTTP method does.
    if (input.starts_with('\x16')) {
        throw HttpError(400, "This port speaks plain HTTP, not TLS: use http:// in the URL.");
    }
    throw HttpError(400, fmt::format("The request is not HTTP: {}.", error.message()));
}

RequestParser::RequestParser(const Limits& limits)
    : limits_(limits), beast_(std::make_unique<Beast>())
{
}

RequestParser::~RequestParser() = default;

void RequestParser::start(Request& request)
{
    beast_->start(request, limits_);
}

std::size_t RequestParser::parse_header(std::string_view input)
{
    auto& parser = *beast_->parser;
    std::size_t consumed = 0;
    // Source: RFC 9112, 2.2: empty lines before a request should be ignored (documented).
    while (!parser.got_some() && input.substr(consumed).starts_with("\r\n")) {
        consumed += 2;
    }
    auto rest = input.substr(consumed);
    if (!rest.empty() && (parser.got_some() || rest != "\r")) {
        error_code error;
        const auto taken = parser.put(asio::const_buffer(rest.data(), rest.size()), error);
        consumed += taken;
        if (error && error != beast::http::error::need_more) {
            beast_->throw_error(error, rest);
        }
        rest.remove_prefix(taken);
    }
    beast_->header_bytes += consumed;
    const auto held = beast_->header_bytes + (parser.is_header_done() ? 0 : rest.size());
    if (held > limits_.max_header_bytes) {
        throw HttpError(431, "The request's header is too large.");
    }
    if (parser.is_header_done() && !parser.chunked()) {
        if (const auto length = parser.content_length()) {
            beast_->request->content_length = *length;
        }
    }
    return consumed;
}

bool RequestParser::header_done() const
{
    return beast_->parser->is_header_done();
}

bool RequestParser::keep_alive() const
{
    return beast_->parser->keep_alive();
}

bool RequestParser::chunked() const
{
    return beast_->parser->chunked();
}

RequestParser::Step RequestParser::parse_chunks(std::string_view input, std::span<std::byte> out)
{
    auto& parser = *beast_->parser;
    parser.out = out;
    parser.produced = 0;
    Step step;
    while (!parser.is_done() && step.consumed < input.size()) {
        error_code error;
        const auto rest = input.substr(step.consumed);
        const auto taken = parser.put(asio::const_buffer(rest.data(), rest.size()), error);
        step.consumed += taken;
        if (error && error != beast::http::error::need_more) {
            throw HttpError(
                400, fmt::format("The request's body is badly chunked: {}.", error.message()));
        }
        if (taken == 0) {
            break;
        }
    }
    step.produced = parser.produced;
    return step;
}

bool RequestParser::body_done() const
{
    return beast_->parser->is_done();
}

}  // namespace amilab::http
