#include "tests/support/row_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/metadata/sql/statement.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class RowRecorderTest : public ::testing::Test {
protected:
    RowRecorderTest() { run("INSERT INTO setting (name, value) VALUES ('kept', 'old')"); }

    void run(const char* sql)
    {
        auto writer = emulator_.generation().writer();
        Statement(writer.db(), sql).execute();
    }

    TestEmulator emulator_;
};

TEST_F(RowRecorderTest, TellsOfRowsThatCameChangedAndWent)
{
    RowRecorder recorder(emulator_.generation());
    run("INSERT INTO account (id) VALUES ('111122223333')");
    run("UPDATE setting SET value = 'new' WHERE name = 'kept'");
    run("INSERT INTO id_counter (kind, value) VALUES ('x', 1)");
    run("UPDATE id_counter SET value = 2 WHERE kind = 'x'");
    EXPECT_THAT(recorder.changes(),
                ElementsAre(Pair(RowName{"account", {{"id", "111122223333"}}}, " name=NULL"),
                            Pair(RowName{"id_counter", {{"kind", "x"}}}, " value=2"),
                            Pair(RowName{"setting", {{"name", "kept"}}}, " value=new")));
    run("DELETE FROM setting WHERE name = 'kept'");
    EXPECT_EQ(recorder.changes().at({"setting", {{"name", "kept"}}}), " gone");
}

TEST_F(RowRecorderTest, IsSilentAboutWhatIsAsItWas)
{
    RowRecorder recorder(emulator_.generation());
    run("UPDATE setting SET value = 'new' WHERE name = 'kept'");
    run("UPDATE setting SET value = 'old' WHERE name = 'kept'");
    run("INSERT INTO account (id) VALUES ('111122223333')");
    run("DELETE FROM account");
    EXPECT_THAT(recorder.changes(), IsEmpty());
}

TEST_F(RowRecorderTest, KnowsNothingOfWhatCameBeforeIt)
{
    run("UPDATE setting SET value = 'new' WHERE name = 'kept'");
    EXPECT_THAT(RowRecorder(emulator_.generation()).changes(), IsEmpty());
}

TEST_F(RowRecorderTest, TellsOfRowsThatAnothersDeletionTookAlong)
{
    run("INSERT INTO account (id) VALUES ('111122223333')");
    run("INSERT INTO access_key (id, account) VALUES ('AKIA1', '111122223333')");
    RowRecorder recorder(emulator_.generation());
    run("DELETE FROM account");
    EXPECT_THAT(recorder.changes(),
                ElementsAre(Pair(RowName{"access_key", {{"id", "AKIA1"}}}, " gone"),
                            Pair(RowName{"account", {{"id", "111122223333"}}}, " gone")));
}

}  // namespace
}  // namespace amilab::test
