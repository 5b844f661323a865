#include "server/services/s3/access.h"

#include "server/calls/account_limits.h"
#include "server/calls/secrets.h"
#include "server/services/s3/checksums.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/names.h"
#include "server/wire/credential_scope.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/schema.h"
#include "server/wire/types.h"
#include "storage/state/generation.h"

namespace amilab::s3 {

namespace {

bool ignores_lists(const BucketRow& bucket)
{
    return bucket.ownership == ObjectOwnership::kBucketOwnerEnforced ||
           (bucket.public_access && bucket.public_access->at(kIgnorePublicAcls) == '1');
}

bool lets_read(const Session& session, const BucketRow& bucket, CannedAcl acl)
{
    if (ignores_lists(bucket)) {
        return false;
    }
    return acl == CannedAcl::kPublicRead || acl == CannedAcl::kPublicReadWrite ||
           (acl == CannedAcl::kAuthenticatedRead && !is_anonymous(session));
}

bool lets_write(const BucketRow& bucket)
{
    return !ignores_lists(bucket) && bucket.acl == CannedAcl::kPublicReadWrite;
}

bool owns(const Session& session, const BucketRow& bucket, const ObjectRow& object)
{
    const bool owns_all = bucket.ownership == ObjectOwnership::kBucketOwnerEnforced;
    return !is_anonymous(session) && session.account() == (owns_all ? bucket.owner : object.owner);
}

/// Whether the list of somebody's object lets the owner of the bucket read it.
bool lets_bucket_owner_read(CannedAcl acl)
{
    return acl == CannedAcl::kBucketOwnerRead || acl == CannedAcl::kBucketOwnerFullControl;
}

bool may_use(const Session& session, const BucketRow& bucket, Use use)
{
    switch (use) {
        case Use::kReadObject:
            return true;  // so far
        case Use::kList:
            return is_owner(session, bucket) || lets_read(session, bucket, bucket.acl);
        case Use::kWrite:
            return is_owner(session, bucket) || lets_write(bucket);
        case Use::kOwn:
            break;
    }
    return is_owner(session, bucket);
}

/// Source: code and text observed.
void require_expected_owner(const BucketRow& bucket, const std::optional<std::string>& expected)
{
    if (!expected) {
        return;
    }
    if (!wire::is_account_id(*expected)) {
        throw ApiError("InvalidBucketOwnerAWSAccountID",
                       "The value of the expected bucket owner parameter must be an AWS Account "
                       "ID... [" +
                           expected->substr(0, 64) + "]");
    }
    if (*expected != bucket.owner) {
        throw access_denied();
    }
}

}  // namespace

bool is_of_bucket(Generation& generation, const wire::JsonRequest& request)
{
    const bool is_form = wire::value_in_query(request.query, "Action").has_value();
    if (is_form || request.path.size() < 2) {
        return false;
    }
    try {
        const auto name = wire::bucket_and_key(request).bucket;
        auto lease = generation.reader();
        return is_bucket_name(name) && select_bucket(lease.db(), name).has_value();
    } catch (const ApiError&) {
        return false;  // no path of S3's
    }
}

bool is_anonymous(const Session& session)
{
    return session.caller().access_key.empty();
}

bool is_owner(const Session& session, const BucketRow& bucket)
{
    return !is_anonymous(session) && session.account() == bucket.owner;
}

BucketRow require_bucket_anywhere(Session& session, const BucketReference& reference, Use use)
{
    auto bucket = select_bucket(session.db(), reference.name);
    if (!bucket) {
        throw no_such_bucket(reference.name);
    }
    if (!may_use(session, *bucket, use)) {
        throw access_denied().with_header(kRegionHeader, bucket->region);
    }
    require_expected_owner(*bucket, reference.expected_owner);
    return std::move(*bucket);
}

BucketRow require_bucket(Session& session, const BucketReference& reference, Use use)
{
    const auto bucket = select_bucket(session.db(), reference.name);
    const bool names_region = session.caller().names_region && !is_anonymous(session);
    if (bucket && names_region && bucket->region != session.region()) {
        throw permanent_redirect(*bucket, session.caller().host);
    }
    return require_bucket_anywhere(session, reference, use);
}

ObjectRow require_readable(Session& session, const BucketRow& bucket, std::string_view key)
{
    auto object = select_object(session.db(), {bucket.name, key});
    if (!object) {
        // Whether it is there is told to who may list.
        const bool may_list = is_owner(session, bucket) || lets_read(session, bucket, bucket.acl);
        throw may_list ? no_such_key(key) : access_denied();
    }
    const bool is_let = lets_read(session, bucket, object->acl) ||
                        (is_owner(session, bucket) && lets_bucket_owner_read(object->acl));
    if (!is_let && !owns(session, bucket, *object)) {
        throw access_denied();
    }
    return std::move(*object);
}

ObjectRow require_controlled(Session& session, const BucketRow& bucket, std::string_view key)
{
    auto object = select_object(session.db(), {bucket.name, key});
    if (!object && is_owner(session, bucket)) {
        throw no_such_key(key);
    }
    const bool is_let =
        object && is_owner(session, bucket) && object->acl == CannedAcl::kBucketOwnerFullControl;
    if (!object || (!is_let && !owns(session, bucket, *object))) {
        throw access_denied().with_header(kRegionHeader, bucket.region);
    }
    return std::move(*object);
}

void require_replaceable(Session& session, const BucketRow& bucket, std::string_view key)
{
    if (is_owner(session, bucket)) {
        return;
    }
    const auto object = select_object(session.db(), {bucket.name, key});
    if (object && !owns(session, bucket, *object)) {
        throw access_denied();
    }
}

std::string writer_of(const Session& session, const BucketRow& bucket)
{
    return is_anonymous(session) ? bucket.owner : session.account();
}

std::string owner_of_new(const BucketRow& bucket, const std::string& writer, CannedAcl acl)
{
    switch (bucket.ownership) {
        case ObjectOwnership::kObjectWriter:
            return writer;
        case ObjectOwnership::kBucketOwnerPreferred:
            return acl == CannedAcl::kBucketOwnerFullControl ? bucket.owner : writer;
        case ObjectOwnership::kBucketOwnerEnforced:
            break;
    }
    return bucket.owner;
}

void require_room_of(Session& session, std::string_view operation, const std::string& owner,
                     const ObjectKey& key)
{
    const bool is_limited = session.settings().account_limits().rows.has_value();
    if (is_limited && owner != session.account() && !select_object(session.db(), key)) {
        require_room_for_rows(session, {kService, operation}, owner, 1);
    }
}

std::string canonical_id(std::string_view account)
{
    return to_hex(sha256("canonical user " + std::string(account)));
}

CannedAcl parse_acl(const std::optional<std::string>& header)
{
    if (!header) {
        return CannedAcl::kPrivate;
    }
    const auto acl = find_word<CannedAcl>(*header);
    if (!acl) {
        throw invalid_argument("", "x-amz-acl", *header);
    }
    return *acl;
}

bool is_public(CannedAcl acl)
{
    return acl == CannedAcl::kPublicRead || acl == CannedAcl::kPublicReadWrite ||
           acl == CannedAcl::kAuthenticatedRead;
}

void require_not_blocked(const BucketRow& bucket, CannedAcl acl)
{
    if (is_public(acl) && bucket.public_access &&
        bucket.public_access->at(kBlockPublicAcls) == '1') {
        throw access_denied();
    }
}

CannedAcl require_acl(const std::optional<std::string>& header, const BucketRow& bucket)
{
    const auto acl = parse_acl(header);
    // Source: of an owner who owns all, those that say no more are taken (documented); one's own
    // private list is one of them (observed: SDKs send it with every upload).
    const bool says_more = acl != CannedAcl::kBucketOwnerFullControl && acl != CannedAcl::kPrivate;
    if (bucket.ownership == ObjectOwnership::kBucketOwnerEnforced && says_more) {
        throw access_lists_not_supported();
    }
    require_not_blocked(bucket, acl);
    return acl;
}

}  // namespace amilab::s3
