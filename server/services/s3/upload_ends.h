#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/services/s3/request_documents.h"
#include "storage/metadata/s3/upload_rows.h"

/// How parts become an object.
namespace amilab::s3 {

/// What a request says of the object.
struct UploadEnd {
    std::vector<NamedPart> parts;
    /// Whose it is to be.
    std::string owner;
    /// Of the whole; of a composite one with the number of parts behind a hyphen.
    std::optional<WantedChecksum> checksum;
    std::optional<std::string> type;
    std::optional<std::int64_t> size_bytes;
};

/// The checksum in a header, the first where there are several; it may be a composite one.
template <class Request>
std::optional<WantedChecksum> wanted_checksum_of_all(const Request& request)
{
    auto given = given_checksums(request);
    return given.empty() ? std::nullopt : std::optional(std::move(given.front()));
}

/// Whether an object that was uploaded in parts has those, by their ETags.
bool has_parts(const ObjectRow& object, const std::vector<NamedPart>& parts);
/// Makes the object and ends the upload; parts that are not named go. Within a transaction that
/// writes. Throws ApiError: InvalidPart, EntityTooSmall, BadDigest, InvalidRequest.
ObjectRow end_upload(Session& session, const UploadRow& upload, const UploadEnd& end);

}  // namespace amilab::s3
