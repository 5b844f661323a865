#pragma once

#include <string>
#include <string_view>

namespace amilab::s3 {

/// Percent-encodes all but letters, digits, hyphens, dots, underscores and tildes.
std::string percent_encoded(std::string_view text);
/// An ETag as documents and headers have it.
std::string in_quotes(std::string_view etag);
/// An ETag as rows have it, whether it comes in quotes or without.
std::string_view unquoted(std::string_view etag);
/// A key in a list, as the request wants it: encoding-type=url, or as it is.
/// Source: slashes are left as they are (observed).
std::string encoded_key(std::string_view key, bool is_encoded);

}  // namespace amilab::s3
