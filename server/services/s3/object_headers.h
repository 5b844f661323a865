#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/calls/request_header.h"
#include "server/wire/types.h"
#include "storage/metadata/s3/object_rows.h"

/// What objects have beside their bytes.
namespace amilab::s3 {

/// The headers of a request that answers with the object repeat: lines of "Name: value".
/// Source: Content-Type is binary/octet-stream unless the request says (observed).
template <class Request>
std::string object_headers(const Request& request);
/// One of those lines. Throws ApiError (InvalidArgument) for a value that is no text.
void append_object_header(std::string& headers, std::string_view name,
                          const std::optional<std::string>& value);
/// The encoding without aws-chunked, which is the request's own.
std::optional<std::string> object_encoding(const std::optional<std::string>& encoding);

/// The headers x-amz-meta-*, as lines without that prefix. Throws ApiError (MetadataTooLarge).
/// Source: 2 KB of names and values (documented).
std::string read_metadata(const RequestHeader& header);

/// The tags of a header or a document, as rows keep them. Throws ApiError (InvalidTag,
/// InvalidArgument, BadRequest). Source: 10 tags of an object, 50 of a bucket, keys of 128 and
/// values of 256 characters (documented).
using Tags = std::vector<std::pair<std::string, std::string>>;
inline constexpr std::size_t kMostObjectTags = 10;
inline constexpr std::size_t kMostBucketTags = 50;
std::string to_text(const Tags& tags, std::size_t most);
Tags parse_tags(std::string_view text);
/// Of the header x-amz-tagging.
std::string read_tag_header(const std::optional<std::string>& header);

/// What a GET's query puts in place of the object's own headers.
using Overrides = std::vector<std::pair<std::string_view, std::optional<std::string>>>;

/// All headers of an answer that carries the object, but those of its length and range.
/// `is_document`: a browser shows the answer by itself, which is not to run what is in it.
wire::Headers answer_headers(const ObjectRow& object, const Overrides& overrides, bool is_document);
/// The object's Content-Type, or what stands in its place.
std::string content_type_of(const ObjectRow& object, const Overrides& overrides);
void append_checksum(wire::Headers& to, const ObjectRow& object);
/// How bytes are encrypted. Source: AES256 where nobody chose another way (documented).
void append_encryption(wire::Headers& to);
/// Whether a browser asked for it as a document, a frame or a plug-in.
bool is_for_document(const RequestHeader& header);

template <class Request>
std::string object_headers(const Request& request)
{
    std::string headers;
    const bool has_type = request.content_type && !request.content_type->empty();
    append_object_header(headers, "Content-Type",
                         has_type ? request.content_type : std::string("binary/octet-stream"));
    append_object_header(headers, "Cache-Control", request.cache_control);
    append_object_header(headers, "Content-Disposition", request.content_disposition);
    append_object_header(headers, "Content-Encoding", object_encoding(request.content_encoding));
    append_object_header(headers, "Content-Language", request.content_language);
    append_object_header(headers, "Expires", request.expires);
    return headers;
}

}  // namespace amilab::s3
