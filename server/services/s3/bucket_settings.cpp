#include "server/services/s3/bucket_settings.h"

#include <fmt/format.h>

#include "server/calls/stream_operation.h"
#include "server/services/s3/access.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/policies.h"
#include "server/services/s3/request_body.h"
#include "server/services/s3/request_documents.h"
#include "server/wire/read.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/bucket_settings.h"
#include "server/wire/s3/schema.h"

namespace amilab::s3 {

namespace asio = boost::asio;

namespace {

/// Source: 20 KB of a policy (documented).
constexpr std::size_t kMostPolicyBytes = 20 * 1024;
constexpr std::size_t kMostSettingBytes = 64 * 1024;

/// Changes the caller's bucket.
template <class Request, class Change>
asio::awaitable<wire::Rendered> change_bucket(StreamSession& session, const Request& request,
                                              Change change)
{
    co_await session.write([&](Session& rows) {
        auto bucket = require_bucket(rows, request, Use::kOwn);
        change(bucket);
        update_bucket(rows.db(), bucket);
    });
    wire::Rendered answer;
    co_return answer;
}

/// Source: code observed, text in part.
void require_policy_not_blocked(const BucketRow& bucket, bool lets_everybody)
{
    if (lets_everybody && bucket.public_access &&
        bucket.public_access->at(kBlockPublicPolicy) == '1') {
        throw access_denied(fmt::format(
            "User is not authorized to perform: s3:PutBucketPolicy on resource: "
            "\"arn:aws:s3:::{}\" because public policies are blocked by the BlockPublicPolicy "
            "block public access setting.",
            bucket.name));
    }
}

/// Whether a bucket's list lets anybody but its owner do something.
bool lets_others(CannedAcl acl)
{
    return acl != CannedAcl::kPrivate && acl != CannedAcl::kBucketOwnerRead &&
           acl != CannedAcl::kBucketOwnerFullControl;
}

}  // namespace

// Source: S3 API Reference, GetBucketPolicy (documented).
wire::Rendered get_bucket_policy(Session& session, const GetBucketPolicyRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    if (!bucket.policy) {
        throw ApiError("NoSuchBucketPolicy", "The bucket policy does not exist", kNotFound)
            .with("BucketName", bucket.name);
    }
    return {.body = *bucket.policy, .content_type = "application/json"};
}

// Source: S3 API Reference, PutBucketPolicy (documented): its answer has no content. What it lets
// others do is kept and not acted on.
asio::awaitable<wire::Rendered> put_bucket_policy(StreamSession& session,
                                                  const PutBucketPolicyRequest& request)
{
    const auto policy = co_await receive_document(session, request.content_md5, kMostPolicyBytes);
    auto answer = co_await change_bucket(session, request, [&](BucketRow& bucket) {
        require_policy_not_blocked(bucket, is_public_policy(read_policy(policy, bucket.name)));
        bucket.policy = policy;
    });
    session.answer_with({.status = 204});
    co_return answer;
}

// Source: S3 API Reference, DeleteBucketPolicy (documented).
wire::Rendered delete_bucket_policy(Session& session, const DeleteBucketPolicyRequest& request)
{
    auto bucket = require_bucket(session, request, Use::kOwn);
    bucket.policy.reset();
    update_bucket(session.db(), bucket);
    return {};
}

// Source: S3 API Reference, GetPublicAccessBlock (documented).
wire::Rendered get_public_access_block(Session& session, const GetPublicAccessBlockRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    if (!bucket.public_access) {
        throw ApiError("NoSuchPublicAccessBlockConfiguration",
                       "The public access block configuration was not found", kNotFound)
            .with("BucketName", bucket.name);
    }
    pugi::xml_document document;
    auto root = begin_document(document, "PublicAccessBlockConfiguration");
    for (std::size_t index = 0; index < kPublicAccess.size(); ++index) {
        wire::append(root, kPublicAccess[index], bucket.public_access->at(index) == '1');
    }
    return to_rendered(document);
}

// Source: S3 API Reference, PutPublicAccessBlock (documented).
asio::awaitable<wire::Rendered> put_public_access_block(StreamSession& session,
                                                        const PutPublicAccessBlockRequest& request)
{
    const auto body = co_await receive_document(session, request.content_md5, kMostSettingBytes);
    const auto settings = read_public_access(body);
    auto answer = co_await change_bucket(
        session, request, [&](BucketRow& bucket) { bucket.public_access = settings; });
    co_return answer;
}

// Source: S3 API Reference, DeletePublicAccessBlock (documented).
wire::Rendered delete_public_access_block(Session& session,
                                          const DeletePublicAccessBlockRequest& request)
{
    auto bucket = require_bucket(session, request, Use::kOwn);
    bucket.public_access.reset();
    update_bucket(session.db(), bucket);
    return {};
}

// Source: S3 API Reference, GetBucketOwnershipControls (documented).
wire::Rendered get_bucket_ownership_controls(Session& session,
                                             const GetBucketOwnershipControlsRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    if (!bucket.has_ownership_controls) {
        throw ApiError("OwnershipControlsNotFoundError",
                       "The bucket ownership controls were not found", kNotFound)
            .with("BucketName", bucket.name);
    }
    pugi::xml_document document;
    auto root = begin_document(document, "OwnershipControls");
    wire::append(root.append_child("Rule"), "ObjectOwnership", text_of(bucket.ownership));
    return to_rendered(document);
}

// Source: S3 API Reference, PutBucketOwnershipControls (documented); that an owner does not come to
// own all while the bucket's list lets others do something observed.
asio::awaitable<wire::Rendered> put_bucket_ownership_controls(
    StreamSession& session, const PutBucketOwnershipControlsRequest& request)
{
    const auto body = co_await receive_document(session, request.content_md5, kMostSettingBytes);
    const auto ownership = read_ownership(body);
    auto answer = co_await change_bucket(session, request, [&](BucketRow& bucket) {
        if (ownership == ObjectOwnership::kBucketOwnerEnforced && lets_others(bucket.acl)) {
            throw list_with_enforced_owner();
        }
        bucket.ownership = ownership;
        bucket.has_ownership_controls = true;
    });
    co_return answer;
}

// Source: S3 API Reference, DeleteBucketOwnershipControls (documented): objects are their writers'
// then, as before there were such controls (documented), and no controls are found (observed).
wire::Rendered delete_bucket_ownership_controls(Session& session,
                                                const DeleteBucketOwnershipControlsRequest& request)
{
    auto bucket = require_bucket(session, request, Use::kOwn);
    bucket.ownership = ObjectOwnership::kObjectWriter;
    bucket.has_ownership_controls = false;
    update_bucket(session.db(), bucket);
    return {};
}

// Source: S3 API Reference, GetBucketVersioning (documented): without a status where none was set.
wire::Rendered get_bucket_versioning(Session& session, const GetBucketVersioningRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    pugi::xml_document document;
    auto root = begin_document(document, "VersioningConfiguration");
    wire::append(root, "Status", text_of(bucket.versioning));
    return to_rendered(document);
}

// Source: S3 API Reference, PutBucketVersioning (documented).
asio::awaitable<wire::Rendered> put_bucket_versioning(StreamSession& session,
                                                      const PutBucketVersioningRequest& request)
{
    const auto body = co_await receive_document(session, request.content_md5, kMostSettingBytes);
    const auto versioning = read_versioning(body);
    auto answer = co_await change_bucket(
        session, request, [&](BucketRow& bucket) { bucket.versioning = versioning; });
    co_return answer;
}

namespace {

constexpr Operation kOperations[] = {
    write<delete_bucket_ownership_controls>(kDeleteBucketOwnershipControls),
    write<delete_bucket_policy>(kDeleteBucketPolicy),
    write<delete_public_access_block>(kDeletePublicAccessBlock),
    read<get_bucket_ownership_controls>(kGetBucketOwnershipControls),
    read<get_bucket_policy>(kGetBucketPolicy),
    read<get_bucket_versioning>(kGetBucketVersioning),
    read<get_public_access_block>(kGetPublicAccessBlock),
    stream<put_bucket_ownership_controls>(kPutBucketOwnershipControls),
    stream<put_bucket_policy>(kPutBucketPolicy),
    stream<put_bucket_versioning>(kPutBucketVersioning),
    stream<put_public_access_block>(kPutPublicAccessBlock),
};

}  // namespace

constinit const Family kBucketSettings{.operations = kOperations};

}  // namespace amilab::s3
