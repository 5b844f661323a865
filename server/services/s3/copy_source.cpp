#include "server/services/s3/copy_source.h"

#include <algorithm>
#include <vector>

#include "server/services/s3/access.h"
#include "server/services/s3/checksums.h"
#include "server/services/s3/errors.h"
#include "server/wire/query.h"
#include "server/wire/rest_xml.h"
#include "server/wire/types.h"

namespace amilab::s3 {

namespace {

/// Source: code and text observed.
ApiError bad_source(std::string_view header)
{
    return invalid_argument(
        "Copy Source must mention the source bucket and key: "
        "sourcebucket/sourcekey",
        "x-amz-copy-source", header.substr(0, 256));
}

/// Reads all of them, on workers, and writes them into `copy` if there is one, which is finished
/// then.
boost::asio::awaitable<Digests> digests_of(Workers& workers, ContentReader& bytes,
                                           ChecksumAlgorithm algorithm, ContentWriter* copy)
{
    constexpr std::int64_t kAtOnce = std::int64_t{256} << 10U;
    const auto md5 = make_md5();
    const auto checksum = make_digest(algorithm);
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(bytes.size(), kAtOnce)));
    while (bytes.size() > 0) {
        const auto some =
            std::span(buffer).first(static_cast<std::size_t>(std::min(bytes.size(), kAtOnce)));
        co_await workers.run([&] {
            bytes.read(some);
            md5->add(some);
            checksum->add(some);
            if (copy != nullptr) {
                copy->write(some);
            }
        });
    }
    if (copy != nullptr) {
        co_await workers.run([&] { copy->finish(); });
    }
    Digests digests;
    digests.md5 = md5->finish();
    digests.checksum = checksum->finish();
    co_return digests;
}

}  // namespace

CopySource parse_copy_source(std::string_view header)
{
    constexpr std::string_view kVersion = "?versionId=";
    auto path = header;
    if (path.starts_with("arn:")) {
        throw wire::not_implemented("copies from access points");
    }
    if (const auto version = path.find(kVersion); version != path.npos) {
        if (path.substr(version + kVersion.size()) != "null") {
            throw wire::not_implemented("CopySource with a versionId");
        }
        path = path.substr(0, version);
    }
    const auto decoded = wire::percent_decoded(path);
    if (!decoded || !wire::is_utf8(*decoded)) {
        throw bad_source(header);
    }
    const std::string_view named = std::string_view(*decoded).substr(decoded->starts_with('/'));
    const auto slash = named.find('/');
    if (slash == named.npos || slash == 0 || slash + 1 == named.size()) {
        throw bad_source(header);
    }
    return {.bucket = std::string(named.substr(0, slash)),
            .key = std::string(named.substr(slash + 1)),
            .expected_owner = {},
            .conditions = {}};
}

ObjectRow require_source(Session& session, const CopySource& source)
{
    const auto bucket =
        require_bucket_anywhere(session, {source.bucket, source.expected_owner}, Use::kReadObject);
    auto object = require_readable(session, bucket, source.key);
    std::string_view failed;
    if (judge(source.conditions, object.etag, object.modified_ms, failed) != Verdict::kHolds) {
        throw precondition_failed("x-amz-copy-source-" + std::string(failed));
    }
    return object;
}

bool is_as_it_was(const ObjectRow& now, const ObjectRow& before)
{
    // Numbers of contents that are gone come again.
    return now.content == before.content && now.etag == before.etag;
}

CopiedBytes::CopiedBytes(Session& session, const LimitedCall& call, const ObjectRow& source,
                         const ByteRange& range, const std::string& account, ContentUse use)
    : source_(source.content),
      range_(range),
      bytes_(session, source.content, range.first, range.end)
{
    const bool are_of_row = use == ContentUse::kPart && has_row_bytes(session.db(), source.content);
    if (are_of_row || !are_for(session, account)) {
        take_bytes(session, call, account, static_cast<std::uint64_t>(range.size()));
        written_.emplace(session.generation().shared_from_this(), use);
    }
}

boost::asio::awaitable<Digests> CopiedBytes::read(Workers& workers, ChecksumAlgorithm algorithm)
{
    return digests_of(workers, bytes_, algorithm, written_ ? &*written_ : nullptr);
}

bool CopiedBytes::are_for(Session& session, const std::string& account) const
{
    return written_ ||
           !has_bytes_of_others(session.db(), source_, range_.first, range_.end, account);
}

ContentNumber CopiedBytes::store(Session& session, const std::string& account,
                                 std::optional<std::int64_t> part)
{
    return written_ ? written_->store(session, account, part)
                    : share_content(session, source_, range_.first, range_.end);
}

}  // namespace amilab::s3
