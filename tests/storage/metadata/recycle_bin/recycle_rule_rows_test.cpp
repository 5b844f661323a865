#include "storage/metadata/recycle_bin/recycle_rule_rows.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kOwner = "123456789012";
constexpr const char* kOther = "210987654321";
constexpr const char* kRegion = "us-east-1";
constexpr const char* kImage = "ami-00000001";

class RecycleRuleRows : public ::testing::Test {
protected:
    RecycleRuleRows()
        : db_(open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate)),
          db(*db_)
    {
        migrate(db);
    }

    static RecycleRuleRow row(const std::string& id, std::int64_t days = 7)
    {
        return {.id = id,
                .region = kRegion,
                .owner = kOwner,
                .resource_type = RecycleRuleType::kImage,
                .retention_days = days,
                .status = RecycleRuleStatus::kAvailable};
    }

    void tag(const std::string& key, const std::string& value)
    {
        upsert_tags(db, kOwner, kRegion, {kImage, "image"}, {{key, value}});
    }
    std::optional<std::int64_t> kept() const
    {
        return matching_retention_days(db, kOwner, kRegion, RecycleRuleType::kImage, kImage);
    }
    struct Wanted {
        std::vector<RecycleRuleTag> tags = {};
        std::vector<RecycleRuleTag> excluded = {};
        std::optional<std::string> lock_state = {};
        TimeMs now_ms = 0;
        std::string after = {};
        std::int64_t limit = -1;
    };
    std::vector<std::string> listed(const Wanted& wanted) const
    {
        ListQuery query{.owner = kOwner,
                        .region = kRegion,
                        .now_ms = wanted.now_ms,
                        .after = wanted.after,
                        .limit = wanted.limit};
        want_type(query, "EC2_IMAGE");
        want_lock_state(query, wanted.lock_state);
        want_resource_tags(query, wanted.tags);
        want_exclude_resource_tags(query, wanted.excluded);
        std::vector<std::string> ids;
        for (const auto& rule : select_recycle_rules(db, query)) {
            ids.push_back(rule.id);
        }
        return ids;
    }

    std::unique_ptr<Database> db_;
    Database& db;
};

TEST_F(RecycleRuleRows, GiveBackWhatWasPutIn)
{
    auto rule = row("rule0000001");
    rule.description = "images of the web";
    rule.lock_state = RecycleRuleLock::kLocked;
    rule.unlock_delay_days = 9;
    rule.resource_tags = {{"Team", "web"}, {"Kept", {}}};
    rule.exclude_resource_tags = {{"Scratch", ""}};
    rule.tags = {{"Name", "first"}};
    insert_recycle_rule(db, rule);
    const auto back = select_recycle_rule(db, kOwner, kRegion, rule.id, 0);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->description, rule.description);
    EXPECT_EQ(back->retention_days, 7);
    EXPECT_EQ(back->status, RecycleRuleStatus::kAvailable);
    EXPECT_EQ(back->lock_state, RecycleRuleLock::kLocked);
    EXPECT_EQ(back->unlock_delay_days, 9);
    EXPECT_EQ(back->resource_tags, rule.resource_tags);
    EXPECT_EQ(back->exclude_resource_tags, rule.exclude_resource_tags);
    EXPECT_EQ(back->tags, rule.tags);
    EXPECT_FALSE(select_recycle_rule(db, kOther, kRegion, rule.id, 0));
    EXPECT_FALSE(select_recycle_rule(db, kOwner, "eu-west-1", rule.id, 0));
}

TEST_F(RecycleRuleRows, ChangeAndGo)
{
    auto rule = row("rule0000001");
    rule.tags = {{"Name", "first"}};
    insert_recycle_rule(db, rule);
    rule.retention_days = 30;
    rule.description = "longer";
    rule.resource_tags = {{"Team", "web"}};
    rule.tags = {};
    update_recycle_rule(db, rule);
    const auto back = select_recycle_rule(db, kOwner, kRegion, rule.id, 0);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->retention_days, 30);
    EXPECT_EQ(back->description, "longer");
    EXPECT_EQ(back->resource_tags, rule.resource_tags);
    EXPECT_THAT(back->tags, IsEmpty());
    EXPECT_EQ(count_recycle_rules(db, kOwner, kRegion), 1);
    delete_recycle_rule(db, rule.id);
    EXPECT_FALSE(select_recycle_rule(db, kOwner, kRegion, rule.id, 0));
    EXPECT_EQ(count_recycle_rules(db, kOwner, kRegion), 0);
}

TEST_F(RecycleRuleRows, AreUnlockedWhenTheirDelayIsOver)
{
    auto rule = row("rule0000001");
    rule.lock_state = RecycleRuleLock::kPendingUnlock;
    rule.unlock_delay_days = 7;
    rule.lock_end_time_ms = 1000;
    insert_recycle_rule(db, rule);
    EXPECT_EQ(select_recycle_rule(db, kOwner, kRegion, rule.id, 999)->lock_state,
              RecycleRuleLock::kPendingUnlock);
    const auto after = select_recycle_rule(db, kOwner, kRegion, rule.id, 1000);
    EXPECT_EQ(after->lock_state, RecycleRuleLock::kUnlocked);
    EXPECT_FALSE(after->lock_end_time_ms);
    const auto in_state = [&](const std::string& state, TimeMs now_ms) {
        return listed({.lock_state = state, .now_ms = now_ms});
    };
    EXPECT_THAT(in_state("pending_unlock", 999), ElementsAre(rule.id));
    EXPECT_THAT(in_state("unlocked", 999), IsEmpty());
    EXPECT_THAT(in_state("unlocked", 1000), ElementsAre(rule.id));
    EXPECT_THAT(in_state("locked", 1000), IsEmpty());
}

TEST_F(RecycleRuleRows, AreListedByTypeAndTagsPageByPage)
{
    for (const char* id : {"rule0000001", "rule0000002", "rule0000003"}) {
        auto rule = row(id);
        rule.resource_tags = {{"Team", id == std::string("rule0000002") ? "web" : "db"}};
        insert_recycle_rule(db, rule);
    }
    auto other = row("rule0000004");
    other.resource_type = RecycleRuleType::kSnapshot;
    insert_recycle_rule(db, other);
    const auto list = [&](std::vector<RecycleRuleTag> tags, std::string_view after,
                          std::int64_t limit) {
        return listed({.tags = std::move(tags), .after = std::string(after), .limit = limit});
    };
    EXPECT_THAT(list({}, "", 2), ElementsAre("rule0000001", "rule0000002"));
    EXPECT_THAT(list({}, "rule0000002", 2), ElementsAre("rule0000003"));
    EXPECT_THAT(list({{"Team", "web"}}, "", -1), ElementsAre("rule0000002"));
    EXPECT_THAT(list({{"Team", "db"}, {"Team", "web"}}, "", -1), IsEmpty());
    EXPECT_EQ(count_recycle_rules_naming(db, kOwner, kRegion, {"Team", "db"}, ""), 2);
    EXPECT_EQ(count_recycle_rules_naming(db, kOwner, kRegion, {"Team", "db"}, "rule0000001"), 1);
    EXPECT_EQ(count_recycle_rules_naming(db, kOwner, kRegion, {"Team", {}}, ""), 0);
}

TEST_F(RecycleRuleRows, AreListedWithTheirOwnTagsEach)
{
    for (const char* id : {"rule0000001", "rule0000002", "rule0000003"}) {
        auto rule = row(id);
        if (id != std::string("rule0000002")) {
            rule.exclude_resource_tags = {{"Scratch", id}, {"Old", {}}};
            rule.tags = {{"Name", id}};
        }
        insert_recycle_rule(db, rule);
    }
    const auto rules = select_recycle_rules(db, {.owner = kOwner, .region = kRegion});
    ASSERT_EQ(rules.size(), 3U);
    EXPECT_THAT(rules[1].tags, IsEmpty());
    EXPECT_THAT(rules[2].tags, ElementsAre(RecycleRuleTag{"Name", "rule0000003"}));
    EXPECT_THAT(rules[2].exclude_resource_tags,
                ElementsAre(RecycleRuleTag{"Scratch", "rule0000003"}, RecycleRuleTag{"Old", {}}));
    EXPECT_THAT(listed({.excluded = {{"Scratch", {}}}}), ElementsAre("rule0000001", "rule0000003"));
    EXPECT_THAT(listed({.excluded = {{"Scratch", "rule0000001"}, {"Old", {}}}}),
                ElementsAre("rule0000001"));
}

TEST_F(RecycleRuleRows, WithoutTagsKeepEveryResourceOfTheTypeInTheRegion)
{
    EXPECT_FALSE(kept());
    insert_recycle_rule(db, row("rule0000001", 5));
    EXPECT_EQ(kept(), 5);
    EXPECT_FALSE(
        matching_retention_days(db, kOwner, kRegion, RecycleRuleType::kSnapshot, "snap-00000001"));
    EXPECT_FALSE(matching_retention_days(db, kOther, kRegion, RecycleRuleType::kImage, kImage));
    EXPECT_FALSE(matching_retention_days(db, kOwner, "eu-west-1", RecycleRuleType::kImage, kImage));
}

TEST_F(RecycleRuleRows, WithTagsKeepWhatHasAnyOfThem)
{
    auto rule = row("rule0000001", 5);
    rule.resource_tags = {{"Team", "web"}, {"Kept", {}}};
    insert_recycle_rule(db, rule);
    EXPECT_FALSE(kept());
    tag("Team", "db");
    EXPECT_FALSE(kept());
    tag("Team", "web");
    EXPECT_EQ(kept(), 5);
    tag("Team", "db");
    tag("Kept", "whatever");
    EXPECT_EQ(kept(), 5);
}

TEST_F(RecycleRuleRows, LetGoWhatHasATagToExclude)
{
    auto rule = row("rule0000001", 5);
    rule.exclude_resource_tags = {{"Scratch", "yes"}};
    insert_recycle_rule(db, rule);
    tag("Scratch", "no");
    EXPECT_EQ(kept(), 5);
    tag("Scratch", "yes");
    EXPECT_FALSE(kept());
    auto tagged = row("rule0000002", 3);
    tagged.resource_tags = {{"Scratch", "yes"}};
    insert_recycle_rule(db, tagged);
    EXPECT_EQ(kept(), 3);
}

TEST_F(RecycleRuleRows, KeepForTheLongestPeriodOfAllThatAreAvailable)
{
    insert_recycle_rule(db, row("rule0000001", 5));
    insert_recycle_rule(db, row("rule0000002", 9));
    auto pending = row("rule0000003", 99);
    pending.status = RecycleRuleStatus::kPending;
    insert_recycle_rule(db, pending);
    EXPECT_EQ(kept(), 9);
}

TEST_F(RecycleRuleRows, HaveIdsOfElevenLettersAndDigits)
{
    IdSource::set_seed(db, "seed");
    IdSource ids(db);
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const auto id = next_recycle_rule_id(ids);
        EXPECT_THAT(id, ::testing::MatchesRegex("[0-9a-zA-Z]{11}"));
        EXPECT_TRUE(seen.insert(id).second);
    }
}

}  // namespace
}  // namespace amilab
