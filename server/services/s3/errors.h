#pragma once

#include <cstdint>
#include <string_view>

#include "server/wire/api_error.h"
#include "storage/metadata/s3/bucket_rows.h"

/// Refusals that several families say. Source: codes, statuses and texts are S3's (documented, and
/// observed where a text is not), unless one says otherwise.
namespace amilab::s3 {

inline constexpr int kForbidden = 403;
inline constexpr int kNotFound = 404;
inline constexpr int kMethodNotAllowed = 405;
inline constexpr int kConflict = 409;
inline constexpr int kLengthRequired = 411;
inline constexpr int kPreconditionFailed = 412;
inline constexpr int kRangeNotSatisfiable = 416;

/// Of answers that tell where a bucket is.
inline constexpr std::string_view kRegionHeader = "x-amz-bucket-region";

ApiError access_denied(const std::string& why = "Access Denied");
ApiError no_such_bucket(std::string_view bucket);
ApiError no_such_key(std::string_view key);
/// Of an object whose file is gone, or shorter than its row says. Source: 405 is what S3 says of an
/// object that it has lost (documented of reduced redundancy), the text is that of its other 405s
/// (observed).
ApiError object_lost();
ApiError no_such_upload(std::string_view upload_id);
ApiError invalid_argument(std::string_view why, std::string_view name, std::string_view value);
ApiError invalid_request(std::string_view why);
ApiError malformed_xml();
/// Of a checksum.
ApiError bad_digest(std::string_view of);
/// Of Content-MD5; both in base64.
ApiError bad_md5(std::string_view given, std::string_view made);
ApiError invalid_digest(std::string_view value);
ApiError precondition_failed(std::string_view condition);
/// Of a request in another region than the bucket's. All regions' endpoint is this server, as the
/// client calls it: who follows S3's own would leave it.
ApiError permanent_redirect(const BucketRow& bucket, std::string_view endpoint);
ApiError incomplete_body();
/// Of what comes behind a body in chunks.
ApiError malformed_trailer();
ApiError entity_too_large(std::uint64_t most_bytes);
ApiError invalid_tag(std::string_view why);
/// Access lists of buckets whose owner owns all that is in them.
ApiError access_lists_not_supported();
/// A list that lets others do something, of a bucket whose owner is to own all that is in it.
ApiError list_with_enforced_owner();

/// What S3 says to a call that would take its account beyond what one may hold. Source: S3 has no
/// such bound; the code is its own for buckets (assumed).
ApiError over_limit(std::string_view operation, const std::string& message);

}  // namespace amilab::s3
