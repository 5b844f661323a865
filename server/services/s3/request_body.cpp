#include "server/services/s3/request_body.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "server/calls/secrets.h"
#include "server/services/s3/chunked_body.h"
#include "server/services/s3/errors.h"
#include "server/wire/read.h"
#include "server/wire/rest_xml.h"
#include "server/wire/types.h"

namespace amilab::s3 {

namespace asio = boost::asio;

namespace {

/// What is read before a worker takes it.
constexpr std::size_t kBufferBytes = std::size_t{256} << 10U;
constexpr std::string_view kContentSha256 = "x-amz-content-sha256";
constexpr std::string_view kDecodedLength = "x-amz-decoded-content-length";
constexpr std::string_view kTrailer = "x-amz-trailer";
constexpr std::size_t kMd5Bytes = 16;

bool is_hex_sha256(std::string_view text)
{
    constexpr std::size_t kDigits = 64;
    return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// By what the signature says, or of a request without one by its encoding. Who names the encoding
/// and tells no length of what is in the chunks has none (assumed).
bool is_chunked(const RequestHeader& header)
{
    const auto encoding = header.find("Content-Encoding").value_or("");
    return header.find(kContentSha256).value_or("").starts_with("STREAMING-") ||
           (encoding.find("aws-chunked") != encoding.npos && header.find(kDecodedLength));
}

/// Source: code, status and text observed.
ApiError missing_length()
{
    return {"MissingContentLength", "You must provide the Content-Length HTTP header.",
            kLengthRequired};
}

/// Source: code, text and element observed.
ApiError length_in_chunks()
{
    constexpr int kNotImplemented = 501;
    return ApiError("NotImplemented",
                    "A header you provided implies functionality that is not implemented",
                    kNotImplemented)
        .with("Header", "Transfer-Encoding");
}

/// Source: code, text and elements observed.
ApiError sha256_mismatch(std::string_view given, std::string_view made)
{
    return ApiError("XAmzContentSHA256Mismatch",
                    "The provided 'x-amz-content-sha256' header does not match what was computed.")
        .with("ClientComputedContentSHA256", given)
        .with("S3ComputedContentSHA256", made);
}

/// What `x-amz-content-sha256` says of the bytes; nothing where it says none.
std::optional<std::string> wanted_sha256(const RequestHeader& header)
{
    constexpr std::array<std::string_view, 5> kNone = {
        "UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER"};
    const auto given = header.find(kContentSha256);
    if (!given || std::find(kNone.begin(), kNone.end(), *given) != kNone.end()) {
        return std::nullopt;
    }
    if (!is_hex_sha256(*given)) {
        throw invalid_argument(
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, "
            "STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
            kContentSha256, given->substr(0, kContentSha256.size() * 4));
    }
    return std::string(*given);
}

/// Takes the bytes of one body, on whatever thread works on them.
class Receiver {
public:
    Receiver(const RequestHeader& header, const BodyRules& rules, const ByteTaker& write)
        : announced_bytes_(announced_bytes(header, rules.most_bytes)),
          is_chunked_(is_chunked(header)),
          announces_trailer_(header.find(kTrailer).has_value()),
          wanted_md5_(rules.md5),
          wanted_sha256_(wanted_sha256(header)),
          wanted_(with_trailer(header, rules.checksum)),
          write_(write),
          md5_(make_md5())
    {
        if (wanted_sha256_) {
            sha256_ = make_digest(ChecksumAlgorithm::kSha256);
        }
        algorithm_ = wanted_ ? std::optional(wanted_->algorithm) : rules.otherwise;
        if (!algorithm_) {
            algorithm_ = rules.kept;
        }
        // A SHA-256 is made once, whoever wants it.
        if (algorithm_ && !(algorithm_ == ChecksumAlgorithm::kSha256 && sha256_)) {
            digest_ = make_digest(*algorithm_);
        }
        if (rules.kept && rules.kept != algorithm_) {
            kept_ = rules.kept;
            kept_digest_ = make_digest(*kept_);
        }
        require_md5();
    }

    void take(std::span<const std::byte> bytes)
    {
        if (!is_chunked_) {
            return take_content(bytes);
        }
        chunks_.take(bytes, [this](std::span<const std::byte> content) { take_content(content); });
    }

    ReceivedBody finish()
    {
        if (is_chunked_) {
            chunks_.require_end();
        }
        if (!announces_trailer_ && !chunks_.trailers().empty()) {
            throw malformed_trailer();
        }
        if (size_bytes_ != announced_bytes_) {
            throw incomplete_body();
        }
        ReceivedBody body{.size_bytes = size_bytes_,
                          .md5 = md5_->finish(),
                          .algorithm = algorithm_,
                          .checksum = {}};
        if (const auto made = wire::encode_base64(body.md5); wanted_md5_ && made != *wanted_md5_) {
            throw bad_md5(*wanted_md5_, made);
        }
        const auto sha256 = sha256_ ? sha256_->finish() : std::string();
        if (wanted_sha256_ && to_hex(sha256) != *wanted_sha256_) {
            throw sha256_mismatch(*wanted_sha256_, to_hex(sha256));
        }
        if (algorithm_) {
            body.checksum = digest_ ? digest_->finish() : sha256;
            require_wanted(wire::encode_base64(body.checksum));
        }
        if (kept_digest_) {
            body.algorithm = kept_;
            body.checksum = kept_digest_->finish();
        }
        return body;
    }

private:
    void require_md5() const
    {
        if (!wanted_md5_) {
            return;
        }
        const auto bytes = wire::decode_base64(*wanted_md5_);
        if (!bytes || bytes->size() != kMd5Bytes) {
            throw invalid_digest(*wanted_md5_);
        }
    }

    void take_content(std::span<const std::byte> bytes)
    {
        size_bytes_ += bytes.size();
        if (size_bytes_ > announced_bytes_) {
            throw incomplete_body();
        }
        md5_->add(bytes);
        if (sha256_) {
            sha256_->add(bytes);
        }
        if (digest_) {
            digest_->add(bytes);
        }
        if (kept_digest_) {
            kept_digest_->add(bytes);
        }
        write_(bytes);
    }

    /// Against what header or trailer say.
    void require_wanted(const std::string& made) const
    {
        if (!wanted_) {
            return;
        }
        auto value = wanted_->value;
        for (const auto& [name, trailer] : chunks_.trailers()) {
            if (!value && algorithm_of_header(name) == wanted_->algorithm) {
                value = trailer;
            }
        }
        if (!value) {
            throw malformed_trailer();
        }
        if (!wanted_->value && !is_checksum(wanted_->algorithm, *value)) {
            throw invalid_request(fmt::format("Value for {} trailing header is invalid.",
                                              header_of(wanted_->algorithm)));
        }
        if (*value != made) {
            throw bad_digest(text_of(wanted_->algorithm));
        }
    }

    const std::uint64_t announced_bytes_;
    const bool is_chunked_;
    const bool announces_trailer_;
    const std::optional<std::string> wanted_md5_;
    const std::optional<std::string> wanted_sha256_;
    const std::optional<WantedChecksum> wanted_;
    const ByteTaker& write_;
    ChunkedBody chunks_;
    std::optional<ChecksumAlgorithm> algorithm_;
    std::unique_ptr<ChecksumMaker> md5_;
    std::unique_ptr<ChecksumMaker> sha256_;
    std::unique_ptr<ChecksumMaker> digest_;
    std::optional<ChecksumAlgorithm> kept_;
    std::unique_ptr<ChecksumMaker> kept_digest_;
    std::uint64_t size_bytes_ = 0;
};

/// As much as the buffer has room for; less at the end.
asio::awaitable<std::size_t> fill(BodySource& body, std::span<std::byte> buffer)
{
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const auto count = co_await body.read_some(buffer.subspan(filled));
        if (count == 0) {
            break;
        }
        filled += count;
    }
    co_return filled;
}

/// One more than the body may have, so that a small one takes little and ends with the first read.
std::size_t buffer_bytes(const RequestHeader& header)
{
    return 1 + static_cast<std::size_t>(std::min<std::uint64_t>(
                   header.content_length.value_or(kBufferBytes), kBufferBytes));
}

}  // namespace

// Source: texts observed.
std::optional<WantedChecksum> with_trailer(const RequestHeader& header,
                                           std::optional<WantedChecksum> wanted)
{
    if (const auto trailer = header.find(kTrailer); trailer && !wanted) {
        const auto algorithm = algorithm_of_header(*trailer);
        if (!algorithm) {
            throw wire::not_implemented(fmt::format("the trailer {}", trailer->substr(0, 64)));
        }
        wanted = WantedChecksum{*algorithm};
    }
    const auto named = header.find("x-amz-sdk-checksum-algorithm");
    if (named && !wanted) {
        throw invalid_request(
            "x-amz-sdk-checksum-algorithm specified, but no corresponding "
            "x-amz-checksum-* or x-amz-trailer headers were found.");
    }
    if (named && parse_algorithm(*named) != wanted->algorithm) {
        throw invalid_request("Value for x-amz-sdk-checksum-algorithm header is invalid.");
    }
    return wanted;
}

std::uint64_t announced_bytes(const RequestHeader& header, std::uint64_t most_bytes)
{
    auto bytes = header.content_length;
    if (is_chunked(header)) {
        const auto decoded = wire::parse_integer(header.find(kDecodedLength).value_or(""));
        if (!decoded || *decoded < 0) {
            throw missing_length();
        }
        bytes = static_cast<std::uint64_t>(*decoded);
    }
    if (!bytes) {
        throw header.find("Transfer-Encoding") ? length_in_chunks() : missing_length();
    }
    if (*bytes > most_bytes) {
        throw entity_too_large(most_bytes);
    }
    return *bytes;
}

asio::awaitable<ReceivedBody> receive(StreamSession& session, const BodyRules& rules,
                                      const ByteTaker& write)
{
    Receiver receiver(session.header(), rules, write);
    std::vector<std::byte> buffer(buffer_bytes(session.header()));
    const bool is_small = buffer.size() <= kSmallBodyBytes + 1;
    for (bool is_last = false; !is_last;) {
        const auto filled = co_await fill(session.body(), buffer);
        is_last = filled < buffer.size();
        const auto bytes = std::span<const std::byte>(buffer).first(filled);
        if (is_last && is_small) {
            receiver.take(bytes);
        } else {
            co_await session.workers().run([&] { receiver.take(bytes); });
        }
    }
    co_return receiver.finish();
}

asio::awaitable<std::string> receive_text(StreamSession& session, const BodyRules& rules)
{
    std::string text;
    const ByteTaker keep = [&text](std::span<const std::byte> bytes) {
        text.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    };
    co_await receive(session, rules, keep);
    co_return text;
}

asio::awaitable<std::string> receive_document(StreamSession& session,
                                              std::optional<std::string> md5,
                                              std::size_t most_bytes)
{
    const BodyRules rules{.most_bytes = most_bytes,
                          .md5 = std::move(md5),
                          .checksum = checksum_in_headers(session.header())};
    auto text = co_await receive_text(session, rules);
    co_return text;
}

std::optional<WantedChecksum> checksum_in_headers(const RequestHeader& header)
{
    std::vector<WantedChecksum> given;
    for (std::size_t index = 0; index < kWords<ChecksumAlgorithm>.size(); ++index) {
        const auto algorithm = static_cast<ChecksumAlgorithm>(index);
        if (const auto value = header.find(header_of(algorithm))) {
            given.push_back({algorithm, std::string(*value)});
        }
    }
    return only_checksum(std::move(given));
}

}  // namespace amilab::s3
