#include "server/control/instance_events.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "server/http/message.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

std::vector<std::string> shown(TestEmulator& aws, const std::string& query)
{
    std::vector<std::string> ids;
    const auto events = control::show_instance_events(aws.emulator(), query);
    for (const auto& event : events.as_array()) {
        ids.emplace_back(event.at("id").as_string());
    }
    return ids;
}

TEST(InstanceEventsOfControl, AreShownAThousandAtATime)
{
    constexpr std::size_t kMost = 1'000;
    TestEmulator aws;
    const auto instance =
        aws.must("RunInstances", launch(public_image(aws))).text("instancesSet/item/instanceId");
    for (std::size_t i = 0; i < kMost + 2; ++i) {
        control::schedule_instance_event(aws.emulator(),
                                         boost::json::object{{"instance_id", instance},
                                                             {"code", "instance-stop"},
                                                             {"not_before_ms", kStartMs * 2}});
    }
    const auto first = shown(aws, "");
    ASSERT_EQ(first.size(), kMost);
    EXPECT_TRUE(std::ranges::is_sorted(first));
    const auto rest = shown(aws, "after=" + first.back());
    ASSERT_EQ(rest.size(), 2U);
    EXPECT_LT(first.back(), rest.front());
    EXPECT_TRUE(shown(aws, "after=" + rest.back()).empty());
}

TEST(InstanceEventsOfControl, TakeNoOtherParameter)
{
    TestEmulator aws;
    EXPECT_THROW(control::show_instance_events(aws.emulator(), "limit=1"), http::HttpError);
}

}  // namespace
}  // namespace amilab::test
