#include "server/services/s3/encoding.h"

#include <fmt/format.h>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace amilab::s3 {

namespace urls = boost::urls;

std::string percent_encoded(std::string_view text)
{
    return urls::encode({text.data(), text.size()}, urls::unreserved_chars);
}

std::string in_quotes(std::string_view etag)
{
    return fmt::format("\"{}\"", etag);
}

std::string_view unquoted(std::string_view etag)
{
    const bool has_quotes = etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"');
    return has_quotes ? etag.substr(1, etag.size() - 2) : etag;
}

std::string encoded_key(std::string_view key, bool is_encoded)
{
    constexpr auto kLeft =
        urls::unreserved_chars + urls::grammar::lut_chars("*/") - urls::grammar::lut_chars('~');
    return is_encoded ? urls::encode({key.data(), key.size()}, kLeft) : std::string(key);
}

}  // namespace amilab::s3
