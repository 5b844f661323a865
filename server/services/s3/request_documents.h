#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "server/services/s3/checksums.h"
#include "server/services/s3/object_headers.h"
#include "server/wire/api_error.h"
#include "storage/metadata/s3/bucket_rows.h"

/// What the documents say that requests have for a body. Whatever comes is read or refused:
/// MalformedXML, or NotImplemented by name.
namespace amilab::s3 {

/// Reads a body. Throws ApiError (MalformedXML) unless it is a document with that root.
/// What the document views lives as long as it.
pugi::xml_node read_document(pugi::xml_document& document, const std::string& text,
                             std::string_view root);
/// Throws ApiError (MalformedXML) where an element has others below it than these.
void require_only(pugi::xml_node node, std::initializer_list<std::string_view> names);
/// The text of the one element of that name. Throws ApiError (MalformedXML) where there is none.
std::string text_in(pugi::xml_node node, const char* name);

/// Of CreateBucket; an empty body says nothing.
struct BucketConfiguration {
    std::string location;
    Tags tags;
};
BucketConfiguration read_configuration(const std::string& body);

/// What BucketRow::public_access has a digit for each of, in their order.
inline constexpr std::array<const char*, 4> kPublicAccess = {
    "BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"};
std::string read_public_access(const std::string& body);
ObjectOwnership read_ownership(const std::string& body);
BucketVersioning read_versioning(const std::string& body);

Tags read_tagging(const std::string& body);

// Groups that access lists name.
inline constexpr const char* kAllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
inline constexpr const char* kAuthenticatedUsers =
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
/// The list with a name that a document amounts to: full control of the owner, who is called
/// `owner_id` in it, and what everybody may. Throws ApiError: NotImplemented (it amounts to none),
/// MalformedXML, MalformedACLError, AccessDenied (it names another owner).
CannedAcl read_access_list(const std::string& body, std::string_view owner_id);

/// The largest number of a part. Source: documented.
inline constexpr std::int64_t kMostParts = 10'000;

/// A part as the request that ends an upload names it.
struct NamedPart {
    std::int64_t number = 0;
    /// Without quotes.
    std::string etag;
    std::optional<WantedChecksum> checksum;
};

/// Throws ApiError (InvalidPartOrder) too.
std::vector<NamedPart> read_named_parts(const std::string& body);

/// An object that DeleteObjects names.
struct Deletion {
    std::string key;
    std::optional<std::string> etag;
    /// The request names the version, null.
    bool names_version = false;
    /// Why it is not deleted.
    std::optional<ApiError> refusal;
};

struct Deletions {
    std::vector<Deletion> all;
    /// Whether the answer has what is refused alone.
    bool is_quiet = false;
};

/// Source: 1,000 keys (documented).
Deletions read_deletions(const std::string& body);

}  // namespace amilab::s3
