#include "server/services/s3/object_copies.h"

#include <optional>

#include <fmt/format.h>

#include "server/calls/account_limits.h"
#include "server/calls/object_files.h"
#include "server/calls/secrets.h"
#include "server/calls/stream_operation.h"
#include "server/services/s3/access.h"
#include "server/services/s3/checksums.h"
#include "server/services/s3/copy_source.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/encoding.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/names.h"
#include "server/services/s3/object_headers.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/object_copies.h"
#include "server/wire/s3/schema.h"

namespace amilab::s3 {

namespace asio = boost::asio;

namespace {

/// Source: 5 GiB (documented).
constexpr std::int64_t kMostCopiedBytes = std::int64_t{5} << 30U;

/// What a request says of the copy; without it that is the source's.
struct Wishes {
    CopySource source;
    std::optional<std::string> headers;
    std::string metadata;
    std::optional<std::string> tags;
    std::optional<ChecksumAlgorithm> algorithm;
};

std::optional<ChecksumAlgorithm> read_algorithm(const std::optional<std::string>& header)
{
    if (!header) {
        return std::nullopt;
    }
    const auto algorithm = parse_algorithm(*header);
    if (!algorithm) {
        throw wire::not_implemented("the checksum algorithm " + *header);
    }
    return algorithm;
}

Wishes read_wishes(StreamSession& session, const CopyObjectRequest& request)
{
    require_key(request.key);
    Wishes wishes;
    wishes.source = read_copy_source(request);
    if (request.metadata_directive == "REPLACE") {
        wishes.headers = object_headers(request);
        wishes.metadata = read_metadata(session.header());
    }
    if (request.tagging_directive == "REPLACE") {
        wishes.tags = read_tag_header(request.tagging);
    } else if (request.tagging) {
        throw invalid_argument(
            "The x-amz-tagging header is for copies whose "
            "x-amz-tagging-directive is REPLACE.",
            "x-amz-tagging", *request.tagging);
    }
    wishes.algorithm = read_algorithm(request.checksum_algorithm);
    return wishes;
}

/// Source: codes and texts observed.
void require_sense(const CopyObjectRequest& request, const Wishes& wishes, const ObjectRow& source)
{
    const bool is_itself = source.bucket == request.bucket && source.key == request.key;
    if (is_itself && !wishes.headers && !wishes.algorithm && !wishes.tags) {
        throw invalid_request(
            "This copy request is illegal because it is trying to copy an object to itself without "
            "changing the object's metadata, storage class, website redirect location or "
            "encryption attributes.");
    }
    if (source.size_bytes > kMostCopiedBytes) {
        throw invalid_request(
            fmt::format("The specified copy source is larger than the maximum "
                        "allowable size for a copy source: {}",
                        kMostCopiedBytes));
    }
}

/// The place where the copy goes, and what it has but for its bytes.
ObjectRow require_place(Session& session, const CopyObjectRequest& request, const Wishes& wishes,
                        const ObjectRow& source)
{
    const auto bucket = require_bucket(session, request, Use::kWrite);
    if (is_anonymous(session)) {
        throw access_denied("Anonymous users cannot copy objects.  Please authenticate.");
    }
    require_replaceable(session, bucket, request.key);
    require_sense(request, wishes, source);
    require_writable(request.if_match, request.if_none_match, request.key,
                     select_object(session.db(), {request.bucket, request.key}));
    auto row = source;
    row.bucket = request.bucket;
    row.key = request.key;
    row.acl = require_acl(request.acl, bucket);
    row.owner = owner_of_new(bucket, writer_of(session, bucket), row.acl);
    row.modified_ms = session.now_ms();
    row.parts.reset();
    row.upload.reset();
    if (wishes.headers) {
        row.headers = *wishes.headers;
        row.metadata = wishes.metadata;
    }
    row.tags = wishes.tags.value_or(row.tags);
    return row;
}

/// Whether the copy's ETag and checksum are other ones: those of all bytes, or of another
/// algorithm. Source: a copy is not in parts (documented).
bool is_read(const ObjectRow& source, const Wishes& wishes)
{
    return source.parts || (wishes.algorithm && wishes.algorithm != source.checksum_algorithm);
}

ChecksumAlgorithm algorithm_of(const ObjectRow& source, const Wishes& wishes)
{
    return wishes.algorithm.value_or(
        source.checksum_algorithm.value_or(ChecksumAlgorithm::kCrc64Nvme));
}

void complete_row(ObjectRow& row, const Digests& digests, ChecksumAlgorithm algorithm)
{
    row.etag = to_hex(digests.md5);
    row.checksum_algorithm = algorithm;
    row.checksum_type = ChecksumType::kFullObject;
    row.checksum = wire::encode_base64(digests.checksum);
}

wire::Rendered copy_answer(const ObjectRow& row)
{
    pugi::xml_document document;
    auto root = begin_document(document, "CopyObjectResult");
    append_time(root, "LastModified", row.modified_ms);
    wire::append(root, "ETag", in_quotes(row.etag));
    append_checksum(root, row);
    auto answer = to_rendered(document);
    append_encryption(answer.headers);
    return answer;
}

}  // namespace

// Source: S3 API Reference, CopyObject (documented). The copy has the source's bytes, not others
// like them, unless those count as another account's: then it has its own.
asio::awaitable<wire::Rendered> copy_object(StreamSession& session,
                                            const CopyObjectRequest& request)
{
    const auto wishes = read_wishes(session, request);
    std::optional<ObjectRow> copy;
    while (!copy) {
        ObjectRow source;
        std::optional<CopiedBytes> bytes;
        bool has_own_sums = false;
        co_await session.read([&](Session& rows) {
            source = require_source(rows, wishes.source);
            const auto place = require_place(rows, request, wishes, source);
            bytes.emplace(rows, LimitedCall{kService, CopyObjectRequest::kOperation}, source,
                          ByteRange{0, source.size_bytes}, place.owner, ContentUse::kObject);
            has_own_sums = bytes->are_others() || is_read(source, wishes);
        });
        // Nobody is to find a copy of what is lost.
        co_await session.workers().run([&] { bytes->require_files(); });
        std::optional<Digests> digests;
        if (has_own_sums) {
            digests = co_await bytes->read(session.workers(), algorithm_of(source, wishes));
        }
        co_await session.write([&](Session& rows) {
            const auto now = require_source(rows, wishes.source);
            if (!is_as_it_was(now, source)) {
                return;  // another object by now: read that
            }
            auto row = require_place(rows, request, wishes, now);
            if (!bytes->are_for(rows, row.owner)) {
                return;  // to be another's by now
            }
            if (digests) {
                complete_row(row, *digests, algorithm_of(now, wishes));
            }
            require_room_of(rows, CopyObjectRequest::kOperation, row.owner, {row.bucket, row.key});
            row.content = bytes->store(rows, row.owner);
            put_object_row(rows.db(), row);
            remove_object_files_later(rows);
            copy = std::move(row);
        });
    }
    co_return copy_answer(*copy);
}

namespace {

constexpr Operation kOperations[] = {
    stream<copy_object>(kCopyObject),
};

}  // namespace

constinit const Family kObjectCopies{.operations = kOperations};

}  // namespace amilab::s3
