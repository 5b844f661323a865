#include "server/services/s3/upload_ends.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/hex.hpp>

#include "server/calls/object_files.h"
#include "server/calls/secrets.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/encoding.h"
#include "server/services/s3/errors.h"
#include "server/wire/read.h"
#include "server/wire/types.h"
#include "storage/metadata/s3/object_part_rows.h"

namespace amilab::s3 {

namespace {

/// Source: 5 MiB and 5 TiB (documented).
constexpr std::int64_t kLeastPartBytes = std::int64_t{5} << 20U;
constexpr std::int64_t kMostObjectBytes = std::int64_t{5} << 40U;

/// Source: code and text observed.
ApiError invalid_part(const UploadRow& upload, const NamedPart& part)
{
    return ApiError("InvalidPart",
                    "One or more of the specified parts could not be found.  The part may not have "
                    "been uploaded, or the specified entity tag may not match the part's entity "
                    "tag.")
        .with("UploadId", upload.id)
        .with("PartNumber", fmt::format("{}", part.number))
        .with("ETag", part.etag);
}

/// Source: code, text and elements observed.
ApiError too_small(const PartRow& part)
{
    return ApiError("EntityTooSmall",
                    "Your proposed upload is smaller than the minimum allowed size")
        .with("ProposedSize", fmt::format("{}", part.size_bytes))
        .with("MinSizeAllowed", fmt::format("{}", kLeastPartBytes))
        .with("PartNumber", fmt::format("{}", part.number))
        .with("ETag", part.etag);
}

/// The parts that are named, in their order.
std::vector<PartRow> require_parts(Session& session, const UploadRow& upload,
                                   const std::vector<NamedPart>& named)
{
    auto rows = select_parts(session.db(), upload.id, 0, kMostParts);
    std::vector<PartRow> parts;
    auto next = rows.begin();
    for (const auto& wanted : named) {
        next = std::find_if(next, rows.end(),
                            [&](const PartRow& row) { return row.number >= wanted.number; });
        const bool is_it =
            next != rows.end() && next->number == wanted.number && next->etag == wanted.etag;
        if (!is_it || (wanted.checksum && upload.checksum_algorithm &&
                       (wanted.checksum->algorithm != *upload.checksum_algorithm ||
                        wanted.checksum->value != next->checksum))) {
            throw invalid_part(upload, wanted);
        }
        parts.push_back(std::move(*next++));
    }
    return parts;
}

/// Source: code and text observed: of composite checksums each part's has to be told.
void require_checksums(const UploadRow& upload, const std::vector<NamedPart>& named)
{
    if (upload.checksum_type != ChecksumType::kComposite) {
        return;
    }
    for (const auto& part : named) {
        if (!part.checksum) {
            throw invalid_request(fmt::format(
                "The upload was created using a {} checksum. The complete request must include the "
                "checksum for each part. It was missing for part {} in the request.",
                in_sentences(*upload.checksum_algorithm), part.number));
        }
    }
}

std::int64_t require_sizes(const std::vector<PartRow>& parts, const UploadEnd& end)
{
    std::int64_t size_bytes = 0;
    for (const auto& part : parts) {
        if (part.size_bytes < kLeastPartBytes && &part != &parts.back()) {
            throw too_small(part);
        }
        size_bytes += part.size_bytes;
    }
    if (size_bytes > kMostObjectBytes) {
        throw entity_too_large(static_cast<std::uint64_t>(kMostObjectBytes));
    }
    if (end.size_bytes && *end.size_bytes < 0) {
        throw invalid_request(fmt::format(
            "Value for x-amz-mp-object-size header is less than zero: '{}'", *end.size_bytes));
    }
    if (end.size_bytes && *end.size_bytes != size_bytes) {
        throw invalid_request(fmt::format(
            "The provided 'x-amz-mp-object-size' header value {} does not match what was computed: "
            "{}",
            *end.size_bytes, size_bytes));
    }
    return size_bytes;
}

std::string digest_of(ChecksumMaker& digest, std::string_view bytes)
{
    digest.add(std::as_bytes(std::span(bytes)));
    return digest.finish();
}

/// Source: the MD5 of the parts' MD5s, and how many (observed). Parts have an ETag in hexadecimal.
template <class Parts>
std::string etag_of(const Parts& parts)
{
    std::string all;
    for (const auto& part : parts) {
        all += boost::algorithm::unhex(part.etag);
    }
    return fmt::format("{}-{}", to_hex(digest_of(*make_md5(), all)), parts.size());
}

/// Source: "Checking object integrity" (documented): of parts it is that of their checksums.
std::string checksum_of(const std::vector<PartRow>& parts, ChecksumAlgorithm algorithm,
                        ChecksumType type)
{
    std::string all;
    for (const auto& part : parts) {
        const auto one = wire::decode_base64(part.checksum.value_or("")).value_or("");
        if (type == ChecksumType::kComposite) {
            all += one;
        } else {
            all = all.empty() ? one
                              : combined_crc(algorithm, all, one,
                                             static_cast<std::uint64_t>(part.size_bytes));
        }
    }
    if (type == ChecksumType::kFullObject) {
        return wire::encode_base64(all);
    }
    return fmt::format("{}-{}", wire::encode_base64(digest_of(*make_digest(algorithm), all)),
                       parts.size());
}

void require_checksum_of_all(const ObjectRow& object, const UploadEnd& end)
{
    if (end.type && *end.type != text_of(*object.checksum_type)) {
        throw invalid_request(
            fmt::format("The upload was created using the {} checksum mode. The "
                        "complete request must use the same checksum mode.",
                        text_of(*object.checksum_type)));
    }
    if (!end.checksum) {
        return;
    }
    const auto& wanted = *end.checksum->value;
    require_checksum(end.checksum->algorithm, wanted.substr(0, wanted.find('-')));
    // A composite one may come without the number of its parts (observed).
    const auto made = object.checksum->substr(0, object.checksum->find('-'));
    if (end.checksum->algorithm != *object.checksum_algorithm ||
        (wanted != *object.checksum && wanted != made)) {
        throw bad_digest(text_of(end.checksum->algorithm));
    }
}

/// From now on they are numbered from 1 without gaps, as who reads the object counts them
/// (assumed).
ContentNumber join_parts(Session& session, const UploadRow& upload,
                         const std::vector<PartRow>& parts, std::int64_t size_bytes)
{
    const auto content = insert_content(session.db(), size_bytes);
    std::int64_t start_bytes = 0;
    std::int64_t number = 0;
    for (const auto& part : parts) {
        move_pieces(session.db(), part.content, content, start_bytes, ++number);
        if (upload.checksum_algorithm) {
            insert_object_part(session.db(),
                               {content, number, part.size_bytes, part.checksum.value_or("")});
        }
        start_bytes += part.size_bytes;
    }
    return content;
}

}  // namespace

bool has_parts(const ObjectRow& object, const std::vector<NamedPart>& parts)
{
    const bool are_whole = std::all_of(parts.begin(), parts.end(), [](const NamedPart& part) {
        constexpr std::size_t kDigits = 32;
        return part.etag.size() == kDigits &&
               part.etag.find_first_not_of("0123456789abcdef") == part.etag.npos;
    });
    return are_whole && object.etag == etag_of(parts);
}

ObjectRow end_upload(Session& session, const UploadRow& upload, const UploadEnd& end)
{
    require_checksums(upload, end.parts);
    const auto parts = require_parts(session, upload, end.parts);
    const auto size_bytes = require_sizes(parts, end);
    ObjectRow object;
    object.bucket = upload.bucket;
    object.key = upload.key;
    object.owner = end.owner;
    object.size_bytes = size_bytes;
    object.modified_ms = session.now_ms();
    object.etag = etag_of(parts);
    object.headers = upload.headers;
    object.metadata = upload.metadata;
    object.tags = upload.tags;
    object.acl = upload.acl;
    object.checksum_algorithm = upload.checksum_algorithm.value_or(ChecksumAlgorithm::kCrc64Nvme);
    object.checksum_type = upload.checksum_type.value_or(ChecksumType::kFullObject);
    object.checksum = checksum_of(parts, *object.checksum_algorithm, *object.checksum_type);
    object.parts = static_cast<std::int64_t>(parts.size());
    object.upload = upload.id;
    require_checksum_of_all(object, end);
    object.content = join_parts(session, upload, parts, size_bytes);
    put_object_row(session.db(), object);
    delete_upload(session.db(), upload.id);
    remove_object_files_later(session);
    return object;
}

}  // namespace amilab::s3
