#include "server/services/s3/request_documents.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "server/services/s3/encoding.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/names.h"
#include "server/wire/read.h"
#include "server/wire/rest_xml.h"
#include "server/wire/types.h"

namespace amilab::s3 {

namespace {

/// Elements as the schema calls them, whatever stands before a colon.
std::string_view local_name(pugi::xml_node node)
{
    const std::string_view name = node.name();
    return name.substr(name.find(':') + 1);
}

NamedPart read_part(pugi::xml_node node)
{
    require_only(node, {"PartNumber", "ETag", "ChecksumCRC32", "ChecksumCRC32C",
                        "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA256"});
    NamedPart part;
    const auto number = wire::parse_integer(text_in(node, "PartNumber"));
    if (!number || *number < 1 || *number > kMostParts) {
        throw malformed_xml();
    }
    part.number = *number;
    part.etag = unquoted(text_in(node, "ETag"));
    for (std::size_t index = 0; index < kWords<ChecksumAlgorithm>.size(); ++index) {
        const auto algorithm = static_cast<ChecksumAlgorithm>(index);
        if (const auto checksum = node.child(element_of(algorithm))) {
            part.checksum = WantedChecksum{algorithm, checksum.text().get()};
        }
    }
    return part;
}

/// Source: other versions than null are not there (documented).
Deletion read_deletion(pugi::xml_node node)
{
    require_only(node, {"Key", "VersionId", "ETag", "LastModifiedTime", "Size"});
    for (const char* name : {"LastModifiedTime", "Size"}) {
        if (node.child(name)) {
            throw wire::not_implemented(fmt::format("Delete.Objects.{}", name));
        }
    }
    Deletion deletion{.key = text_in(node, "Key"), .etag = {}, .refusal = {}};
    if (const auto version = node.child("VersionId")) {
        if (version.text().get() != kNullVersion) {
            throw wire::not_implemented("Delete.Objects.VersionId");
        }
        deletion.names_version = true;
    }
    if (const auto etag = node.child("ETag")) {
        deletion.etag = etag.text().get();
    }
    return deletion;
}

/// Source: code observed, with the text of other documents.
ApiError malformed_acl()
{
    return {"MalformedACLError", malformed_xml().what()};
}

/// What the grants of a list come to, as far as lists with a name have them.
struct Grants {
    bool lets_owner = false;
    bool lets_all_read = false;
    bool lets_all_write = false;
    bool lets_known_read = false;
};

void read_grant(pugi::xml_node grant, std::string_view owner_id, Grants& grants)
{
    constexpr std::array<std::string_view, 5> kPermissions = {"FULL_CONTROL", "READ", "READ_ACP",
                                                              "WRITE", "WRITE_ACP"};
    const std::string_view permission = grant.child("Permission").text().get();
    const auto grantee = grant.child("Grantee");
    const std::string_view uri = grantee.child("URI").text().get();
    const std::string_view id = grantee.child("ID").text().get();
    if (std::find(kPermissions.begin(), kPermissions.end(), permission) == kPermissions.end() ||
        (uri.empty() && id.empty() && !grantee.child("EmailAddress"))) {
        throw malformed_acl();
    }
    if (id == owner_id && permission == "FULL_CONTROL") {
        grants.lets_owner = true;
    } else if (uri == kAllUsers && permission == "READ") {
        grants.lets_all_read = true;
    } else if (uri == kAllUsers && permission == "WRITE") {
        grants.lets_all_write = true;
    } else if (uri == kAuthenticatedUsers && permission == "READ") {
        grants.lets_known_read = true;
    } else {
        throw wire::not_implemented("this grant of an access list");
    }
}

}  // namespace

pugi::xml_node read_document(pugi::xml_document& document, const std::string& text,
                             std::string_view root)
{
    // A key may be blanks alone, and they are what its element holds.
    constexpr auto kHow = pugi::parse_default | pugi::parse_ws_pcdata_single;
    const auto parsed = document.load_buffer(text.data(), text.size(), kHow, pugi::encoding_utf8);
    const auto element = document.document_element();
    if (!parsed || !wire::is_utf8(text) || local_name(element) != root) {
        throw malformed_xml();
    }
    return element;
}

void require_only(pugi::xml_node node, std::initializer_list<std::string_view> names)
{
    for (const auto child : node.children()) {
        if (child.type() == pugi::node_element &&
            std::find(names.begin(), names.end(), local_name(child)) == names.end()) {
            throw malformed_xml();
        }
    }
}

std::string text_in(pugi::xml_node node, const char* name)
{
    const auto child = node.child(name);
    if (!child) {
        throw malformed_xml();
    }
    std::string text;
    for (const auto part : child.children()) {
        const bool is_text = part.type() == pugi::node_pcdata || part.type() == pugi::node_cdata;
        text += is_text ? part.value() : "";
    }
    return text;
}

BucketConfiguration read_configuration(const std::string& body)
{
    if (body.find_first_not_of(" \t\r\n") == std::string::npos) {
        return {};
    }
    pugi::xml_document document;
    const auto root = read_document(document, body, "CreateBucketConfiguration");
    require_only(root, {"LocationConstraint", "Location", "Bucket", "Tags"});
    for (const char* name : {"Location", "Bucket"}) {
        if (root.child(name)) {
            throw wire::not_implemented(fmt::format("CreateBucketConfiguration.{}", name));
        }
    }
    Tags tags;
    for (const auto tag : root.child("Tags").children("Tag")) {
        tags.emplace_back(text_in(tag, "Key"), text_in(tag, "Value"));
    }
    return {root.child("LocationConstraint").text().get(), std::move(tags)};
}

std::string read_public_access(const std::string& body)
{
    pugi::xml_document document;
    const auto root = read_document(document, body, "PublicAccessBlockConfiguration");
    require_only(root, {kPublicAccess[0], kPublicAccess[1], kPublicAccess[2], kPublicAccess[3]});
    std::string settings;
    for (const auto* name : kPublicAccess) {
        const auto value = wire::parse_boolean(root.child(name).text().as_string("false"));
        if (!value) {
            throw malformed_xml();
        }
        settings += *value ? '1' : '0';
    }
    return settings;
}

ObjectOwnership read_ownership(const std::string& body)
{
    pugi::xml_document document;
    const auto root = read_document(document, body, "OwnershipControls");
    require_only(root, {"Rule"});
    if (root.child("Rule").next_sibling("Rule")) {
        throw malformed_xml();  // there is one (documented)
    }
    const auto ownership =
        find_word<ObjectOwnership>(text_in(root.child("Rule"), "ObjectOwnership"));
    if (!ownership) {
        throw malformed_xml();
    }
    return *ownership;
}

BucketVersioning read_versioning(const std::string& body)
{
    pugi::xml_document document;
    const auto root = read_document(document, body, "VersioningConfiguration");
    require_only(root, {"Status", "MfaDelete", "MFADelete"});
    for (const char* name : {"MfaDelete", "MFADelete"}) {
        if (root.child(name) && text_in(root, name) != "Disabled") {
            throw wire::not_implemented("VersioningConfiguration.MFADelete");
        }
    }
    const auto versioning = find_word<BucketVersioning>(text_in(root, "Status"));
    if (!versioning) {
        throw malformed_xml();
    }
    if (versioning == BucketVersioning::kEnabled) {
        throw wire::not_implemented("VersioningConfiguration.Status Enabled");
    }
    return *versioning;
}

Tags read_tagging(const std::string& body)
{
    pugi::xml_document document;
    const auto root = read_document(document, body, "Tagging");
    require_only(root, {"TagSet"});
    if (!root.child("TagSet")) {
        throw malformed_xml();
    }
    Tags tags;
    for (const auto tag : root.child("TagSet").children("Tag")) {
        require_only(tag, {"Key", "Value"});
        tags.emplace_back(text_in(tag, "Key"), text_in(tag, "Value"));
    }
    return tags;
}

CannedAcl read_access_list(const std::string& body, std::string_view owner_id)
{
    pugi::xml_document document;
    const auto root = read_document(document, body, "AccessControlPolicy");
    require_only(root, {"Owner", "AccessControlList"});
    const std::string_view named_owner = root.child("Owner").child("ID").text().get();
    if (named_owner.empty()) {
        throw malformed_acl();
    }
    if (named_owner != owner_id) {
        throw access_denied();
    }
    Grants grants;
    for (const auto grant : root.child("AccessControlList").children("Grant")) {
        read_grant(grant, owner_id, grants);
    }
    const bool has_name = grants.lets_owner && (!grants.lets_all_write || grants.lets_all_read) &&
                          (!grants.lets_known_read || !grants.lets_all_read);
    if (!has_name) {
        throw wire::not_implemented("an access list that no canned one amounts to");
    }
    if (grants.lets_all_read) {
        return grants.lets_all_write ? CannedAcl::kPublicReadWrite : CannedAcl::kPublicRead;
    }
    return grants.lets_known_read ? CannedAcl::kAuthenticatedRead : CannedAcl::kPrivate;
}

std::vector<NamedPart> read_named_parts(const std::string& body)
{
    pugi::xml_document document;
    const auto root = read_document(document, body, "CompleteMultipartUpload");
    require_only(root, {"Part"});
    std::vector<NamedPart> parts;
    for (const auto node : root.children("Part")) {
        parts.push_back(read_part(node));
        const auto count = parts.size();
        if (count > 1 && parts[count - 2].number >= parts[count - 1].number) {
            throw ApiError("InvalidPartOrder",
                           "The list of parts was not in ascending order. Parts must be ordered by "
                           "part number.");
        }
    }
    if (parts.empty()) {
        throw malformed_xml();
    }
    return parts;
}

Deletions read_deletions(const std::string& body)
{
    constexpr std::size_t kMostKeys = 1000;
    pugi::xml_document document;
    const auto root = read_document(document, body, "Delete");
    require_only(root, {"Object", "Quiet"});
    Deletions deletions;
    for (const auto node : root.children("Object")) {
        deletions.all.push_back(read_deletion(node));
    }
    if (deletions.all.empty() || deletions.all.size() > kMostKeys) {
        throw malformed_xml();
    }
    const auto quiet = wire::parse_boolean(root.child("Quiet").text().as_string("false"));
    if (!quiet) {
        throw malformed_xml();
    }
    deletions.is_quiet = *quiet;
    return deletions;
}

}  // namespace amilab::s3
