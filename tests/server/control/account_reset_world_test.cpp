// What a reset of one account takes, in worlds that have something of every kind.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/control/account_reset.h"
#include "storage/base/background.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/settings/account_content_rows.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"
#include "tests/server/services/service_trials.h"
#include "tests/support/row_changes.h"

namespace amilab::test {
namespace {

using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;

std::vector<std::string> texts_of(Generation& generation, const std::string& sql)
{
    auto reader = generation.reader();
    Statement select(reader.db(), sql);
    select.bind();
    return select.texts();
}

/// Tables with a column of that name.
std::vector<std::string> tables_with(Generation& generation, const std::string& column)
{
    return texts_of(generation,
                    fmt::format("SELECT m.name FROM main.sqlite_schema m WHERE m.type = 'table' AND"
                                " EXISTS (SELECT 1 FROM pragma_table_info(m.name) c"
                                " WHERE c.name = '{}')",
                                column));
}

/// The ids of all that the account has.
std::set<std::string> ids_of(Generation& generation, const std::string& account)
{
    std::set<std::string> ids;
    for (const auto& table : tables_with(generation, "owner")) {
        const auto with_id = tables_with(generation, "id");
        if (std::find(with_id.begin(), with_id.end(), table) != with_id.end()) {
            const auto more =
                texts_of(generation,
                         fmt::format("SELECT id FROM main.{} WHERE owner = '{}'", table, account));
            ids.insert(more.begin(), more.end());
        }
    }
    return ids;
}

std::map<std::string, std::int64_t, std::less<>> row_counts(Generation& generation)
{
    auto reader = generation.reader();
    return count_account_rows(reader.db());
}

/// Layers that nothing refers to.
std::vector<std::string> stray_layers(Generation& generation)
{
    return texts_of(generation,
                    "SELECT id FROM layer l WHERE NOT EXISTS"
                    " (SELECT 1 FROM layer c WHERE c.parent_id = l.id) AND NOT EXISTS"
                    " (SELECT 1 FROM volume WHERE layer_id = l.id) AND NOT EXISTS"
                    " (SELECT 1 FROM main.snapshot WHERE layer_id = l.id)");
}

class AccountResetInAWorld : public ::testing::TestWithParam<std::string_view> {
protected:
    AccountResetInAWorld() : world_(world_of(GetParam()).copy()) {}

    Generation& generation() { return world_.emulator().generation(); }
    /// Waits for what comes of it behind the calls.
    void reset(const std::string& account)
    {
        control::reset_account(world_.emulator().emulator(), account);
        world_.emulator().data().background().drain();
    }

    World world_;
};

TEST_P(AccountResetInAWorld, LeavesNoRowOfTheAccount)
{
    reset(kAccount);
    EXPECT_THAT(row_counts(generation()), Not(Contains(Key(kAccount))));
    auto reader = generation().reader();
    EXPECT_THAT(check_database(reader.db()), IsEmpty());
    EXPECT_THAT(stray_layers(generation()), IsEmpty());
}

TEST_P(AccountResetInAWorld, LeavesNothingThatNamesWhatIsGone)
{
    const auto ids = ids_of(generation(), kAccount);
    reset(kAccount);
    for (const auto* column : {"resource_id", "snapshot_id", "volume_id", "instance_id"}) {
        for (const auto& table : tables_with(generation(), column)) {
            if (table == "image_mapping" || table == "volume" || table == "snapshot") {
                continue;  // text of others' own, which outlives what it names in EC2 too
            }
            for (const auto& id :
                 texts_of(generation(), fmt::format("SELECT {} FROM main.{} WHERE {} IS NOT NULL",
                                                    column, table, column))) {
                EXPECT_FALSE(ids.contains(id)) << table << " " << id;
            }
        }
    }
}

TEST_P(AccountResetInAWorld, TakesNoRowOfOthers)
{
    const auto before = row_counts(generation());
    reset(kAccount);
    const auto after = row_counts(generation());
    for (const auto& [account, rows] : before) {
        if (account != kAccount) {
            ASSERT_THAT(after, Contains(Key(account)));
            EXPECT_EQ(after.at(account), rows) << account;
        }
    }
}

TEST_P(AccountResetInAWorld, ChangesNothingWhenTheAccountHasNothing)
{
    RowRecorder recorder(generation());
    reset("999988887777");
    EXPECT_THAT(recorder.changes(), IsEmpty());
}

TEST_P(AccountResetInAWorld, OfAllAccountsLeavesNoLayer)
{
    for (const auto& [account, rows] : row_counts(generation())) {
        reset(account);
    }
    EXPECT_THAT(row_counts(generation()), IsEmpty());
    EXPECT_THAT(texts_of(generation(), "SELECT id FROM layer"), IsEmpty());
    EXPECT_THAT(texts_of(generation(), "SELECT id FROM removed_layer"), IsEmpty());
}

// Of what limits count: rows go by foreign keys and triggers too.
TEST_P(AccountResetInAWorld, IsCountedRowByRow)
{
    auto writer = generation().writer();
    auto& db = writer.db();
    keep_account_counts(db);
    const auto rows = count_account_rows(db);
    const auto expect_counted = [&] {
        for (const auto& [account, count] : rows) {
            const auto now = count_account_rows(db);
            const auto found = now.find(account);
            EXPECT_EQ(select_account_count(db, account).rows,
                      found != now.end() ? found->second : 0)
                << account;
        }
    };
    expect_counted();
    {
        const Transaction given_up(db);
        delete_account_rows(db, kAccount);
        EXPECT_EQ(select_account_count(db, kAccount).rows, 0);
        EXPECT_EQ(select_account_count(db, kAccount).disks, 0);
        expect_counted();
    }
    expect_counted();
}

INSTANTIATE_TEST_SUITE_P(Of, AccountResetInAWorld,
                         ::testing::Values("ec2", "ebs", "iam", "rbin", "ssm", "sts"),
                         [](const auto& service) { return std::string(service.param); });

}  // namespace
}  // namespace amilab::test
