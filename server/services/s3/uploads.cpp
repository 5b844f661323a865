#include "server/services/s3/uploads.h"

#include <limits>
#include <utility>

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
#include "server/services/s3/key_lists.h"
#include "server/services/s3/names.h"
#include "server/services/s3/object_headers.h"
#include "server/services/s3/request_body.h"
#include "server/services/s3/upload_ends.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/schema.h"
#include "server/wire/s3/uploads.h"

namespace amilab::s3 {

namespace asio = boost::asio;

namespace {

/// Source: 5 GiB (documented).
constexpr std::uint64_t kMostPartBytes = std::uint64_t{5} << 30U;

/// How parts are summed up: the algorithm, and whether of parts or of all bytes.
struct Checksums {
    std::optional<ChecksumAlgorithm> algorithm;
    std::optional<ChecksumType> type;
};

/// Source: "Checking object integrity" (documented): hashes are of parts, CRC-64 of all bytes, the
/// other CRCs of either, of parts unless the request says.
Checksums read_checksums(const CreateMultipartUploadRequest& request)
{
    if (!request.checksum_algorithm) {
        if (request.checksum_type) {
            throw invalid_request(
                "The x-amz-checksum-type header can only be used with the "
                "x-amz-checksum-algorithm header.");
        }
        return {};
    }
    const auto algorithm = parse_algorithm(*request.checksum_algorithm);
    if (!algorithm) {
        throw wire::not_implemented("the checksum algorithm " + *request.checksum_algorithm);
    }
    const auto usual = algorithm == ChecksumAlgorithm::kCrc64Nvme ? ChecksumType::kFullObject
                                                                  : ChecksumType::kComposite;
    const auto type = to_word<ChecksumType>(request.checksum_type, usual);
    const bool may_be = type == ChecksumType::kFullObject
                            ? is_crc(*algorithm)
                            : algorithm != ChecksumAlgorithm::kCrc64Nvme;
    if (!may_be) {
        throw invalid_request(
            fmt::format("The {} checksum type cannot be used with the {} checksum algorithm.",
                        text_of(type), in_sentences(*algorithm)));
    }
    return {algorithm, type};
}

UploadRow read_upload(StreamSession& session, const CreateMultipartUploadRequest& request)
{
    require_key(request.key);
    const auto checksums = read_checksums(request);
    UploadRow row;
    row.bucket = request.bucket;
    row.key = request.key;
    row.headers = object_headers(request);
    row.metadata = read_metadata(session.header());
    row.tags = read_tag_header(request.tagging);
    row.checksum_algorithm = checksums.algorithm;
    row.checksum_type = checksums.type;
    return row;
}

}  // namespace

// Source: S3 API Reference, CreateMultipartUpload (documented).
asio::awaitable<wire::Rendered> create_multipart_upload(StreamSession& session,
                                                        const CreateMultipartUploadRequest& request)
{
    auto row = read_upload(session, request);
    co_await session.write([&](Session& rows) {
        const auto bucket = require_bucket(rows, request, Use::kWrite);
        if (is_anonymous(rows)) {
            throw access_denied(
                "Anonymous users cannot initiate multipart uploads.  Please authenticate.");
        }
        row.id = rows.ids().next_text("upload");
        row.owner = rows.account();
        row.acl = require_acl(request.acl, bucket);
        row.started_ms = rows.now_ms();
        insert_upload(rows.db(), row);
    });
    pugi::xml_document document;
    auto root = begin_document(document, "InitiateMultipartUploadResult");
    wire::append(root, "Bucket", row.bucket);
    wire::append(root, "Key", row.key);
    wire::append(root, "UploadId", row.id);
    auto answer = to_rendered(document);
    append_encryption(answer.headers);
    if (row.checksum_algorithm) {
        answer.headers.emplace_back("x-amz-checksum-algorithm", text_of(*row.checksum_algorithm));
        answer.headers.emplace_back("x-amz-checksum-type", text_of(*row.checksum_type));
    }
    co_return answer;
}

namespace {

/// Of who began it, and of the bucket's owner.
UploadRow require_upload(Session& session, const BucketRow& bucket, const ObjectKey& object,
                         std::string_view id)
{
    auto row = select_upload(session.db(), id);
    if (!row || row->bucket != object.bucket || row->key != object.key) {
        throw no_such_upload(id);
    }
    const bool is_own = !is_anonymous(session) && row->owner == session.account();
    if (!is_own && !is_owner(session, bucket)) {
        throw access_denied();
    }
    return std::move(*row);
}

template <class Request>
UploadRow require_upload(Session& session, const Request& request)
{
    const auto bucket = require_bucket(session, request, Use::kWrite);
    return require_upload(session, bucket, {request.bucket, request.key}, request.upload_id);
}

/// Whose the object will be, and the bytes of its parts are.
std::string owner_of(const BucketRow& bucket, const UploadRow& upload)
{
    return owner_of_new(bucket, upload.owner, upload.acl);
}

/// Where a part goes, and whose its bytes become.
struct PartPlace {
    UploadRow upload;
    std::string owner;
};

template <class Request>
PartPlace require_part_place(Session& session, const Request& request)
{
    const auto bucket = require_bucket(session, request, Use::kWrite);
    auto upload = require_upload(session, bucket, {request.bucket, request.key}, request.upload_id);
    auto owner = owner_of(bucket, upload);
    return {std::move(upload), std::move(owner)};
}

/// Of a part's checksum, which headers or the trailer tell: it is of the upload's algorithm, and of
/// a composite one each part's is told. Source: code and text observed.
void require_algorithm(const UploadRow& upload, const std::optional<WantedChecksum>& wanted)
{
    const bool is_other =
        wanted && upload.checksum_algorithm && wanted->algorithm != *upload.checksum_algorithm;
    const bool is_missing = !wanted && upload.checksum_type == ChecksumType::kComposite;
    if (is_other || is_missing) {
        throw invalid_request(fmt::format(
            "Checksum Type mismatch occurred, expected checksum Type: {}, actual checksum Type: {}",
            in_sentences(*upload.checksum_algorithm),
            wanted ? in_sentences(wanted->algorithm) : "null"));
    }
}

ChecksumAlgorithm algorithm_of(const UploadRow& upload)
{
    return upload.checksum_algorithm.value_or(ChecksumAlgorithm::kCrc64Nvme);
}

PartRow new_part(Session& session, const UploadRow& upload, std::int64_t number)
{
    PartRow row;
    row.upload = upload.id;
    row.number = number;
    row.owner = upload.owner;
    row.modified_ms = session.now_ms();
    return row;
}

void put_part(Session& session, const PartRow& row)
{
    put_part_row(session.db(), row);
    remove_object_files_later(session);
}

}  // namespace

// Source: S3 API Reference, UploadPart (documented). Bytes first, then the row.
asio::awaitable<wire::Rendered> upload_part(StreamSession& session,
                                            const UploadPartRequest& request)
{
    require_part_number(request.part_number);
    BodyRules rules{.most_bytes = kMostPartBytes,
                    .md5 = request.content_md5,
                    .checksum = wanted_checksum(request)};
    const auto announced = with_trailer(session.header(), rules.checksum);
    const auto bytes = announced_bytes(session.header(), kMostPartBytes);
    co_await session.read_at_once([&](Session& rows) {
        const auto place = require_part_place(rows, request);
        require_algorithm(place.upload, announced);
        rules.kept = algorithm_of(place.upload);
        take_bytes(rows, {kService, UploadPartRequest::kOperation}, place.owner, bytes);
    });
    ContentWriter writer(session.generation(), ContentUse::kPart);
    const ByteTaker write = [&writer](std::span<const std::byte> some) { writer.write(some); };
    const auto body = co_await receive(session, rules, write);
    PartRow row;
    bool names_algorithm = false;
    co_await session.write(
        [&](Session& rows) {
            const auto place = require_part_place(rows, request);
            names_algorithm = place.upload.checksum_algorithm.has_value();
            row = new_part(rows, place.upload, request.part_number);
            row.size_bytes = writer.size_bytes();
            row.etag = to_hex(body.md5);
            row.checksum = wire::encode_base64(body.checksum);
            row.content = writer.store(rows, place.owner, request.part_number);
            put_part(rows, row);
        },
        [&] { writer.finish(); });
    wire::Rendered answer;
    answer.headers.emplace_back("ETag", in_quotes(row.etag));
    append_encryption(answer.headers);
    if (names_algorithm || !rules.checksum) {
        answer.headers.emplace_back(header_of(*rules.kept), *row.checksum);
    } else {
        answer.headers.emplace_back(header_of(rules.checksum->algorithm),
                                    rules.checksum->value.value_or(""));
    }
    co_return answer;
}

namespace {

/// Source: "bytes=first-last" alone, within the source (documented; codes and texts observed).
ByteRange copied_range(const UploadPartCopyRequest& request, const ObjectRow& source)
{
    if (!request.copy_source_range) {
        return {0, source.size_bytes};
    }
    const std::string_view text = *request.copy_source_range;
    const bool has_both = text.find("=-") == text.npos && !text.ends_with('-');
    constexpr std::string_view kRangeHeader = "x-amz-copy-source-range";
    constexpr auto kAnySize = std::numeric_limits<std::int64_t>::max();
    const auto range = has_both ? parse_range(text, kAnySize) : std::nullopt;
    if (!range) {
        throw invalid_argument(
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first "
            "and last are the zero-based offsets of the first and last bytes to copy",
            kRangeHeader, text);
    }
    if (range->end > source.size_bytes) {
        throw invalid_argument(
            fmt::format("Range specified is not valid for source object of size: {}",
                        source.size_bytes),
            kRangeHeader, text);
    }
    return *range;
}

void require_part_size(const ByteRange& range)
{
    if (static_cast<std::uint64_t>(range.size()) > kMostPartBytes) {
        throw entity_too_large(kMostPartBytes);
    }
}

wire::Rendered part_copy_answer(const PartRow& row, ChecksumAlgorithm algorithm)
{
    pugi::xml_document document;
    auto root = begin_document(document, "CopyPartResult");
    append_time(root, "LastModified", row.modified_ms);
    wire::append(root, "ETag", in_quotes(row.etag));
    wire::append(root, element_of(algorithm), row.checksum);
    auto answer = to_rendered(document);
    append_encryption(answer.headers);
    return answer;
}

}  // namespace

// Source: S3 API Reference, UploadPartCopy (documented). The part has the source's bytes, not
// others like them, unless those count as another account's; they are read for their checksums.
asio::awaitable<wire::Rendered> upload_part_copy(StreamSession& session,
                                                 const UploadPartCopyRequest& request)
{
    require_part_number(request.part_number);
    const auto wanted = read_copy_source(request);
    std::optional<PartRow> part;
    auto algorithm = ChecksumAlgorithm::kCrc64Nvme;
    while (!part) {
        ObjectRow source;
        ByteRange range;
        std::optional<CopiedBytes> bytes;
        co_await session.read([&](Session& rows) {
            const auto place = require_part_place(rows, request);
            algorithm = algorithm_of(place.upload);
            source = require_source(rows, wanted);
            range = copied_range(request, source);
            require_part_size(range);
            bytes.emplace(rows, LimitedCall{kService, UploadPartCopyRequest::kOperation}, source,
                          range, place.owner, ContentUse::kPart);
        });
        const auto digests = co_await bytes->read(session.workers(), algorithm);
        co_await session.write([&](Session& rows) {
            const auto place = require_part_place(rows, request);
            if (!is_as_it_was(require_source(rows, wanted), source)) {
                return;  // another object by now: read that
            }
            if (!bytes->are_for(rows, place.owner)) {
                return;  // to be another's by now
            }
            auto row = new_part(rows, place.upload, request.part_number);
            row.size_bytes = range.size();
            row.etag = to_hex(digests.md5);
            row.checksum = wire::encode_base64(digests.checksum);
            row.content = bytes->store(rows, place.owner, request.part_number);
            put_part(rows, row);
            part = std::move(row);
        });
    }
    co_return part_copy_answer(*part, algorithm);
}

namespace {

wire::Rendered completed_answer(const ObjectRow& row, std::string_view region)
{
    pugi::xml_document document;
    auto root = begin_document(document, "CompleteMultipartUploadResult");
    wire::append(root, "Location",
                 fmt::format("https://{}.s3.{}.amazonaws.com/{}", row.bucket, region,
                             encoded_key(row.key, true)));
    wire::append(root, "Bucket", row.bucket);
    wire::append(root, "Key", row.key);
    wire::append(root, "ETag", in_quotes(row.etag));
    append_checksum(root, row);
    auto answer = to_rendered(document);
    append_encryption(answer.headers);
    return answer;
}

/// The object that the upload came to, where it has ended with those parts and the object is still
/// there; for who might have ended it. Source: the call may be repeated (observed); what is said
/// once the object is another assumed.
std::optional<ObjectRow> find_ended(Session& session, const BucketRow& bucket,
                                    const CompleteMultipartUploadRequest& request,
                                    const std::vector<NamedPart>& parts)
{
    auto object = select_object(session.db(), {request.bucket, request.key});
    if (!object || object->upload != request.upload_id || is_anonymous(session) ||
        !has_parts(*object, parts)) {
        return std::nullopt;
    }
    const bool is_own = session.account() == object->owner || is_owner(session, bucket);
    return is_own ? std::move(object) : std::nullopt;
}

}  // namespace

// Source: S3 API Reference, CompleteMultipartUpload (documented). The object gets the parts' bytes
// as they are. What it answers once it may answer again: the answer may be lost on its way.
asio::awaitable<wire::Rendered> complete_multipart_upload(
    StreamSession& session, const CompleteMultipartUploadRequest& request)
{
    constexpr std::size_t kMostBytes = std::size_t{4} << 20U;
    // Checksums in its headers are the object's.
    const BodyRules rules{.most_bytes = kMostBytes};
    const auto body = co_await receive_text(session, rules);
    UploadEnd end;
    end.parts = read_named_parts(body);
    end.checksum = wanted_checksum_of_all(request);
    end.type = request.checksum_type;
    end.size_bytes = request.mpu_object_size;
    ObjectRow object;
    std::string region;
    co_await session.write([&](Session& rows) {
        const auto bucket = require_bucket(rows, request, Use::kWrite);
        region = rows.region();
        if (auto ended = find_ended(rows, bucket, request, end.parts)) {
            object = std::move(*ended);
            return;
        }
        const auto upload =
            require_upload(rows, bucket, {request.bucket, request.key}, request.upload_id);
        require_replaceable(rows, bucket, request.key);
        require_writable(request.if_match, request.if_none_match, request.key,
                         select_object(rows.db(), {request.bucket, request.key}));
        end.owner = owner_of(bucket, upload);
        require_room_of(rows, CompleteMultipartUploadRequest::kOperation, end.owner,
                        {request.bucket, request.key});
        object = end_upload(rows, upload, end);
    });
    co_return completed_answer(object, region);
}

// Source: S3 API Reference, AbortMultipartUpload (documented).
wire::Rendered abort_multipart_upload(Session& session, const AbortMultipartUploadRequest& request)
{
    const auto upload = require_upload(session, request);
    delete_upload(session.db(), upload.id);
    remove_object_files_later(session);
    return {};
}

namespace {

void append_part(pugi::xml_node to, const UploadRow& upload, const PartRow& part)
{
    auto entry = to.append_child("Part");
    wire::append(entry, "PartNumber", part.number);
    append_time(entry, "LastModified", part.modified_ms);
    wire::append(entry, "ETag", in_quotes(part.etag));
    wire::append(entry, "Size", part.size_bytes);
    if (upload.checksum_algorithm) {
        wire::append(entry, element_of(*upload.checksum_algorithm), part.checksum);
    }
}

void append_checksums(pugi::xml_node to, const UploadRow& upload)
{
    if (upload.checksum_algorithm) {
        wire::append(to, "ChecksumAlgorithm", text_of(*upload.checksum_algorithm));
        wire::append(to, "ChecksumType", text_of(*upload.checksum_type));
    }
}

}  // namespace

// Source: S3 API Reference, ListParts (documented).
wire::Rendered list_parts(Session& session, const ListPartsRequest& request)
{
    const auto upload = require_upload(session, request);
    const auto most = listed("max-parts", request.max_parts);
    const auto marker = request.part_number_marker.value_or(0);
    auto parts = select_parts(session.db(), upload.id, marker, most + 1);
    const bool has_more = static_cast<std::int64_t>(parts.size()) > most;
    if (has_more) {
        parts.pop_back();
    }
    pugi::xml_document document;
    auto root = begin_document(document, "ListPartsResult");
    wire::append(root, "Bucket", upload.bucket);
    wire::append(root, "Key", upload.key);
    wire::append(root, "UploadId", upload.id);
    append_owner(root, "Initiator", upload.owner);
    append_owner(root, "Owner", upload.owner);
    wire::append(root, "StorageClass", std::string_view("STANDARD"));
    wire::append(root, "PartNumberMarker", marker);
    wire::append(root, "NextPartNumberMarker", parts.empty() ? 0 : parts.back().number);
    wire::append(root, "MaxParts", most);
    wire::append(root, "IsTruncated", has_more);
    append_checksums(root, upload);
    for (const auto& part : parts) {
        append_part(root, upload, part);
    }
    return to_rendered(document);
}

namespace {

void append_upload(pugi::xml_node to, const AskedKeys& asked, const UploadRow& upload)
{
    auto entry = to.append_child("Upload");
    wire::append(entry, "Key", asked.shown(upload.key));
    wire::append(entry, "UploadId", upload.id);
    append_owner(entry, "Initiator", upload.owner);
    append_owner(entry, "Owner", upload.owner);
    wire::append(entry, "StorageClass", std::string_view("STANDARD"));
    append_time(entry, "Initiated", upload.started_ms);
    append_checksums(entry, upload);
}

}  // namespace

// Source: S3 API Reference, ListMultipartUploads (documented).
wire::Rendered list_multipart_uploads(Session& session, const ListMultipartUploadsRequest& request)
{
    require_bucket(session, request, Use::kOwn);
    auto asked = read_asked(request, "max-uploads", request.max_uploads);
    asked.after = request.key_marker.value_or("");
    // Source: an id alone, without a key, means nothing (documented).
    const auto after_id =
        asked.after.empty() ? std::string() : request.upload_id_marker.value_or("");
    const auto list = list_uploads(session.db(), asked.query(), after_id);
    pugi::xml_document document;
    auto root = begin_document(document, "ListMultipartUploadsResult");
    wire::append(root, "Bucket", request.bucket);
    wire::append(root, "KeyMarker", asked.shown(asked.after));
    wire::append(root, "UploadIdMarker", after_id);
    if (list.has_more) {
        wire::append(root, "NextKeyMarker", asked.shown(list.last));
        const bool ends_with_upload = !list.rows.empty() && list.rows.back().key == list.last;
        wire::append(root, "NextUploadIdMarker",
                     ends_with_upload ? list.rows.back().id : std::string());
    }
    wire::append(root, "Prefix", asked.shown(asked.prefix));
    append_form(root, asked);
    wire::append(root, "MaxUploads", asked.most);
    wire::append(root, "IsTruncated", list.has_more);
    for (const auto& upload : list.rows) {
        append_upload(root, asked, upload);
    }
    append_prefixes(root, asked, list.prefixes);
    return to_rendered(document);
}

namespace {

constexpr Operation kOperations[] = {
    write<abort_multipart_upload>(kAbortMultipartUpload, {.frees_space = true}),
    stream<complete_multipart_upload>(kCompleteMultipartUpload),
    stream<create_multipart_upload>(kCreateMultipartUpload),
    read<list_multipart_uploads>(kListMultipartUploads),
    read<list_parts>(kListParts),
    stream<upload_part>(kUploadPart),
    stream<upload_part_copy>(kUploadPartCopy),
};

}  // namespace

constinit const Family kUploads{.operations = kOperations};

}  // namespace amilab::s3
