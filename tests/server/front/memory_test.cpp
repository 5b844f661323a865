// What answers hold is bounded in sum.
#include <memory>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/memory_budget.h"
#include "storage/state/generation.h"
#include "tests/server/front/front_world.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;

http::Request call(const std::string& action)
{
    return make_request("GET", "/?Version=2016-11-15&Action=" + action);
}

void make_tags(FrontWorld& world, int count)
{
    world.generation().writer().db().run(fmt::format(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {})"
        " INSERT INTO tag (resource_id, resource_type, key, value, owner, region)"
        " SELECT printf('vol-%017x', i), 'volume', 'key', 'v', '123456789012', 'us-east-1'"
        " FROM n",
        count));
}

TEST(FrontMemory, RefusesReadsOfMuchWhileItIsShort)
{
    for (const int tags : {600, 5000}) {
        const auto memory = std::make_shared<MemoryBudget>(1000);
        FrontWorld world(all_services(), ControlAccess(), memory);
        make_tags(world, tags);
        MemoryBudget::Share others(*memory);
        others.hold(900);
        const auto refused = world.ask(call("DescribeTags"));
        EXPECT_EQ(refused.status, 503);
        EXPECT_THAT(refused.body, HasSubstr("<Code>Unavailable</Code>"));
        EXPECT_EQ(world.ask(call("DescribeTags&MaxResults=5")).status, 200);
        EXPECT_EQ(world.ask(call("CreateVolume&AvailabilityZone=us-east-1a&Size=1")).status, 200);
        others.release();
        EXPECT_EQ(world.ask(call("DescribeTags")).status, 200);
    }
}

TEST(FrontMemory, IsThatOfOnePartForAnAnswerInParts)
{
    const auto memory = std::make_shared<MemoryBudget>();
    FrontWorld world(all_services(), ControlAccess(), memory);
    make_tags(world, 100000);
    {
        const auto answer = world.ask(call("DescribeTags"));
        ASSERT_TRUE(answer.stream);
        EXPECT_GT(memory->held(), 0U);
        CountedResponseBody body;
        world.send(answer, body);
        constexpr std::size_t kMost = std::size_t{2} << 20;
        EXPECT_GT(body.written_bytes(), 4 * kMost);
        EXPECT_LE(body.most_at_once(), kMost);
        EXPECT_LE(memory->held(), kMost);
    }
    EXPECT_EQ(memory->held(), 0U);
}

TEST(FrontMemory, IsAPieceForAnImportAndAnExport)
{
    const auto memory = std::make_shared<MemoryBudget>(1 << 20);
    FrontWorld world(all_services(), ControlAccess(), memory);
    const auto volume = world.ask(call("CreateVolume&AvailabilityZone=us-east-1a&Size=1")).body;
    const auto id = volume.substr(volume.find("vol-"), std::string_view("vol-").size() + 17);
    const auto target = "/_amilab/export/" + id;
    {
        const auto answer = world.ask(make_request("GET", target));
        ASSERT_EQ(answer.status, 200);
        EXPECT_EQ(memory->held(), std::size_t{1} << 20);
        EXPECT_THROW(world.ask(make_request("GET", target)), http::HttpError);
        auto import = make_request("POST", "/_amilab/import");
        import.content_length = std::uint64_t{1} << 30;
        EXPECT_THROW(world.ask(import), http::HttpError);
        EXPECT_EQ(world.ask(make_request("GET", "/_amilab/clock")).status, 200);
    }
    EXPECT_EQ(memory->held(), 0U);
    EXPECT_EQ(world.ask(make_request("GET", target)).status, 200);
}

}  // namespace
}  // namespace amilab::test
