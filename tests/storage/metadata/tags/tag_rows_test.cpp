#include "storage/metadata/tags/tag_rows.h"

#include <algorithm>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/network/vpc_rows.h"

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/sql/migrations.h"

namespace amilab {
namespace {

constexpr const char* kOwner = "123456789012";
constexpr const char* kOther = "210987654321";
constexpr const char* kRegion = "us-east-1";

/// Without AWS's own.
std::int64_t count_tags(Database& db, std::string_view owner, std::string_view resource_id)
{
    return compare_tags(db, owner, resource_id, {}).count;
}

class TagRows : public ::testing::Test {
protected:
    TagRows()
        : db_(open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate)),
          db(*db_)
    {
        migrate(db);
    }

    void tag(const std::string& id, const std::string& key, const std::string& value,
             const char* owner = kOwner, const char* region = kRegion)
    {
        upsert_tags(db, owner, region, {id, "volume"}, {{key, value}});
    }

    /// Sorts before all that is in keys and values.
    static constexpr char kBefore = '\x01';

    /// All that the filters leave, page by page, as key, value and id.
    std::vector<std::string> pages(const std::vector<RowFilter>& filters, std::int64_t page_size)
    {
        std::vector<std::string> all;
        std::string after;
        for (;;) {
            const auto rows = select_tag_page(db, {.owner = kOwner,
                                                   .region = kRegion,
                                                   .filters = filters,
                                                   .after = after,
                                                   .limit = page_size});
            for (const auto& row : rows) {
                all.push_back(row.key + kBefore + row.value + kBefore + row.resource_id);
                after = tag_order_key(row);
            }
            if (page_size < 0 || static_cast<std::int64_t>(rows.size()) < page_size) {
                return all;
            }
        }
    }

    std::unique_ptr<Database> db_;
    Database& db;
};

TEST_F(TagRows, AreWrittenOnlyWhereTheyBecomeOthers)
{
    const std::vector<TaggedResource> resources = {{"vol-2", "volume"}, {"vol-1", "volume"}};
    upsert_tags_on(db, kOwner, kRegion, resources, {{"b", "1"}, {"a", "1"}});
    EXPECT_EQ(db.changes(), 4);
    upsert_tags_on(db, kOwner, kRegion, resources, {{"b", "1"}, {"a", "2"}});
    EXPECT_EQ(db.changes(), 2);
    upsert_tags_on(db, kOwner, kRegion, resources, {{"b", "1"}, {"a", "2"}});
    EXPECT_EQ(db.changes(), 0);
}

TEST_F(TagRows, AreHeldAgainstThoseThatAreWanted)
{
    const auto compared = [&](std::vector<TagRow> wanted) {
        const auto difference = compare_tags(db, kOwner, "vol-1", wanted);
        return std::pair(difference.is_any_other, difference.count);
    };
    EXPECT_EQ(compared({}), std::pair(false, std::int64_t{0}));
    EXPECT_EQ(compared({{"a", "1"}, {"aws:x", "1"}}), std::pair(true, std::int64_t{1}));
    tag("vol-1", "b", "1");
    tag("vol-1", "d", "1");
    tag("vol-1", "aws:own", "1");
    tag("vol-1", "c", "1", kOther);
    tag("vol-2", "c", "1");
    EXPECT_EQ(compared({}), std::pair(false, std::int64_t{2}));
    EXPECT_EQ(compared({{"b", "1"}}), std::pair(false, std::int64_t{2}));
    EXPECT_EQ(compared({{"aws:own", "1"}, {"b", "1"}, {"d", "1"}}),
              std::pair(false, std::int64_t{2}));
    EXPECT_EQ(compared({{"b", "1"}, {"d", "2"}}), std::pair(true, std::int64_t{2}));
    EXPECT_EQ(compared({{"a", "1"}, {"b", "1"}}), std::pair(true, std::int64_t{3}));
    EXPECT_EQ(compared({{"c", "1"}}), std::pair(true, std::int64_t{3}));
    EXPECT_EQ(compared({{"b", "1"}, {"e", "1"}, {"f", "1"}}), std::pair(true, std::int64_t{4}));
}

TEST_F(TagRows, AreOneForEachKeyResourceAndOwner)
{
    tag("vol-1", "Name", "a");
    tag("vol-1", "Name", "b");
    tag("vol-1", "Name", "c", kOther);
    tag("vol-2", "Name", "d");
    EXPECT_THAT(select_tags(db, kOwner, "vol-1"), ::testing::ElementsAre(TagRow{"Name", "b"}));
    EXPECT_THAT(select_tags(db, kOther, "vol-1"), ::testing::ElementsAre(TagRow{"Name", "c"}));
    EXPECT_EQ(count_tags(db, kOwner, "vol-1"), 1);
    delete_tags_of(db, kOwner, {"vol-1"});
    EXPECT_EQ(count_tags(db, kOwner, "vol-1"), 0);
    EXPECT_EQ(count_tags(db, kOther, "vol-1"), 1);
    tag("vol-1", "Name", "e");
    delete_all_tags(db, "vol-1");
    EXPECT_EQ(count_tags(db, kOwner, "vol-1"), 0);
    EXPECT_EQ(count_tags(db, kOther, "vol-1"), 0);
    EXPECT_EQ(count_tags(db, kOwner, "vol-2"), 1);
}

TEST_F(TagRows, GoByKeyAndByValueWhenOneIsGiven)
{
    tag("vol-1", "a", "1");
    tag("vol-1", "b", "");
    delete_tags(db, kOwner, {"vol-1"}, {{"a", "2"}});
    delete_tags(db, kOwner, {"vol-1"}, {{"a", ""}});
    delete_tags(db, kOther, {"vol-1"}, {{"a", {}}});
    EXPECT_EQ(count_tags(db, kOwner, "vol-1"), 2);
    delete_tags(db, kOwner, {"vol-1"}, {{"a", "1"}});
    delete_tags(db, kOwner, {"vol-1"}, {{"b", ""}});
    EXPECT_EQ(count_tags(db, kOwner, "vol-1"), 0);
    tag("vol-1", "a", "1");
    delete_tags(db, kOwner, {"vol-1"}, {{"a", {}}});
    EXPECT_EQ(count_tags(db, kOwner, "vol-1"), 0);
}

TEST_F(TagRows, GoWithEachOfSeveralValuesOfAKey)
{
    tag("vol-1", "a", "1");
    tag("vol-2", "a", "2");
    tag("vol-3", "a", "3");
    delete_tags(db, kOwner, {"vol-1", "vol-2", "vol-3"}, {{"a", "1"}, {"a", "2"}});
    EXPECT_EQ(count_tags(db, kOwner, "vol-1"), 0);
    EXPECT_EQ(count_tags(db, kOwner, "vol-2"), 0);
    EXPECT_EQ(count_tags(db, kOwner, "vol-3"), 1);
    delete_tags(db, kOwner, {"vol-3"}, {{"a", "1"}, {"a", {}}});
    EXPECT_EQ(count_tags(db, kOwner, "vol-3"), 0);
}

TEST_F(TagRows, AreSetOnSeveralResourcesAsOnOne)
{
    tag("vol-1", "Name", "old");
    tag("vol-1", "aws:own", "x");
    const std::string odd = "\"quoted\" \\ \t\n\x01 ä";
    upsert_tags_on(db, kOwner, kRegion, {{"vol-1", "volume"}, {"snap-1", "snapshot"}},
                   {{"Name", "new"}, {odd, odd}});
    EXPECT_THAT(select_tags(db, kOwner, "snap-1"),
                ::testing::UnorderedElementsAre(TagRow{"Name", "new"}, TagRow{odd, odd}));
    EXPECT_EQ(count_tags(db, kOwner, "vol-1"), 2);
    EXPECT_THAT(pages({{"resource-type", {"snapshot"}}}, -1), ::testing::SizeIs(2));
}

TEST_F(TagRows, ComeInTheSameOrderInPagesOfAnySizeWhateverTheFilters)
{
    for (const auto* id : {"vol-3", "vol-1", "vol-2"}) {
        for (const auto* key : {"Team", "Name", "", "1:x", "T*am"}) {
            tag(id, key, std::string("v") + id);
        }
        tag(id, "Same", "same");
        tag(id, "Name", "theirs", kOther);
    }
    tag("vol-9", "Name", "elsewhere", kOwner, "eu-west-1");
    const std::vector<std::vector<RowFilter>> cases = {
        {},
        {{"key", {"Name"}}},
        {{"key", {"Name", "Team"}}},
        {{"key", {"*a*"}}},
        {{"key", {"T\\*am"}}},
        {{"value", {"same"}}},
        {{"value", {"v*"}}},
        {{"tag:Same", {"same"}}},
        {{"tag:Name", {"vvol-1", "vvol-3"}}},
        {{"tag:Name", {"v*"}}},
        {{"key", {"Same"}}, {"value", {"same"}}},
        {{"resource-id", {"vol-2", "vol-3"}}},
        {{"resource-id", {"vol-?"}}, {"key", {"Same"}}},
        {{"resource-type", {"volume"}}},
        {{"tag:Name", {"vvol-1"}}, {"tag:Team", {"vvol-1"}}},
    };
    std::size_t found = 0;
    for (const auto& filters : cases) {
        const auto all = pages(filters, -1);
        EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
        for (const std::int64_t size : {1, 2, 3, 7}) {
            EXPECT_EQ(pages(filters, size), all) << size;
        }
        found += all.size();
    }
    EXPECT_EQ(pages({}, -1).size(), 18U);
    EXPECT_EQ(pages(cases[4], -1).size(), 3U);
    EXPECT_EQ(pages(cases[12], -1).size(), 3U);
    EXPECT_EQ(pages(cases[14], -1).size(), 0U);
    EXPECT_EQ(found, 18U + 3 + 6 + 12 + 3 + 3 + 15 + 3 + 2 + 3 + 3 + 12 + 3 + 18 + 0);
}

TEST_F(TagRows, TakeAnyTextForAPlace)
{
    tag("vol-1", "a", "1");
    for (const auto* after : {"x", "1", ":", "1:", "99999999999999999999:a", "5:a", "1:a1:11:z9"}) {
        EXPECT_NO_THROW(
            select_tag_page(db, {.owner = kOwner, .region = kRegion, .after = after, .limit = 5}));
    }
}

TEST_F(TagRows, BelongOnResourcesThatAreThere)
{
    db.run(
        "INSERT INTO vpc (id, region, owner, cidr_block, cidr_association_id, dhcp_options_id,"
        " is_default) VALUES ('vpc-1', 'us-east-1', '123456789012', '10.0.0.0/8', 'a', 'b', 1)");
    EXPECT_TRUE(
        taggable_resource_exists(db, kOwner, kRegion, kTaggableByOwner<kVpcColumns>, "vpc-1"));
    EXPECT_FALSE(
        taggable_resource_exists(db, kOther, kRegion, kTaggableByOwner<kVpcColumns>, "vpc-1"));
    EXPECT_FALSE(
        taggable_resource_exists(db, kOwner, "eu-west-1", kTaggableByOwner<kVpcColumns>, "vpc-1"));
    EXPECT_FALSE(
        taggable_resource_exists(db, kOwner, kRegion, kTaggableByOwner<kVpcColumns>, "vpc-2"));
}

TEST_F(TagRows, BelongOnImagesThatTheViewerMaySee)
{
    db.run(
        "INSERT INTO image (id, region, owner, name, location, architecture, image_type, state,"
        " root_device_type, virtualization_type, hypervisor, platform_details, usage_operation,"
        " creation_time_ms) VALUES ('ami-1', 'us-east-1', '123456789012', 'name', 'x',"
        " 'x86_64', 'machine', 'available', 'ebs', 'hvm', 'xen', 'Linux/UNIX', 'RunInstances',"
        " 0)");
    const auto exists_for = [&](std::string_view viewer) {
        return taggable_resource_exists(db, viewer, kRegion, kTaggableImage, "ami-1");
    };
    EXPECT_TRUE(exists_for(kOwner));
    EXPECT_FALSE(exists_for(kOther));
    db.run("INSERT INTO launch_permission VALUES ('ami-1', 'userId', '210987654321')");
    EXPECT_TRUE(exists_for(kOther));
    EXPECT_FALSE(exists_for("333333333333"));
    db.run("UPDATE image SET public = 1");
    EXPECT_TRUE(exists_for("333333333333"));
    db.run("UPDATE image SET state = 'deregistered'");
    EXPECT_FALSE(exists_for(kOwner));
}

}  // namespace
}  // namespace amilab
