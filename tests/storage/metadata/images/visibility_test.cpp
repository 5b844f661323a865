#include "storage/metadata/images/visibility.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/settings/account_rows.h"
#include "storage/state/data_directory.h"
#include "storage/state/generation.h"

namespace amilab {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<Grantee> kMemberships = {{GranteeKind::kOrganizationArn, "arn:1"},
                                           {GranteeKind::kOrganizationalUnitArn, "arn:2"}};

std::string columns_of(const SharedKind& kind)
{
    return std::string(kind.alias) + ".id, 1";
}

Query visible(const SharedKind& kind, std::string_view before = {}, std::string_view more = {})
{
    Query query(before);
    append_visible_page(query, kind,
                        {.owner = "111111111111", .region = "us-east-1", .after = "x", .limit = 10},
                        {.memberships = kMemberships}, columns_of(kind),
                        [&](Query& part, Seen) { part.sql(more); });
    return query;
}

std::vector<std::string> plan_of(Database& db, const SharedKind& kind, std::string_view more = {})
{
    auto explain = visible(kind, "EXPLAIN QUERY PLAN ", more).on(db);
    std::vector<std::string> steps;
    while (explain.step()) {
        auto row = explain.row();
        row.integer();
        row.integer();
        row.integer();
        steps.push_back(row.text());
    }
    return steps;
}

class Visibility : public ::testing::TestWithParam<const SharedKind*> {
protected:
    Visibility() : data({.path = {}, .seed = "1", .report = {}}) {}

    DataDirectory data;
};

TEST_P(Visibility, WalksIndexesInTheOrderOfIdsAndSortsTheCatalogueAtMost)
{
    auto reader = data.current()->reader();
    const auto steps = plan_of(reader.db(), *GetParam());
    EXPECT_THAT(steps, Each(Not(HasSubstr("SCAN"))));
    for (std::size_t i = 0; i < steps.size(); ++i) {
        if (steps[i].find("TEMP B-TREE") != std::string::npos) {
            EXPECT_THAT(std::vector(steps.begin(), steps.begin() + static_cast<long>(i)),
                        Contains(HasSubstr("image_facts_by_owner")));
        }
    }
    EXPECT_LE(std::count_if(steps.begin(), steps.end(),
                            [](const std::string& step) {
                                return step.find("TEMP B-TREE") != std::string::npos;
                            }),
              1);
    EXPECT_THAT(steps, Contains(HasSubstr("(region=? AND owner=? AND id>?)")));
    EXPECT_THAT(steps, Contains(HasSubstr("_public (region=? AND id>?)")));
    EXPECT_THAT(steps, Contains(HasSubstr("_by_grantee (kind=? AND value=?")));
}

TEST_P(Visibility, FindsAnOwnersPublicRowsAmongItsPrivateOnes)
{
    auto reader = data.current()->reader();
    const auto steps =
        plan_of(reader.db(), *GetParam(),
                GetParam() == &kSharedImages ? " AND i.owner IN ('2')" : " AND s.owner IN ('2')");
    EXPECT_THAT(steps, Contains(HasSubstr("_public_by_owner (region=? AND owner=? AND id>?)")));
    EXPECT_THAT(steps, Each(Not(HasSubstr("SCAN"))));
}

TEST_P(Visibility, LooksForNothingThatIsNotWanted)
{
    auto reader = data.current()->reader();
    for (const bool wants_own : {true, false}) {
        for (const bool wants_others : {true, false}) {
            Query query;
            append_visible_page(query, *GetParam(), {.owner = "111111111111", .region = "nowhere"},
                                {.wants_own = wants_own, .wants_others = wants_others},
                                columns_of(*GetParam()), [](Query&, Seen) {});
            auto select = query.on(reader.db());
            EXPECT_FALSE(select.step());
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Visibility, ::testing::Values(&kSharedImages, &kSharedSnapshots),
                         [](const auto& one) {
                             return one.param == &kSharedImages ? "Images" : "Snapshots";
                         });

TEST(DeclaredAccounts, AreReadAsTheyWereWritten)
{
    DataDirectory data({.path = {}, .seed = "1", .report = {}});
    const auto generation = data.current();
    auto writer = generation->writer();
    auto& db = writer.db();
    ASSERT_TRUE(insert_declared_account(db, {.id = "222222222222",
                                             .access_keys = {"AKIAB", "AKIAA"},
                                             .organization = "arn:org",
                                             .organizational_units = {"arn:2", "arn:1"},
                                             .subscriptions = {"b", "a"},
                                             .products = {"p"}}));
    ASSERT_TRUE(insert_declared_account(db, {.id = "111111111111"}));
    const auto accounts = select_declared_accounts(db);
    ASSERT_EQ(accounts.size(), 2U);
    EXPECT_EQ(accounts[0].id, "111111111111");
    EXPECT_EQ(accounts[0].organization, std::nullopt);
    EXPECT_THAT(accounts[1].access_keys, ElementsAre("AKIAA", "AKIAB"));
    EXPECT_EQ(accounts[1].organization, "arn:org");
    EXPECT_THAT(accounts[1].organizational_units, ElementsAre("arn:1", "arn:2"));
    EXPECT_THAT(accounts[1].subscriptions, ElementsAre("a", "b"));
    EXPECT_THAT(accounts[1].products, ElementsAre("p"));
    EXPECT_TRUE(is_subscribed(db, "222222222222", "a"));
    EXPECT_FALSE(is_subscribed(db, "111111111111", "a"));
    EXPECT_FALSE(insert_declared_account(db, {.id = "333333333333", .products = {"p"}}));
    delete_declared_account(db, "222222222222");
    EXPECT_TRUE(select_access_keys(db).empty());
    EXPECT_TRUE(select_memberships(db, "222222222222").empty());
    EXPECT_FALSE(owns_product(db, "222222222222", "p"));
}

}  // namespace
}  // namespace amilab
