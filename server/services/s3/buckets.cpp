#include "server/services/s3/buckets.h"

#include <fmt/format.h>

#include "server/calls/object_files.h"
#include "server/calls/stream_operation.h"
#include "server/services/s3/access.h"
#include "server/services/s3/documents.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/names.h"
#include "server/services/s3/object_headers.h"
#include "server/services/s3/request_body.h"
#include "server/services/s3/request_documents.h"
#include "server/wire/rest_xml.h"
#include "server/wire/s3/buckets.h"
#include "server/wire/s3/schema.h"
#include "storage/state/settings.h"

namespace amilab::s3 {

namespace asio = boost::asio;

namespace {

constexpr const char* kUsEast1 = "us-east-1";

/// Source: code and frame observed.
ApiError invalid_location(std::string_view location)
{
    return ApiError("InvalidLocationConstraint", "The specified location-constraint is not valid")
        .with("LocationConstraint", location);
}

/// Source: code and text observed.
ApiError illegal_location(std::string_view location)
{
    return {"IllegalLocationConstraintException",
            fmt::format("The {} location constraint is incompatible for the region specific "
                        "endpoint this request was sent to.",
                        location)};
}

/// Where the bucket is made. Source: requests to us-east-1 may name any other region, and none
/// means that one; requests to another name it (documented).
std::string region_of(const Session& session, std::string location)
{
    if (location == "EU") {
        location = "eu-west-1";
    }
    if (session.region() == kUsEast1) {
        if (location == kUsEast1 ||
            (!location.empty() && !session.settings().region_exists(location))) {
            throw invalid_location(location);
        }
        return location.empty() ? kUsEast1 : location;
    }
    if (location != session.region()) {
        throw illegal_location(location.empty() ? "unspecified" : location);
    }
    return location;
}

/// Source: 10,000 (documented).
void require_room(Session& session)
{
    constexpr std::int64_t kMostBuckets = 10'000;
    if (count_buckets(session.db(), session.account()) >= kMostBuckets) {
        throw ApiError("TooManyBuckets", "You have attempted to create more buckets than allowed");
    }
}

/// Source: in us-east-1 the owner may make it again, which resets its access list and changes
/// nothing else (documented).
void refuse_or_reset(Session& session, const BucketRow& wanted)
{
    auto there = select_bucket(session.db(), wanted.name);
    if (there->owner != wanted.owner) {
        throw ApiError("BucketAlreadyExists",
                       "The requested bucket name is not available. The bucket namespace is shared "
                       "by all users of the system. Please select a different name and try again.",
                       kConflict)
            .with("BucketName", wanted.name);
    }
    if (there->region != kUsEast1 || wanted.region != kUsEast1) {
        throw ApiError("BucketAlreadyOwnedByYou",
                       "Your previous request to create the named bucket succeeded and you already "
                       "own it.",
                       kConflict)
            .with("BucketName", wanted.name);
    }
    there->acl = wanted.acl;
    update_bucket(session.db(), *there);
}

ObjectOwnership parse_ownership(const std::optional<std::string>& header)
{
    if (!header) {
        return ObjectOwnership::kBucketOwnerEnforced;
    }
    const auto ownership = find_word<ObjectOwnership>(*header);
    if (!ownership) {
        throw invalid_argument("Invalid x-amz-object-ownership header: " + *header,
                               "x-amz-object-ownership", *header);
    }
    return *ownership;
}

/// Source: codes and texts observed; of new buckets public access is blocked (documented).
CannedAcl read_acl(const CreateBucketRequest& request, const BucketRow& row)
{
    const auto acl = parse_acl(request.acl);
    if (row.ownership == ObjectOwnership::kBucketOwnerEnforced && acl != CannedAcl::kPrivate) {
        throw list_with_enforced_owner();
    }
    if (is_public(acl)) {
        throw ApiError("InvalidBucketAclWithBlockPublicAccessError",
                       "Bucket cannot have public ACLs set with BlockPublicAccess enabled");
    }
    return acl;
}

void make_bucket(Session& session, const CreateBucketRequest& request,
                 const BucketConfiguration& configuration)
{
    if (is_anonymous(session)) {
        throw access_denied();
    }
    BucketRow row{.name = request.bucket, .owner = session.account()};
    row.region = region_of(session, configuration.location);
    row.created_ms = session.now_ms();
    row.ownership = parse_ownership(request.object_ownership);
    row.public_access = "1111";
    row.acl = read_acl(request, row);
    row.tags = to_text(configuration.tags, kMostBucketTags);
    if (!select_bucket(session.db(), row.name)) {
        require_room(session);
    }
    if (!insert_bucket(session.db(), row)) {
        refuse_or_reset(session, row);
    }
}

}  // namespace

// Source: S3 API Reference, CreateBucket (documented).
asio::awaitable<wire::Rendered> create_bucket(StreamSession& session,
                                              const CreateBucketRequest& request)
{
    constexpr std::size_t kMostBytes = 64 * 1024;
    require_bucket_name(request.bucket);
    BucketConfiguration configuration;
    if (session.header().content_length.value_or(0) > 0) {
        const auto body = co_await receive_document(session, std::nullopt, kMostBytes);
        configuration = read_configuration(body);
    }
    co_await session.write([&](Session& rows) { make_bucket(rows, request, configuration); });
    wire::Rendered rendered;
    rendered.headers.emplace_back("Location", "/" + request.bucket);
    co_return rendered;
}

// Source: S3 API Reference, DeleteBucket (documented); uploads under way go with it (assumed).
wire::Rendered delete_bucket(Session& session, const DeleteBucketRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kOwn);
    if (has_objects(session.db(), bucket.name)) {
        throw ApiError("BucketNotEmpty", "The bucket you tried to delete is not empty", kConflict)
            .with("BucketName", bucket.name);
    }
    delete_bucket(session.db(), bucket.name);
    remove_object_files_later(session);
    return {};
}

// Source: S3 API Reference, HeadBucket (documented).
wire::Rendered head_bucket(Session& session, const HeadBucketRequest& request)
{
    const auto bucket = require_bucket(session, request, Use::kList);
    wire::Rendered rendered;
    rendered.headers.emplace_back(kRegionHeader, bucket.region);
    rendered.headers.emplace_back("x-amz-access-point-alias", "false");
    return rendered;
}

// Source: S3 API Reference, GetBucketLocation (documented): us-east-1 has no constraint, and any
// region tells.
wire::Rendered get_bucket_location(Session& session, const GetBucketLocationRequest& request)
{
    const auto bucket = require_bucket_anywhere(
        session, {request.bucket, request.expected_bucket_owner}, Use::kOwn);
    pugi::xml_document document;
    auto root = begin_document(document, "LocationConstraint");
    if (bucket.region != kUsEast1) {
        root.text().set(bucket.region.c_str());
    }
    return to_rendered(document);
}

// Source: S3 API Reference, ListBuckets (documented); tokens are the last name, in base64
// (assumed).
wire::Rendered list_buckets(Session& session, const ListBucketsRequest& request)
{
    constexpr std::int64_t kMost = 10'000;
    if (is_anonymous(session)) {
        throw access_denied();
    }
    const auto most = request.max_buckets.value_or(kMost);
    const auto after = wire::decode_base64(request.continuation_token.value_or(""));
    if (!after) {
        throw invalid_argument("The continuation token provided is incorrect", "continuation-token",
                               *request.continuation_token);
    }
    const auto prefix = request.prefix.value_or("");
    const auto region = request.bucket_region.value_or("");
    auto buckets = select_buckets(session.db(), {.owner = session.account(),
                                                 .prefix = prefix,
                                                 .region = region,
                                                 .after = *after,
                                                 .most = most + 1});
    const bool has_more = static_cast<std::int64_t>(buckets.size()) > most;
    if (has_more) {
        buckets.pop_back();
    }
    pugi::xml_document document;
    auto root = begin_document(document, "ListAllMyBucketsResult");
    append_owner(root, "Owner", session.account());
    auto list = root.append_child("Buckets");
    for (const auto& bucket : buckets) {
        auto entry = list.append_child("Bucket");
        append_time(entry, "CreationDate", bucket.created_ms);
        wire::append(entry, "Name", bucket.name);
        wire::append(entry, "BucketRegion", bucket.region);
    }
    if (has_more) {
        wire::append(root, "ContinuationToken", wire::encode_base64(buckets.back().name));
    }
    if (!prefix.empty()) {
        wire::append(root, "Prefix", prefix);
    }
    return to_rendered(document);
}

namespace {

constexpr Operation kOperations[] = {
    stream<create_bucket>(kCreateBucket),
    write<delete_bucket>(kDeleteBucket, {.frees_space = true}),
    read<get_bucket_location>(kGetBucketLocation),
    read<head_bucket>(kHeadBucket),
    read<list_buckets>(kListBuckets),
};

}  // namespace

constinit const Family kBuckets{.operations = kOperations};

}  // namespace amilab::s3
