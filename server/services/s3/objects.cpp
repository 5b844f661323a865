#include "server/services/s3/objects.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "server/calls/account_limits.h"
#include "server/calls/object_files.h"
#include "server/calls/secrets.h"
#include "server/calls/stream_operation.h"
#include "server/services/s3/access.h"
#include "server/services/s3/conditions.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/encoding.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/names.h"
#include "server/services/s3/object_bytes.h"
#include "server/services/s3/object_headers.h"
#include "server/services/s3/request_body.h"
#include "server/services/s3/request_documents.h"
#include "server/wire/read.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/objects.h"
#include "server/wire/s3/schema.h"
#include "storage/metadata/s3/object_part_rows.h"

namespace amilab::s3 {

namespace asio = boost::asio;

namespace {

constexpr int kPartialContent = 206;
constexpr int kNotModified = 304;
/// Source: 5 GiB (documented).
constexpr std::uint64_t kMostPutBytes = std::uint64_t{5} << 30U;
/// What a GET reads at a time.
constexpr std::int64_t kReadBytes = std::int64_t{256} << 10U;
/// What it answers at once, without a stream.
constexpr std::int64_t kSmallBytes = kSmallBodyBytes;

/// All of a request but its bytes, checked.
struct ObjectToPut {
    ObjectRow row;
    BodyRules body;
};

ObjectToPut read_new_object(StreamSession& session, const PutObjectRequest& request)
{
    require_key(request.key);
    ObjectToPut object;
    object.row.bucket = request.bucket;
    object.row.key = request.key;
    object.row.headers = object_headers(request);
    object.row.metadata = read_metadata(session.header());
    object.row.tags = read_tag_header(request.tagging);
    object.body = {.most_bytes = kMostPutBytes,
                   .md5 = request.content_md5,
                   .checksum = wanted_checksum(request),
                   .otherwise = ChecksumAlgorithm::kCrc64Nvme};
    return object;
}

/// Before bytes come, and again when they are there.
void require_place(Session& session, const PutObjectRequest& request, ObjectRow& row)
{
    const auto bucket = require_bucket(session, request, Use::kWrite);
    require_replaceable(session, bucket, request.key);
    row.acl = require_acl(request.acl, bucket);
    row.owner = owner_of_new(bucket, writer_of(session, bucket), row.acl);
    if (request.if_match || request.if_none_match) {
        require_writable(request.if_match, request.if_none_match, request.key,
                         select_object(session.db(), {request.bucket, request.key}));
    }
}

void complete_row(ObjectRow& row, const ReceivedBody& body)
{
    row.size_bytes = static_cast<std::int64_t>(body.size_bytes);
    row.etag = to_hex(body.md5);
    row.checksum_algorithm = body.algorithm;
    row.checksum_type = ChecksumType::kFullObject;
    row.checksum = wire::encode_base64(body.checksum);
}

wire::Rendered put_answer(const ObjectRow& row)
{
    wire::Rendered rendered;
    rendered.headers.emplace_back("ETag", in_quotes(row.etag));
    append_encryption(rendered.headers);
    append_checksum(rendered.headers, row);
    return rendered;
}

}  // namespace

// Source: S3 API Reference, PutObject (documented). Bytes first, then the row.
asio::awaitable<wire::Rendered> put_object(StreamSession& session, const PutObjectRequest& request)
{
    auto object = read_new_object(session, request);
    const auto bytes = announced_bytes(session.header(), kMostPutBytes);
    co_await session.read_at_once([&](Session& rows) {
        require_place(rows, request, object.row);
        take_bytes(rows, {kService, PutObjectRequest::kOperation}, object.row.owner, bytes);
    });
    ContentWriter writer(session.generation(), ContentUse::kObject);
    const ByteTaker write = [&writer](std::span<const std::byte> some) { writer.write(some); };
    const auto body = co_await receive(session, object.body, write);
    complete_row(object.row, body);
    const StreamSession::Work store = [&](Session& rows) {
        require_place(rows, request, object.row);
        require_room_of(rows, PutObjectRequest::kOperation, object.row.owner,
                        {request.bucket, request.key});
        object.row.modified_ms = rows.now_ms();
        object.row.content = writer.store(rows, object.row.owner);
        put_object_row(rows.db(), object.row);
        remove_object_files_later(rows);
    };
    if (writer.is_for_row()) {
        co_await session.write_at_once(store);
    } else {
        co_await session.write(store, [&] { writer.finish(); });
    }
    co_return put_answer(object.row);
}

namespace {

/// What an answer has of an object.
struct Found {
    ObjectRow object;
    ByteRange range{};
    Verdict verdict = Verdict::kHolds;
    /// Whether a range or a part was asked for and is told.
    bool is_partial = false;
    /// Of the part that was asked for, where its upload named an algorithm.
    std::optional<ObjectPartRow> part{};
    std::unique_ptr<ContentReader> bytes{};
};

/// Source: a number above that of the parts is InvalidPartNumber (documented); what was not
/// uploaded in parts has one (observed).
ByteRange range_of_part(Session& session, const ObjectRow& object, std::int64_t part)
{
    const auto parts = object.parts.value_or(1);
    if (part > parts) {
        throw ApiError("InvalidPartNumber", "The requested partnumber is not satisfiable",
                       kRangeNotSatisfiable)
            .with("PartNumberRequested", fmt::format("{}", part))
            .with("ActualPartCount", fmt::format("{}", parts));
    }
    if (!object.parts) {
        return {0, object.size_bytes};
    }
    const auto found = select_part_range(session.db(), object.content, part);
    return found ? ByteRange{found->start_bytes, found->start_bytes + found->length_bytes}
                 : ByteRange{object.size_bytes, object.size_bytes};
}

template <class Request>
void find_range(Session& session, const Request& request, Found& found)
{
    found.range = {0, found.object.size_bytes};
    if (request.part_number) {
        if (request.range) {
            throw invalid_request(
                "Cannot specify both Range header and partNumber query parameter");
        }
        found.range = range_of_part(session, found.object, *request.part_number);
        found.part = select_object_part(session.db(), found.object.content, *request.part_number);
        found.is_partial = true;
    } else if (request.range) {
        if (const auto range = parse_range(*request.range, found.object.size_bytes)) {
            found.range = *range;
            found.is_partial = true;
        }
    }
}

template <class Request>
Overrides overrides_of(const Request& request)
{
    return {{"Content-Type", request.response_content_type},
            {"Cache-Control", request.response_cache_control},
            {"Content-Disposition", request.response_content_disposition},
            {"Content-Encoding", request.response_content_encoding},
            {"Content-Language", request.response_content_language},
            {"Expires", request.response_expires}};
}

/// Source: unsigned requests may not say how answers look (documented, text observed).
template <class Request>
void require_signed_overrides(const Session& session, const Request& request)
{
    if (!is_anonymous(session)) {
        return;
    }
    for (const auto& [name, value] : overrides_of(request)) {
        if (value) {
            throw invalid_request(
                "Request specific response headers cannot be used for anonymous GET requests.");
        }
    }
}

template <class Request>
Found find_object(Session& session, const Request& request, bool with_bytes)
{
    const auto bucket = require_bucket(session, request, Use::kReadObject);
    require_key(request.key);
    if (request.part_number) {
        require_part_number(*request.part_number);
    }
    Found found{.object = require_readable(session, bucket, request.key)};
    require_signed_overrides(session, request);
    const ReadConditions conditions{request.if_match, request.if_none_match,
                                    request.if_modified_since, request.if_unmodified_since};
    std::string_view failed;
    found.verdict = judge(conditions, found.object.etag, found.object.modified_ms, failed);
    if (found.verdict == Verdict::kFailed) {
        throw precondition_failed(failed);
    }
    find_range(session, request, found);
    if (found.verdict != Verdict::kHolds) {
        return found;
    }
    if (with_bytes) {
        found.bytes = std::make_unique<ContentReader>(session, found.object.content,
                                                      found.range.first, found.range.end);
    } else {
        require_first_file(session, found.object.content, found.range.first, found.range.end);
    }
    return found;
}

/// Source: of a part it is the part's own (documented); of other pieces of an object nothing says
/// what theirs is.
void append_checksum_of(const Found& found, wire::Headers& to)
{
    auto object = found.object;
    if (found.part) {
        object.checksum = found.part->checksum;
    } else if (found.range.size() != object.size_bytes) {
        return;
    }
    append_checksum(to, object);
}

template <class Request>
StreamAnswer answer_without_bytes(StreamSession& session, const Request& request,
                                  const Found& found)
{
    const auto overrides = overrides_of(request);
    StreamAnswer answer;
    answer.headers = answer_headers(found.object, overrides, is_for_document(session.header()));
    if (found.verdict == Verdict::kNotModified) {
        answer.status = kNotModified;
        return answer;
    }
    answer.content_type = content_type_of(found.object, overrides);
    answer.content_length = static_cast<std::uint64_t>(found.range.size());
    if (found.is_partial) {
        answer.status = kPartialContent;
        if (found.range.size() > 0) {
            answer.headers.emplace_back("Content-Range",
                                        fmt::format("bytes {}-{}/{}", found.range.first,
                                                    found.range.end - 1, found.object.size_bytes));
        }
    }
    if (request.part_number && found.object.parts) {
        answer.headers.emplace_back("x-amz-mp-parts-count", fmt::format("{}", *found.object.parts));
    }
    if (request.checksum_mode) {
        append_checksum_of(found, answer.headers);
    }
    return answer;
}

/// Keeps what it reads from until the last byte is sent.
asio::awaitable<void> send_bytes(std::shared_ptr<ContentReader> bytes, Workers& workers,
                                 BodySink& sink)
{
    std::vector<std::byte> buffer(static_cast<std::size_t>(std::min(bytes->size(), kReadBytes)));
    while (bytes->size() > 0) {
        const auto count =
            static_cast<std::size_t>(std::min<std::int64_t>(bytes->size(), kReadBytes));
        const auto some = std::span(buffer).first(count);
        co_await workers.run([&] { bytes->read(some); });
        co_await sink.write(some);
    }
}

asio::awaitable<void> add_bytes(StreamSession& session, Found& found, StreamAnswer& answer)
{
    auto& workers = session.workers();
    const std::shared_ptr<ContentReader> bytes = std::move(found.bytes);
    if (bytes->size() > kSmallBytes) {
        co_await workers.run([&] { bytes->require_files(); });
        answer.write = [bytes, &workers](BodySink& sink) {
            return send_bytes(bytes, workers, sink);
        };
        co_return;
    }
    answer.content_length.reset();
    answer.body.resize(static_cast<std::size_t>(bytes->size()));
    const auto body = std::as_writable_bytes(std::span(answer.body));
    if (!body.empty() && !bytes->read_if_cached(body)) {
        co_await workers.run([&] { bytes->read(body); });
    }
}

}  // namespace

// Source: S3 API Reference, GetObject (documented).
asio::awaitable<wire::Rendered> get_object(StreamSession& session, const GetObjectRequest& request)
{
    Found found;
    co_await session.read_at_once([&](Session& rows) { found = find_object(rows, request, true); });
    auto answer = answer_without_bytes(session, request, found);
    if (found.bytes) {
        co_await add_bytes(session, found, answer);
    }
    session.answer_with(std::move(answer));
    wire::Rendered rendered;
    co_return rendered;
}

// Source: S3 API Reference, HeadObject (documented); that a lost object is refused as GetObject
// refuses it assumed.
asio::awaitable<wire::Rendered> head_object(StreamSession& session,
                                            const HeadObjectRequest& request)
{
    Found found;
    co_await session.read_at_once(
        [&](Session& rows) { found = find_object(rows, request, false); });
    session.answer_with(answer_without_bytes(session, request, found));
    wire::Rendered rendered;
    co_return rendered;
}

// Source: S3 API Reference, DeleteObject (documented): what is not there is deleted as well.
wire::Rendered delete_object(Session& session, const DeleteObjectRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kWrite);
    require_key(request.key);
    require_replaceable(session, bucket, request.key);
    if (request.if_match) {
        const auto there = select_object(session.db(), {request.bucket, request.key});
        require_writable(request.if_match, std::nullopt, request.key, there);
    }
    if (delete_object_row(session.db(), {request.bucket, request.key})) {
        remove_object_files_later(session);
    }
    return {};
}

namespace {

void delete_all(Session& session, const DeleteObjectsRequest& request, Deletions& deletions)
{
    const auto bucket = require_bucket(session, request, Use::kWrite);
    for (auto& one : deletions.all) {
        const ObjectKey key{request.bucket, one.key};
        try {
            require_replaceable(session, bucket, one.key);
            if (one.etag) {
                require_writable(one.etag, std::nullopt, one.key, select_object(session.db(), key));
            }
        } catch (const ApiError& error) {
            one.refusal = error;
            continue;
        }
        delete_object_row(session.db(), key);
    }
    remove_object_files_later(session);
}

wire::Rendered deletions_answer(const Deletions& deletions)
{
    pugi::xml_document document;
    auto root = begin_document(document, "DeleteResult");
    for (const auto& one : deletions.all) {
        const auto version =
            one.names_version ? std::optional(std::string(kNullVersion)) : std::nullopt;
        if (one.refusal) {
            auto error = root.append_child("Error");
            wire::append(error, "Key", one.key);
            wire::append(error, "VersionId", version);
            wire::append(error, "Code", one.refusal->code);
            wire::append(error, "Message", std::string_view(one.refusal->what()));
        } else if (!deletions.is_quiet) {
            auto deleted = root.append_child("Deleted");
            wire::append(deleted, "Key", one.key);
            wire::append(deleted, "VersionId", version);
        }
    }
    return to_rendered(document);
}

}  // namespace

// Source: S3 API Reference, DeleteObjects (documented): it needs a checksum of its body.
asio::awaitable<wire::Rendered> delete_objects(StreamSession& session,
                                               const DeleteObjectsRequest& request)
{
    constexpr std::size_t kMostBytes = std::size_t{2} << 20U;
    const auto md5 = session.header().find("Content-MD5");
    if (!md5 && !checksum_in_headers(session.header()) && !session.header().find("x-amz-trailer")) {
        throw invalid_request(
            "Missing required header for this request: Content-MD5 OR "
            "x-amz-checksum-*");
    }
    auto wanted_md5 = md5 ? std::optional(std::string(*md5)) : std::nullopt;
    const auto body = co_await receive_document(session, std::move(wanted_md5), kMostBytes);
    auto deletions = read_deletions(body);
    co_await session.write_with_reserve(
        [&](Session& rows) { delete_all(rows, request, deletions); });
    co_return deletions_answer(deletions);
}

namespace {

constexpr Operation kOperations[] = {
    write<delete_object>(kDeleteObject, {.frees_space = true}),
    stream<delete_objects>(kDeleteObjects),
    stream<get_object>(kGetObject),
    stream<head_object>(kHeadObject),
    stream<put_object>(kPutObject),
};

}  // namespace

constinit const Family kObjects{.operations = kOperations};

}  // namespace amilab::s3
