#include "server/services/s3/tagging.h"

#include "server/calls/stream_operation.h"
#include "server/services/s3/access.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/object_headers.h"
#include "server/services/s3/request_body.h"
#include "server/services/s3/request_documents.h"
#include "server/wire/s3/schema.h"
#include "server/wire/s3/tagging.h"

namespace amilab::s3 {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostTaggingBytes = 128 * 1024;

wire::Rendered tagging_answer(const std::string& tags)
{
    pugi::xml_document document;
    auto set = begin_document(document, "Tagging").append_child("TagSet");
    for (const auto& [key, value] : parse_tags(tags)) {
        auto tag = set.append_child("Tag");
        wire::append(tag, "Key", key);
        wire::append(tag, "Value", value);
    }
    return to_rendered(document);
}

}  // namespace

// Source: S3 API Reference, GetBucketTagging (documented).
wire::Rendered get_bucket_tagging(Session& session, const GetBucketTaggingRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    if (bucket.tags.empty()) {
        throw ApiError("NoSuchTagSet", "The TagSet does not exist", kNotFound)
            .with("BucketName", bucket.name);
    }
    return tagging_answer(bucket.tags);
}

// Source: S3 API Reference, GetObjectTagging (documented).
wire::Rendered get_object_tagging(Session& session, const GetObjectTaggingRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    return tagging_answer(require_readable(session, bucket, request.key).tags);
}

// Source: S3 API Reference, PutBucketTagging (documented): its answer has no content.
asio::awaitable<wire::Rendered> put_bucket_tagging(StreamSession& session,
                                                   const PutBucketTaggingRequest& request)
{
    const auto body = co_await receive_document(session, request.content_md5, kMostTaggingBytes);
    const auto tags = to_text(read_tagging(body), kMostBucketTags);
    co_await session.write([&](Session& rows) {
        auto bucket = require_bucket(rows, request, Use::kOwn);
        bucket.tags = tags;
        update_bucket(rows.db(), bucket);
    });
    session.answer_with({.status = 204});
    wire::Rendered answer;
    co_return answer;
}

// Source: S3 API Reference, PutObjectTagging (documented).
asio::awaitable<wire::Rendered> put_object_tagging(StreamSession& session,
                                                   const PutObjectTaggingRequest& request)
{
    const auto body = co_await receive_document(session, request.content_md5, kMostTaggingBytes);
    const auto tags = to_text(read_tagging(body), kMostObjectTags);
    co_await session.write([&](Session& rows) {
        const auto bucket = require_bucket(rows, request, Use::kOwn);
        require_readable(rows, bucket, request.key);
        set_object_tags(rows.db(), {request.bucket, request.key}, tags);
    });
    wire::Rendered answer;
    co_return answer;
}

// Source: S3 API Reference, DeleteBucketTagging (documented).
wire::Rendered delete_bucket_tagging(Session& session, const DeleteBucketTaggingRequest& request)
{
    auto bucket = require_bucket(session, request, Use::kOwn);
    bucket.tags.clear();
    update_bucket(session.db(), bucket);
    return {};
}

// Source: S3 API Reference, DeleteObjectTagging (documented).
wire::Rendered delete_object_tagging(Session& session, const DeleteObjectTaggingRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    require_readable(session, bucket, request.key);
    set_object_tags(session.db(), {request.bucket, request.key}, "");
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    write<delete_bucket_tagging>(kDeleteBucketTagging),
    write<delete_object_tagging>(kDeleteObjectTagging),
    read<get_bucket_tagging>(kGetBucketTagging),
    read<get_object_tagging>(kGetObjectTagging),
    stream<put_bucket_tagging>(kPutBucketTagging),
    stream<put_object_tagging>(kPutObjectTagging),
};

}  // namespace

constinit const Family kTagging{.operations = kOperations};

}  // namespace amilab::s3
