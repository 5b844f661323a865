#include "server/services/s3/access_lists.h"

#include <optional>

#include "server/calls/stream_operation.h"
#include "server/services/s3/access.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/request_body.h"
#include "server/services/s3/request_documents.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/access_lists.h"
#include "server/wire/s3/schema.h"

namespace amilab::s3 {

namespace asio = boost::asio;

namespace {

constexpr const char* kLogDelivery = "http://acs.amazonaws.com/groups/s3/LogDelivery";

pugi::xml_node append_grant(pugi::xml_node list, const char* type, const char* permission)
{
    auto grant = list.append_child("Grant");
    auto grantee = grant.append_child("Grantee");
    grantee.append_attribute("xmlns:xsi").set_value("http://www.w3.org/2001/XMLSchema-instance");
    grantee.append_attribute("xsi:type").set_value(type);
    wire::append(grant, "Permission", std::string_view(permission));
    return grantee;
}

void append_group(pugi::xml_node list, const char* uri, const char* permission)
{
    wire::append(append_grant(list, "Group", permission), "URI", std::string_view(uri));
}

/// What a list with a name lets others do. Source: "Canned ACL" (documented).
void append_others(pugi::xml_node list, CannedAcl acl)
{
    switch (acl) {
        case CannedAcl::kPublicRead:
            return append_group(list, kAllUsers, "READ");
        case CannedAcl::kPublicReadWrite:
            append_group(list, kAllUsers, "READ");
            return append_group(list, kAllUsers, "WRITE");
        case CannedAcl::kAuthenticatedRead:
            return append_group(list, kAuthenticatedUsers, "READ");
        case CannedAcl::kLogDeliveryWrite:
            append_group(list, kLogDelivery, "WRITE");
            return append_group(list, kLogDelivery, "READ_ACP");
        case CannedAcl::kPrivate:
        case CannedAcl::kAwsExecRead:
        case CannedAcl::kBucketOwnerRead:
        case CannedAcl::kBucketOwnerFullControl:
            return;
    }
}

void append_user(pugi::xml_node list, std::string_view account, const char* permission)
{
    wire::append(append_grant(list, "CanonicalUser", permission), "ID", canonical_id(account));
}

wire::Rendered acl_answer(const BucketRow& bucket, const std::string& owner, CannedAcl acl)
{
    pugi::xml_document document;
    auto root = begin_document(document, "AccessControlPolicy");
    append_owner(root, "Owner", owner);
    auto list = root.append_child("AccessControlList");
    append_user(list, owner, "FULL_CONTROL");
    if (owner != bucket.owner && acl == CannedAcl::kBucketOwnerFullControl) {
        append_user(list, bucket.owner, "FULL_CONTROL");
    } else if (owner != bucket.owner && acl == CannedAcl::kBucketOwnerRead) {
        append_user(list, bucket.owner, "READ");
    }
    append_others(list, acl);
    return to_rendered(document);
}

/// What a request puts: a document, or a name in a header.
struct NewList {
    std::optional<std::string> header;
    std::string body;
};

asio::awaitable<NewList> receive_list(StreamSession& session, std::optional<std::string> header,
                                      std::optional<std::string> md5)
{
    constexpr std::size_t kMostBytes = 64 * 1024;
    NewList list;
    if (session.header().content_length.value_or(0) > 0) {
        list.body = co_await receive_document(session, std::move(md5), kMostBytes);
    }
    if (header.has_value() == !list.body.empty()) {
        throw header
            ? ApiError("UnexpectedContent", "This request does not support content")
            : ApiError("MissingSecurityHeader", "Your request was missing a required header");
    }
    list.header = std::move(header);
    co_return list;
}

CannedAcl read_list(const NewList& list, const BucketRow& bucket, const std::string& owner)
{
    if (bucket.ownership == ObjectOwnership::kBucketOwnerEnforced) {
        throw access_lists_not_supported();
    }
    const auto acl =
        list.header ? parse_acl(list.header) : read_access_list(list.body, canonical_id(owner));
    require_not_blocked(bucket, acl);
    return acl;
}

}  // namespace

// Source: S3 API Reference, GetBucketAcl (documented).
wire::Rendered get_bucket_acl(Session& session, const GetBucketAclRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    return acl_answer(bucket, bucket.owner, bucket.acl);
}

// Source: S3 API Reference, GetObjectAcl (documented).
wire::Rendered get_object_acl(Session& session, const GetObjectAclRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kReadObject);
    const auto object = require_controlled(session, bucket, request.key);
    return acl_answer(bucket, object.owner, object.acl);
}

// Source: S3 API Reference, PutBucketAcl (documented).
asio::awaitable<wire::Rendered> put_bucket_acl(StreamSession& session,
                                               const PutBucketAclRequest& request)
{
    const auto list = co_await receive_list(session, request.acl, request.content_md5);
    co_await session.write([&](Session& rows) {
        auto bucket = require_bucket(rows, request, Use::kOwn);
        bucket.acl = read_list(list, bucket, bucket.owner);
        update_bucket(rows.db(), bucket);
    });
    wire::Rendered answer;
    co_return answer;
}

// Source: S3 API Reference, PutObjectAcl (documented).
asio::awaitable<wire::Rendered> put_object_acl(StreamSession& session,
                                               const PutObjectAclRequest& request)
{
    const auto list = co_await receive_list(session, request.acl, request.content_md5);
    co_await session.write([&](Session& rows) {
        const auto bucket = require_bucket(rows, request, Use::kReadObject);
        const auto object = require_controlled(rows, bucket, request.key);
        set_object_acl(rows.db(), {request.bucket, request.key},
                       read_list(list, bucket, object.owner));
    });
    wire::Rendered answer;
    co_return answer;
}

namespace {

constexpr Operation kOperations[] = {
    read<get_bucket_acl>(kGetBucketAcl),
    read<get_object_acl>(kGetObjectAcl),
    stream<put_bucket_acl>(kPutBucketAcl),
    stream<put_object_acl>(kPutObjectAcl),
};

}  // namespace

constinit const Family kAccessLists{.operations = kOperations};

}  // namespace amilab::s3
