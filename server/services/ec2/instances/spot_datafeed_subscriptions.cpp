#include "server/services/ec2/instances/spot_datafeed_subscriptions.h"
#include "server/wire/ec2/instances/spot_datafeed_subscriptions.h"

#include <algorithm>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/spot_datafeed_subscription_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: code documented, text observed.
ApiError no_datafeed()
{
    return {"InvalidSpotDatafeed.NotFound", "Spot datafeed subscription does not exist."};
}

SpotDatafeedSubscription to_answer(const SpotDatafeedSubscriptionRow& row)
{
    SpotDatafeedSubscription answer;
    answer.bucket = row.bucket;
    answer.owner_id = row.owner;
    answer.prefix = row.prefix;
    answer.state = "Active";
    return answer;
}

/// Source: S3 User Guide, "General purpose bucket naming rules" (documented), code and text are
/// assumed.
void check_bucket(const std::string& bucket)
{
    constexpr std::size_t kShortest = 3;
    constexpr std::size_t kLongest = 63;
    const bool has_capitals =
        std::ranges::any_of(bucket, [](char c) { return c >= 'A' && c <= 'Z'; });
    if (bucket.size() < kShortest || bucket.size() > kLongest || has_capitals ||
        !has_only(bucket, ".-")) {
        throw invalid_value(bucket, "bucket", "Expected the name of a bucket.");
    }
}

// Source: EC2 API Reference, CreateSpotDatafeedSubscription: one for each account (documented);
// another takes its place, and the bucket is not looked at (assumed).
CreateSpotDatafeedSubscriptionResponse create_spot_datafeed_subscription(
    Session& session, const CreateSpotDatafeedSubscriptionRequest& request)
{
    check_bucket(request.bucket);
    if (request.prefix) {
        check_ascii(*request.prefix, "Prefix");
    }
    stop_if_dry_run(request);
    const SpotDatafeedSubscriptionRow row{
        .owner = session.account(), .bucket = request.bucket, .prefix = request.prefix};
    put_row<kSpotDatafeedSubscriptionColumns>(session.db(), row);
    return {.spot_datafeed_subscription = to_answer(row)};
}

// Source: EC2 API Reference, DescribeSpotDatafeedSubscription (documented).
DescribeSpotDatafeedSubscriptionResponse describe_spot_datafeed_subscription(
    Session& session, const DescribeSpotDatafeedSubscriptionRequest& request)
{
    stop_if_dry_run(request);
    const auto row = select_spot_datafeed_subscription(session.db(), session.account());
    if (!row) {
        throw no_datafeed();
    }
    return {.spot_datafeed_subscription = to_answer(*row)};
}

// Source: EC2 API Reference, DeleteSpotDatafeedSubscription (documented); that there is none is no
// error (assumed).
DeleteSpotDatafeedSubscriptionResponse delete_spot_datafeed_subscription(
    Session& session, const DeleteSpotDatafeedSubscriptionRequest& request)
{
    stop_if_dry_run(request);
    delete_spot_datafeed_subscription(session.db(), session.account());
    return {};
}

constexpr Operation kOperations[] = {
    write<create_spot_datafeed_subscription>(kCreateSpotDatafeedSubscription),
    read<describe_spot_datafeed_subscription>(kDescribeSpotDatafeedSubscription),
    write<delete_spot_datafeed_subscription>(kDeleteSpotDatafeedSubscription,
                                             {.frees_space = true}),
};

}  // namespace

constinit const Family kSpotDatafeedSubscriptions{.operations = kOperations};

}  // namespace amilab::ec2
