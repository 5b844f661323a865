#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/sql/columns.h"

namespace amilab {

/// Who owns what others put, and whether access lists count.
enum class ObjectOwnership : std::uint8_t {
    kBucketOwnerEnforced,
    kBucketOwnerPreferred,
    kObjectWriter
};
template <>
inline constexpr auto kWords<ObjectOwnership> = words("BucketOwnerEnforced", "BucketOwnerPreferred",
                                                      "ObjectWriter");

enum class BucketVersioning : std::uint8_t { kEnabled, kSuspended };
template <>
inline constexpr auto kWords<BucketVersioning> = words("Enabled", "Suspended");

/// Access lists that have a name.
enum class CannedAcl : std::uint8_t {
    kPrivate,
    kPublicRead,
    kPublicReadWrite,
    kAuthenticatedRead,
    kAwsExecRead,
    kBucketOwnerRead,
    kBucketOwnerFullControl,
    kLogDeliveryWrite
};
template <>
inline constexpr auto kWords<CannedAcl> = words("private", "public-read", "public-read-write",
                                                "authenticated-read", "aws-exec-read",
                                                "bucket-owner-read", "bucket-owner-full-control",
                                                "log-delivery-write");

struct BucketRow {
    std::string name{};
    std::string owner{};
    std::string region{};
    TimeMs created_ms = 0;
    ObjectOwnership ownership = ObjectOwnership::kBucketOwnerEnforced;
    /// Whether `ownership` was set, by whoever made the bucket or later, and not deleted since.
    bool has_ownership_controls = true;
    CannedAcl acl = CannedAcl::kPrivate;
    /// As a query has them: "team=images&stage=test".
    std::string tags{};
    std::optional<std::string> policy{};
    /// Which of the four settings are on, each a digit; none: nothing was set.
    std::optional<std::string> public_access{};
    /// None where it was never set.
    std::optional<BucketVersioning> versioning{};
};

inline constexpr auto kBucketColumns = columns<BucketRow>(
    "s3_bucket", "b", text<&BucketRow::name>("name"), text<&BucketRow::owner>("owner"),
    text<&BucketRow::region>("region"), time<&BucketRow::created_ms>("created_ms"),
    text<&BucketRow::ownership>("ownership"), text<&BucketRow::acl>("acl"),
    text<&BucketRow::tags>("tags"), text<&BucketRow::policy>("policy"),
    text<&BucketRow::public_access>("public_access"), text<&BucketRow::versioning>("versioning"),
    flag<&BucketRow::has_ownership_controls>("has_ownership_controls"));

std::optional<BucketRow> select_bucket(Database& db, std::string_view name);
/// What a page of an account's buckets is of.
struct BucketQuery {
    std::string_view owner;
    std::string_view prefix;
    /// Empty: of all.
    std::string_view region;
    /// The last name of the page before.
    std::string_view after;
    std::int64_t most = 0;
};
/// In the order of their names.
std::vector<BucketRow> select_buckets(Database& db, const BucketQuery& query);
std::int64_t count_buckets(Database& db, std::string_view owner);
/// False when the name is taken.
bool insert_bucket(Database& db, const BucketRow& row);
/// Stores all that may change of a bucket.
void update_bucket(Database& db, const BucketRow& row);
bool has_objects(Database& db, std::string_view bucket);
void delete_bucket(Database& db, std::string_view name);

}  // namespace amilab
