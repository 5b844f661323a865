#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"
#include "server/wire/json_request.h"
#include "storage/metadata/s3/object_rows.h"

/// Who may do what. Source: a bucket's owner may do everything with the bucket, an object's owner
/// with the object; others what access lists with a name let them, unless the public access block
/// keeps that from them (documented). Policies are kept and shown, and let nobody do anything
/// (amilab's own).
namespace amilab::s3 {

enum class Use : std::uint8_t {
    kOwn,    ///< all that is the owner's alone
    kWrite,  ///< new objects; who may replace others: require_replaceable()
    kList,
    /// decided by the object's own list: require_readable(), require_controlled()
    kReadObject,
};

// What BucketRow::public_access has at each place, '1' where it is on.
inline constexpr std::size_t kBlockPublicAcls = 0;
inline constexpr std::size_t kIgnorePublicAcls = 1;
inline constexpr std::size_t kBlockPublicPolicy = 2;
inline constexpr std::size_t kRestrictPublicBuckets = 3;

/// How a request names its bucket.
struct BucketReference {
    std::string_view name;
    const std::optional<std::string>& expected_owner;
};

/// Throws ApiError: NoSuchBucket, PermanentRedirect (it is in another region), AccessDenied.
BucketRow require_bucket(Session& session, const BucketReference& reference, Use use);
/// The bucket of a request that names it as all do.
template <class Request>
BucketRow require_bucket(Session& session, const Request& request, Use use)
{
    return require_bucket(session, BucketReference{request.bucket, request.expected_bucket_owner},
                          use);
}
/// Finds it in whatever region it is. Throws ApiError: NoSuchBucket, AccessDenied.
BucketRow require_bucket_anywhere(Session& session, const BucketReference& reference, Use use);

/// Whether an unsigned request has a bucket that is there in its path; no form is that. What it may
/// is then S3's to say, AccessDenied for the most part: also of a bucket in which nothing is
/// public, or not any more. Source: S3 tells everybody whether a bucket is there (documented:
/// HeadBucket is 403 for one that is, 404 for one that is not); that a path without one is not S3's
/// is amilab's own, whose services have one address.
bool is_of_bucket(Generation& generation, const wire::JsonRequest& request);

/// Throws ApiError: NoSuchKey, AccessDenied.
ObjectRow require_readable(Session& session, const BucketRow& bucket, std::string_view key);
/// An object whose access list the caller may see and change: its owner, and the bucket's where the
/// list gives that one full control. Throws ApiError: NoSuchKey, AccessDenied.
ObjectRow require_controlled(Session& session, const BucketRow& bucket, std::string_view key);
/// Throws ApiError (AccessDenied) where there is an object that is neither the caller's nor in a
/// bucket of the caller's. Source: who may write may replace and delete their own alone
/// (documented).
void require_replaceable(Session& session, const BucketRow& bucket, std::string_view key);

/// Who puts what the caller puts into the bucket. What somebody unknown puts is as if the bucket's
/// owner had put it (amilab's own: at S3 it is of an owner whom nobody is).
std::string writer_of(const Session& session, const BucketRow& bucket);
/// Whose an object with that list is. Source: the writer's; the bucket owner's where that one owns
/// all, or is preferred and has full control by the list (documented).
std::string owner_of_new(const BucketRow& bucket, const std::string& writer, CannedAcl acl);
/// Where a new object becomes somebody else's than the caller's: throws what S3 says of limits when
/// that account has no room for its row. In a transaction that may write.
void require_room_of(Session& session, std::string_view operation, const std::string& owner,
                     const ObjectKey& key);

/// Whether somebody unknown calls.
bool is_anonymous(const Session& session);
/// Whether it is the account of the bucket's owner that calls, and not somebody unknown.
bool is_owner(const Session& session, const BucketRow& bucket);

/// What S3 calls an account in access lists and owners: 64 hex digits. Source: the form is
/// documented, which account has which is amilab's own.
std::string canonical_id(std::string_view account);

/// The named list that a header asks for; private without one. Throws ApiError (InvalidArgument).
CannedAcl parse_acl(const std::optional<std::string>& header);
/// The list that a header asks for what is put into the bucket. Throws ApiError: InvalidArgument,
/// AccessControlListNotSupported, AccessDenied (public, where the bucket's settings forbid that).
CannedAcl require_acl(const std::optional<std::string>& header, const BucketRow& bucket);
/// Whether everybody, or everybody with an account, may do something by that list.
bool is_public(CannedAcl acl);
/// Throws ApiError (AccessDenied) for a public list where the bucket's settings forbid such.
void require_not_blocked(const BucketRow& bucket, CannedAcl acl);

}  // namespace amilab::s3
