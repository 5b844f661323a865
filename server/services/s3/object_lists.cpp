#include "server/services/s3/object_lists.h"

#include "server/services/s3/access.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/encoding.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/key_lists.h"
#include "server/services/s3/names.h"
#include "server/wire/s3/object_lists.h"
#include "server/wire/s3/schema.h"

namespace amilab::s3 {

namespace {

/// What both kinds of lists tell of an object.
void append_facts(pugi::xml_node entry, const ObjectListRow& row, bool has_owner)
{
    append_time(entry, "LastModified", row.modified_ms);
    wire::append(entry, "ETag", in_quotes(row.etag));
    if (row.checksum_algorithm) {
        wire::append(entry, "ChecksumAlgorithm", text_of(*row.checksum_algorithm));
        wire::append(entry, "ChecksumType",
                     text_of(row.checksum_type.value_or(ChecksumType::kFullObject)));
    }
    wire::append(entry, "Size", row.size_bytes);
    if (has_owner) {
        append_owner(entry, "Owner", row.owner);
    }
    wire::append(entry, "StorageClass", std::string_view("STANDARD"));
}

void append_object(pugi::xml_node to, const AskedKeys& asked, const ObjectListRow& row,
                   bool has_owner)
{
    auto entry = to.append_child("Contents");
    wire::append(entry, "Key", asked.shown(row.key));
    append_facts(entry, row, has_owner);
}

void append_version(pugi::xml_node to, const AskedKeys& asked, const ObjectListRow& row)
{
    auto entry = to.append_child("Version");
    wire::append(entry, "Key", asked.shown(row.key));
    wire::append(entry, "VersionId", kNullVersion);
    wire::append(entry, "IsLatest", true);
    append_facts(entry, row, true);
}

void append_rest(pugi::xml_node to, const AskedKeys& asked, const KeyList<ObjectListRow>& list,
                 bool has_owner)
{
    wire::append(to, "MaxKeys", asked.most);
    append_form(to, asked);
    wire::append(to, "IsTruncated", list.has_more);
    for (const auto& row : list.rows) {
        append_object(to, asked, row, has_owner);
    }
    append_prefixes(to, asked, list.prefixes);
}

pugi::xml_node begin_list(pugi::xml_document& document, const AskedKeys& asked)
{
    auto root = begin_document(document, "ListBucketResult");
    wire::append(root, "Name", asked.bucket);
    wire::append(root, "Prefix", asked.shown(asked.prefix));
    return root;
}

}  // namespace

// Source: S3 API Reference, ListObjects (documented): a next marker where there is a delimiter.
wire::Rendered list_objects(Session& session, const ListObjectsRequest& request)
{
    require_bucket(session, request, Use::kList);
    auto asked = read_asked(request, "maxKeys", request.max_keys);
    asked.after = request.marker.value_or("");
    const auto list = list_objects(session.db(), asked.query());
    pugi::xml_document document;
    auto root = begin_list(document, asked);
    wire::append(root, "Marker", asked.shown(asked.after));
    if (list.has_more && !asked.delimiter.empty()) {
        wire::append(root, "NextMarker", asked.shown(list.last));
    }
    append_rest(root, asked, list, true);
    return to_rendered(document);
}

// Source: S3 API Reference, ListObjectsV2 (documented); tokens are what was last told, in base64
// (assumed).
wire::Rendered list_objects_v2(Session& session, const ListObjectsV2Request& request)
{
    require_bucket(session, request, Use::kList);
    auto asked = read_asked(request, "maxKeys", request.max_keys);
    asked.after = request.start_after.value_or("");
    if (request.continuation_token) {
        const auto after = wire::decode_base64(*request.continuation_token);
        if (!after || after->empty() || !wire::is_utf8(*after)) {
            throw invalid_argument("The continuation token provided is incorrect",
                                   "continuation-token", *request.continuation_token);
        }
        asked.after = *after;
    }
    const auto list = list_objects(session.db(), asked.query());
    pugi::xml_document document;
    auto root = begin_list(document, asked);
    if (request.start_after) {
        wire::append(root, "StartAfter", asked.shown(*request.start_after));
    }
    if (request.continuation_token) {
        wire::append(root, "ContinuationToken", *request.continuation_token);
    }
    if (list.has_more) {
        wire::append(root, "NextContinuationToken", wire::encode_base64(list.last));
    }
    wire::append(root, "KeyCount",
                 static_cast<std::int64_t>(list.rows.size() + list.prefixes.size()));
    append_rest(root, asked, list, request.fetch_owner.value_or(false));
    return to_rendered(document);
}

namespace {

/// Source: codes and texts observed.
void require_version_marker(const ListObjectVersionsRequest& request)
{
    const auto& marker = request.version_id_marker;
    if (!marker) {
        return;
    }
    if (request.key_marker.value_or("").empty()) {
        throw invalid_argument("A version-id marker cannot be specified without a key marker.",
                               "version-id-marker", *marker);
    }
    if (!marker->empty() && *marker != kNullVersion) {
        throw invalid_argument("Invalid version id specified", "version-id-marker", *marker);
    }
}

void append_next_version(pugi::xml_node to, const AskedKeys& asked,
                         const KeyList<ObjectListRow>& list)
{
    if (!list.has_more) {
        return;
    }
    wire::append(to, "NextKeyMarker", asked.shown(list.last));
    if (!list.rows.empty() && list.rows.back().key == list.last) {
        wire::append(to, "NextVersionIdMarker", kNullVersion);
    }
}

}  // namespace

// Source: S3 API Reference, ListObjectVersions (documented): of a bucket without versioning each
// object is its own version, null.
wire::Rendered list_object_versions(Session& session, const ListObjectVersionsRequest& request)
{
    require_bucket(session, request, Use::kList);
    require_version_marker(request);
    auto asked = read_asked(request, "maxKeys", request.max_keys);
    asked.after = request.key_marker.value_or("");
    const auto list = list_objects(session.db(), asked.query());
    pugi::xml_document document;
    auto root = begin_document(document, "ListVersionsResult");
    wire::append(root, "Name", asked.bucket);
    wire::append(root, "Prefix", asked.shown(asked.prefix));
    wire::append(root, "KeyMarker", asked.shown(asked.after));
    wire::append(root, "VersionIdMarker", request.version_id_marker.value_or(""));
    append_next_version(root, asked, list);
    wire::append(root, "MaxKeys", asked.most);
    append_form(root, asked);
    wire::append(root, "IsTruncated", list.has_more);
    for (const auto& row : list.rows) {
        append_version(root, asked, row);
    }
    append_prefixes(root, asked, list.prefixes);
    return to_rendered(document);
}

namespace {

constexpr Operation kOperations[] = {
    read<list_object_versions>(kListObjectVersions),
    read<list_objects>(kListObjects),
    read<list_objects_v2>(kListObjectsV2),
};

}  // namespace

constinit const Family kObjectLists{.operations = kOperations};

}  // namespace amilab::s3
