#include "server/services/ec2/common/task_objects.h"

#include <fmt/format.h>

#include "server/calls/account_limits.h"
#include "server/calls/services.h"
#include "server/services/ec2/common/errors.h"

namespace amilab::ec2 {

namespace {

const ObjectStore& objects_of(Session& session)
{
    const auto* objects = session.services().ports().objects;
    if (objects == nullptr) {
        throw unsupported("There is no S3 here.");
    }
    return *objects;
}

/// What S3 says, as EC2 says it; other refusals as they are.
ApiError as_ec2(const ApiError& refusal, std::string_view bucket, std::string_view key)
{
    if (refusal.code == "NoSuchBucket") {
        return invalid_parameter(fmt::format("The given S3 bucket does not exist: {}", bucket));
    }
    if (refusal.code == "NoSuchKey") {
        return invalid_parameter(
            fmt::format("The given S3 object does not exist: {}/{}", bucket, key));
    }
    if (refusal.code == "AccessDenied") {
        return invalid_parameter(
            fmt::format("Access to the given S3 bucket is denied: {}", bucket));
    }
    return refusal;
}

template <class Work>
auto in_ec2_words(std::string_view bucket, std::string_view key, const Work& work)
{
    try {
        return work();
    } catch (const ApiError& refusal) {
        throw as_ec2(refusal, bucket, key);
    }
}

}  // namespace

void require_task_bucket(Session& session, std::string_view bucket, BucketUse use)
{
    const auto facts = in_ec2_words(
        bucket, "", [&] { return objects_of(session).require_bucket(session, bucket, use); });
    if (facts.region != session.region()) {
        throw invalid_parameter(
            fmt::format("The given S3 bucket is not local to the region. The bucket must be "
                        "located in {}.",
                        session.region()));
    }
}

std::unique_ptr<ObjectBytes> open_task_object(Session& session, std::string_view bucket,
                                              std::string_view key)
{
    require_task_bucket(session, bucket, BucketUse::kRead);
    return in_ec2_words(bucket, key,
                        [&] { return objects_of(session).open(session, bucket, key); });
}

std::unique_ptr<ObjectBytes> open_object_url(Session& session, std::string_view url)
{
    return objects_of(session).open_url(session, url);
}

std::unique_ptr<NewObject> begin_task_object(Session& session, std::string_view bucket,
                                             std::string_view key)
{
    require_task_bucket(session, bucket, BucketUse::kWrite);
    return in_ec2_words(bucket, key,
                        [&] { return objects_of(session).begin(session, bucket, key); });
}

void store_task_object(Session& session, std::string_view operation, std::string_view bucket,
                       NewObject& object, const ObjectFacts& facts)
{
    require_task_bucket(session, bucket, BucketUse::kWrite);
    const LimitedCall call{session.services().named("ec2")->schema, operation};
    within_limits(session, call,
                  [&] { in_ec2_words(bucket, "", [&] { object.store(session, facts); }); });
}

std::string to_metadata(std::string_view text)
{
    std::string value(text);
    for (auto& character : value) {
        if (character < ' ' || character > '~') {
            character = '?';
        }
    }
    return value;
}

}  // namespace amilab::ec2
