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
/// Text as headers carry it: "=?UTF-8?B?…?=" where it is not ASCII that can be printed, which
/// clients refuse in headers, or would be read as another: it begins or ends with a blank, or has
/// such words. Source: RFC 2047.
std::string encoded_word(std::string_view text);
/// Text whose encoded words of UTF-8 are decoded; what is none is left as it is.
/// Source: RFC 2047, encodings B and Q.
std::string with_decoded_words(std::string_view text);
/// A key in a list, as the request wants it: encoding-type=url, or as it is.
/// Source: slashes are left as they are (observed).
std::string encoded_key(std::string_view key, bool is_encoded);

}  // namespace amilab::s3
