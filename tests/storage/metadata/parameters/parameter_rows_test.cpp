#include "storage/metadata/parameters/parameter_rows.h"

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/sql/migrations.h"

namespace amilab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kOwner = "123456789012";
constexpr const char* kRegion = "us-east-1";

class ParameterRows : public testing::Test {
protected:
    ParameterRows()
        : db_(open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate))
    {
        migrate(*db_);
    }

    void put(const std::string& name, std::int64_t version = 1)
    {
        insert_parameter_version(*db_, {.owner = kOwner,
                                        .region = kRegion,
                                        .name = name,
                                        .version = version,
                                        .type = "String",
                                        .value = fmt::format("{}-{}", name, version),
                                        .data_type = "text",
                                        .tier = "Standard",
                                        .last_modified_user = "me"});
    }

    std::vector<std::string> names(ListQuery query,
                                   const std::vector<ParameterFilter>& filters = {})
    {
        query.region = kRegion;
        want_parameters(query, filters);
        std::vector<std::string> found;
        for (const auto& row : select_parameters(*db_, query)) {
            found.push_back(row.name);
        }
        return found;
    }

    /// Of the parameter "a", by `limit` versions behind `after`.
    std::vector<std::int64_t> versions(std::string_view after = {}, std::int64_t limit = -1)
    {
        ListQuery query{.owner = kOwner, .region = kRegion, .after = after, .limit = limit};
        want_versions_of(query, "a");
        std::vector<std::int64_t> found;
        for (const auto& row : select_parameter_versions(*db_, query)) {
            found.push_back(row.version);
        }
        return found;
    }

    ParameterFilter path(const char* text, ParameterFilter::Option option)
    {
        return {ParameterFilter::Key::kPath, option, {text}};
    }

    std::unique_ptr<Database> db_;
};

TEST_F(ParameterRows, ListTheNewestVersionsInTheOrderOfNames)
{
    put("b");
    put("a");
    put("b", 2);
    EXPECT_THAT(names({.owner = kOwner, .limit = 10}), ElementsAre("a", "b"));
    EXPECT_EQ(select_parameter(*db_, {kOwner, kRegion, "b"})->value, "b-2");
    EXPECT_THAT(names({.owner = kOwner, .after = "a", .limit = 10}), ElementsAre("b"));
    EXPECT_THAT(names({.owner = "210987654321", .limit = 10}), IsEmpty());
}

TEST_F(ParameterRows, APathIsNotTheBeginningOfAnotherName)
{
    for (const auto* name : {"/a", "/a/b", "/a/b/c", "/ab", "/a-b"}) {
        put(name);
    }
    using Option = ParameterFilter::Option;
    const auto below = [&](const char* text, Option option) {
        return names({.owner = kOwner, .limit = 10}, {path(text, option)});
    };
    EXPECT_THAT(below("/a", Option::kRecursive), ElementsAre("/a/b", "/a/b/c"));
    EXPECT_THAT(below("/a", Option::kOneLevel), ElementsAre("/a/b"));
    EXPECT_THAT(below("/a/", Option::kOneLevel), ElementsAre("/a/b"));
    EXPECT_THAT(below("/", Option::kOneLevel), ElementsAre("/a", "/a-b", "/ab"));
}

TEST_F(ParameterRows, PublicOnesAreListedOncePerNameWhateverTheRegion)
{
    const auto found =
        names({.limit = 10'000}, {path("/aws", ParameterFilter::Option::kRecursive)});
    EXPECT_GT(found.size(), 150U);
    EXPECT_EQ(std::adjacent_find(found.begin(), found.end()), found.end());
    EXPECT_FALSE(select_public_parameter(*db_, "mars-1", found.front()));
    ASSERT_TRUE(select_public_parameter(*db_, kRegion, found.front()));
}

TEST_F(ParameterRows, ListTheVersionsOfOneParameterByTheirNumbers)
{
    put("b");
    for (std::int64_t version = 1; version <= 11; ++version) {
        put("a", version);
    }
    EXPECT_THAT(versions(), SizeIs(11));
    EXPECT_THAT(versions("9"), ElementsAre(10, 11));
    EXPECT_THAT(versions("8", 2), ElementsAre(9, 10));
}

TEST_F(ParameterRows, TellTheLabelsOfAllVersionsAtOnce)
{
    const ParameterKey key{kOwner, kRegion, "a"};
    put("a");
    put("a", 2);
    put("b");
    set_parameter_label(*db_, key, "new", 2);
    set_parameter_label(*db_, key, "live", 2);
    set_parameter_label(*db_, key, "old", 1);
    set_parameter_label(*db_, {kOwner, kRegion, "b"}, "other", 1);
    std::vector<std::string> labels;
    for (const auto& row : select_parameter_labels(*db_, key)) {
        labels.push_back(fmt::format("{} {}", row.version, row.label));
    }
    EXPECT_THAT(labels, ElementsAre("1 old", "2 live", "2 new"));
}

TEST_F(ParameterRows, ADeletedParameterTakesItsVersionsAndLabelsWithIt)
{
    const ParameterKey key{kOwner, kRegion, "a"};
    put("a");
    put("a", 2);
    set_parameter_label(*db_, key, "live", 1);
    EXPECT_EQ(select_labelled_version(*db_, key, "live"), 1);
    EXPECT_TRUE(delete_parameter(*db_, key));
    EXPECT_FALSE(delete_parameter(*db_, key));
    EXPECT_FALSE(select_labelled_version(*db_, key, "live"));
    EXPECT_THAT(versions(), IsEmpty());
    put("a");
    EXPECT_THAT(versions(), SizeIs(1));
}

}  // namespace
}  // namespace amilab
