#include "server/services/s3/object_headers.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/predicate.hpp>

#include "server/calls/request_values.h"
#include "server/services/s3/checksums.h"
#include "server/services/s3/conditions.h"
#include "server/services/s3/encoding.h"
#include "server/services/s3/errors.h"
#include "server/wire/query.h"

namespace amilab::s3 {

namespace {

constexpr std::string_view kMetadataPrefix = "x-amz-meta-";

/// Throws ApiError (InvalidArgument) for what no answer can have as the value of a header.
void require_line(std::string_view name, std::string_view value)
{
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos || !wire::is_utf8(value)) {
        throw invalid_argument("The value of the header is no text.", name, "");
    }
}

/// Whether a header can be called so, as answers have it. Source: RFC 9110, 5.6.2.
bool is_header_name(std::string_view text)
{
    return has_only(text, "!#$%&'*+-.^_`|~");
}

/// Calls `look` with the name and value of each line.
template <class Look>
void each_line(std::string_view lines, const Look& look)
{
    for (const auto line : split(lines, '\n')) {
        const auto colon = line.find(": ");
        if (colon != std::string_view::npos) {
            look(line.substr(0, colon), line.substr(colon + 2));
        }
    }
}

/// Source: code and text observed.
ApiError no_tag_header(std::string_view value)
{
    constexpr std::size_t kMostShown = 256;
    return invalid_argument(
        "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded "
        "URL query parameters without tag name duplicates.",
        "x-amz-tagging", value.substr(0, kMostShown));
}

/// Source: letters, digits, spaces and + - = . _ : / @ (documented); which letters there are beside
/// ASCII's is not looked at (assumed).
bool has_tag_characters(const std::string& text)
{
    constexpr std::string_view kSigns = " +-=._:/@";
    return wire::is_utf8(text) && std::all_of(text.begin(), text.end(), [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      static_cast<unsigned char>(c) >= 0x80 || kSigns.find(c) != kSigns.npos;
           });
}

void require_tag(const std::string& key, const std::string& value)
{
    constexpr std::size_t kLongestKey = 128;
    constexpr std::size_t kLongestValue = 256;
    if (key.empty() || wire::characters(key) > kLongestKey || !has_tag_characters(key)) {
        throw invalid_tag("The TagKey you have provided is invalid");
    }
    if (wire::characters(value) > kLongestValue || !has_tag_characters(value)) {
        throw invalid_tag("The TagValue you have provided is invalid");
    }
    if (key.starts_with("aws:")) {
        throw invalid_tag("System tags cannot be added/updated by requester");
    }
}

const std::optional<std::string>* find_override(const Overrides& overrides, std::string_view name)
{
    for (const auto& [overridden, value] : overrides) {
        if (overridden == name && value) {
            require_line(name, *value);
            return &value;
        }
    }
    return nullptr;
}

}  // namespace

void append_object_header(std::string& headers, std::string_view name,
                          const std::optional<std::string>& value)
{
    if (!value || value->empty()) {
        return;
    }
    require_line(name, *value);
    fmt::format_to(std::back_inserter(headers), "{}: {}\n", name, *value);
}

std::optional<std::string> object_encoding(const std::optional<std::string>& encoding)
{
    if (!encoding || !boost::algorithm::icontains(*encoding, "aws-chunked")) {
        return encoding;
    }
    std::string kept;
    for (auto one : split(*encoding, ',')) {
        one = wire::trimmed(one);
        if (!one.empty() && !boost::algorithm::iequals(one, "aws-chunked")) {
            kept += (kept.empty() ? "" : ",") + std::string(one);
        }
    }
    return kept;
}

std::string read_metadata(const RequestHeader& header)
{
    constexpr std::size_t kMostBytes = 2048;
    std::string lines;
    std::size_t bytes = 0;
    std::set<std::string> names;
    const auto look = [&](std::string_view name, std::string_view value) {
        auto lower = boost::algorithm::to_lower_copy(std::string(name));
        if (!lower.starts_with(kMetadataPrefix) || lower.size() == kMetadataPrefix.size()) {
            return;
        }
        lower.erase(0, kMetadataPrefix.size());
        if (!is_header_name(lower)) {  // in a query it may be anything
            throw invalid_argument("The name of the header is no name of a header.", name, value);
        }
        if (!names.insert(lower).second) {
            return;  // headers go before the query; each is there once
        }
        const auto text = with_decoded_words(value);
        require_line(name, text);
        bytes += lower.size() + text.size();
        fmt::format_to(std::back_inserter(lines), "{}: {}\n", lower, text);
    };
    if (header.each_header) {
        header.each_header(look);
    }
    // Presigned requests have it in the query.
    for (const auto pair : split(header.query, '&')) {
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = wire::percent_decoded(pair.substr(0, equals), true);
        const auto value =
            wire::percent_decoded(pair.substr(std::min(equals + 1, pair.size())), true);
        if (name && value) {
            look(*name, *value);
        }
    }
    if (bytes > kMostBytes) {
        throw ApiError("MetadataTooLarge",
                       "Your metadata headers exceed the maximum allowed "
                       "metadata size")
            .with("Size", fmt::format("{}", bytes))
            .with("MaxSizeAllowed", fmt::format("{}", kMostBytes));
    }
    return lines;
}

std::string to_text(const Tags& tags, std::size_t most)
{
    if (tags.size() > most) {
        throw ApiError("BadRequest", most == kMostObjectTags
                                         ? "Object tags cannot be greater than 10"
                                         : "Bucket tag count cannot be greater than 50");
    }
    std::string text;
    std::set<std::string_view> keys;
    for (const auto& [key, value] : tags) {
        require_tag(key, value);
        if (!keys.insert(key).second) {
            throw invalid_tag("Cannot provide multiple Tags with the same key");
        }
        text += text.empty() ? "" : "&";
        text += percent_encoded(key) + '=' + percent_encoded(value);
    }
    return text;
}

Tags parse_tags(std::string_view text)
{
    Tags tags;
    if (text.empty()) {
        return tags;
    }
    const auto parameters = wire::split_query(text);
    if (!parameters) {
        throw no_tag_header(text);
    }
    for (const auto& parameter : *parameters) {
        tags.emplace_back(wire::percent_decoded(parameter.key, true).value(),
                          wire::percent_decoded(parameter.value, true).value());
    }
    return tags;
}

std::string read_tag_header(const std::optional<std::string>& header)
{
    const auto text = header.value_or("");
    std::string pairs;
    // Source: what is empty between two "&" is no tag (observed).
    for (const auto pair : split(text, '&')) {
        if (pair.starts_with('=')) {
            throw no_tag_header(text);
        }
        if (!pair.empty()) {
            pairs += (pairs.empty() ? "" : "&") + std::string(pair);
        }
    }
    const auto tags = parse_tags(pairs);
    std::set<std::string_view> keys;
    for (const auto& [key, value] : tags) {
        if (!keys.insert(key).second) {
            throw no_tag_header(text);
        }
    }
    return to_text(tags, kMostObjectTags);
}

std::string content_type_of(const ObjectRow& object, const Overrides& overrides)
{
    if (const auto* value = find_override(overrides, "Content-Type")) {
        return **value;
    }
    std::string type;
    each_line(object.headers, [&](std::string_view name, std::string_view value) {
        if (name == "Content-Type") {
            type = value;
        }
    });
    return type;
}

wire::Headers answer_headers(const ObjectRow& object, const Overrides& overrides, bool is_document)
{
    constexpr std::array<std::string_view, 5> kKeptHeaders = {
        "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"};
    wire::Headers headers;
    headers.emplace_back("Last-Modified", to_http_date(object.modified_ms));
    headers.emplace_back("ETag", in_quotes(object.etag));
    headers.emplace_back("Accept-Ranges", "bytes");
    append_encryption(headers);
    // Source: what an upload holds must not run where this server's own pages are (amilab's own).
    headers.emplace_back("X-Content-Type-Options", "nosniff");
    headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
    for (const auto name : kKeptHeaders) {
        std::optional<std::string> shown;
        each_line(object.headers, [&](std::string_view line, std::string_view value) {
            if (line == name) {
                shown = value;
            }
        });
        if (const auto* value = find_override(overrides, name)) {
            shown = *value;
        }
        if (is_document && name == "Content-Disposition") {
            shown = "attachment";
        }
        if (shown) {
            headers.emplace_back(name, *shown);
        }
    }
    each_line(object.metadata, [&](std::string_view name, std::string_view value) {
        headers.emplace_back(fmt::format("{}{}", kMetadataPrefix, name), encoded_word(value));
    });
    if (const auto tags = parse_tags(object.tags).size(); tags > 0) {
        headers.emplace_back("x-amz-tagging-count", fmt::format("{}", tags));
    }
    return headers;
}

void append_checksum(wire::Headers& to, const ObjectRow& object)
{
    if (object.checksum_algorithm && object.checksum) {
        to.emplace_back(header_of(*object.checksum_algorithm), *object.checksum);
        to.emplace_back("x-amz-checksum-type",
                        text_of(object.checksum_type.value_or(ChecksumType::kFullObject)));
    }
}

void append_encryption(wire::Headers& to)
{
    to.emplace_back("x-amz-server-side-encryption", "AES256");
}

bool is_for_document(const RequestHeader& header)
{
    constexpr std::array<std::string_view, 7> kDocuments = {
        "document", "embed", "frame", "iframe", "nested-document", "object", "fencedframe"};
    const auto destination = header.find("Sec-Fetch-Dest");
    return destination &&
           std::find(kDocuments.begin(), kDocuments.end(), *destination) != kDocuments.end();
}

}  // namespace amilab::s3
