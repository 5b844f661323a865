#include "server/services/s3/object_attributes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>

#include "server/calls/request_values.h"
#include "server/services/s3/access.h"
#include "server/services/s3/checksums.h"
#include "server/services/s3/conditions.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/key_lists.h"
#include "server/services/s3/object_bytes.h"
#include "server/wire/s3/object_attributes.h"
#include "server/wire/s3/schema.h"
#include "storage/metadata/s3/object_part_rows.h"

namespace amilab::s3 {

namespace {

constexpr std::string_view kHeader = "x-amz-object-attributes";
constexpr std::string_view kETag = "ETag";
constexpr std::string_view kChecksum = "Checksum";
constexpr std::string_view kObjectParts = "ObjectParts";
constexpr std::string_view kStorageClass = "StorageClass";
constexpr std::string_view kObjectSize = "ObjectSize";

using Wanted = std::set<std::string_view>;

/// Source: the code is S3's (documented), the texts are assumed.
Wanted read_wanted(const std::optional<std::string>& header)
{
    constexpr std::array<std::string_view, 5> kAttributeNames = {kETag, kChecksum, kObjectParts,
                                                                 kStorageClass, kObjectSize};
    Wanted wanted;
    if (!header || header->empty()) {
        throw invalid_argument(
            "The header x-amz-object-attributes that says which attributes to tell is missing or "
            "empty.",
            kHeader, "");
    }
    for (const auto text : split(*header, ',')) {
        const auto name = wire::trimmed(text);
        const auto* known = std::find(kAttributeNames.begin(), kAttributeNames.end(), name);
        if (known == kAttributeNames.end()) {
            throw invalid_argument("Invalid attribute name specified.", kHeader, name);
        }
        wanted.insert(*known);
    }
    return wanted;
}

void append_part(pugi::xml_node to, const ObjectPartRow& part, ChecksumAlgorithm algorithm)
{
    auto entry = to.append_child("Part");
    wire::append(entry, element_of(algorithm), part.checksum);
    wire::append(entry, "PartNumber", part.number);
    wire::append(entry, "Size", part.size_bytes);
}

/// Source: parts are listed where the upload named an algorithm; of other uploads their number is
/// told (documented).
void append_parts(Session& session, const GetObjectAttributesRequest& request,
                  const ObjectRow& object, pugi::xml_node root)
{
    const auto most = listed("x-amz-max-parts", request.max_parts);
    const auto marker = request.part_number_marker.value_or(0);
    auto list = root.append_child("ObjectParts");
    wire::append(list, "PartsCount", *object.parts);
    if (!select_object_part(session.db(), object.content, 1)) {
        return;
    }
    const auto parts = select_object_parts(session.db(), object.content, marker, marker + most);
    const bool has_more = marker + most < *object.parts;
    wire::append(list, "PartNumberMarker", marker);
    wire::append(list, "NextPartNumberMarker", parts.empty() ? 0 : parts.back().number);
    wire::append(list, "MaxParts", most);
    wire::append(list, "IsTruncated", has_more);
    for (const auto& part : parts) {
        append_part(list, part, *object.checksum_algorithm);
    }
}

}  // namespace

// Source: S3 API Reference, GetObjectAttributes (documented): the ETag has no quotes here.
wire::Rendered get_object_attributes(Session& session, const GetObjectAttributesRequest& request)
{
    const auto wanted = read_wanted(request.object_attributes);
    const auto bucket = require_bucket(session, request, Use::kReadObject);
    const auto object = require_readable(session, bucket, request.key);
    require_first_file(session, object.content, 0, object.size_bytes);
    pugi::xml_document document;
    auto root = begin_document(document, "GetObjectAttributesResponse");
    if (wanted.contains(kETag)) {
        wire::append(root, "ETag", object.etag);
    }
    if (wanted.contains(kChecksum)) {
        append_checksum(root.append_child("Checksum"), object);
    }
    if (wanted.contains(kObjectParts) && object.parts) {
        append_parts(session, request, object, root);
    }
    if (wanted.contains(kStorageClass)) {
        wire::append(root, "StorageClass", std::string_view("STANDARD"));
    }
    if (wanted.contains(kObjectSize)) {
        wire::append(root, "ObjectSize", object.size_bytes);
    }
    auto answer = to_rendered(document);
    answer.headers.emplace_back("Last-Modified", to_http_date(object.modified_ms));
    return answer;
}

namespace {

constexpr Operation kOperations[] = {
    read<get_object_attributes>(kGetObjectAttributes),
};

}  // namespace

constinit const Family kObjectAttributes{.operations = kOperations};

}  // namespace amilab::s3
