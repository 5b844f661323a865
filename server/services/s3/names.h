#pragma once

#include <string_view>

namespace amilab::s3 {

/// What the version of an object is called that has no other. Source: documented.
inline constexpr std::string_view kNullVersion = "null";

/// Whether a bucket may be made with this name. Source: "Bucket naming rules" (documented).
bool is_bucket_name(std::string_view name);
/// Throws ApiError (InvalidBucketName).
void require_bucket_name(std::string_view name);
/// Throws ApiError (KeyTooLongError). Source: 1,024 bytes of UTF-8 (documented).
void require_key(std::string_view key);
/// Throws ApiError (InvalidArgument). Source: from 1 to 10,000 (documented), text observed.
void require_part_number(std::int64_t number);

}  // namespace amilab::s3
