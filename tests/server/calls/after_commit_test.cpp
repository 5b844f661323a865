// What a call leaves to do until its rows are committed.
#include <cerrno>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/settle.h"
#include "server/wire/parameters.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/settings/account_rows.h"
#include "tests/support/emulator_fixture.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kSetting = "after-commit";

class AfterCommit : public testing::Test {
protected:
    void write(const std::function<void(Session&)>& change)
    {
        const Caller caller{.account = kAccount, .region = kRegion, .access_key = {}};
        run_write({test_services(), aws_.generation(), caller, parameters_, "test"}, change);
    }

    auto say(std::string text)
    {
        return [this, text = std::move(text)](Generation&) { said_.push_back(text); };
    }

    std::optional<std::string> committed()
    {
        auto reader = aws_.generation().reader();
        return select_account_setting(reader.db(), kAccount, kRegion, kSetting);
    }

    TestEmulator aws_;
    wire::Parameters parameters_{""};
    std::vector<std::string> said_;
};

TEST_F(AfterCommit, ActionsRunInOrderAndSeeWhatIsCommitted)
{
    write([&](Session& session) {
        write_account_setting(session.db(), kAccount, kRegion, kSetting, "there");
        session.after_commit([&](Generation&) { said_.push_back(committed().value_or("gone")); });
        session.after_commit(say("second"));
        EXPECT_THAT(said_, IsEmpty());
    });
    EXPECT_THAT(said_, ElementsAre("there", "second"));
}

TEST_F(AfterCommit, ActionsOfAnAdoptedSessionRunBehindItsOwn)
{
    write([&](Session& session) {
        session.after_commit(say("own"));
        const Caller other{.account = "222222222222", .region = kRegion, .access_key = {}};
        Session theirs({test_services(), aws_.generation(), other, parameters_, "test"},
                       session.db(), session.ids());
        theirs.after_commit(say("adopted"));
        session.adopt(theirs);
        theirs.committed();
        EXPECT_THAT(said_, IsEmpty());
    });
    EXPECT_THAT(said_, ElementsAre("own", "adopted"));
}

TEST_F(AfterCommit, ActionsOfACallThatFailsDoNotRun)
{
    EXPECT_THROW(write([&](Session& session) {
                     session.after_commit(say("never"));
                     throw std::runtime_error("refused");
                 }),
                 std::runtime_error);
    EXPECT_THAT(said_, IsEmpty());
}

TEST_F(AfterCommit, AnActionThatThrowsKeepsNeitherTheRowsNorTheOthersBack)
{
    EXPECT_NO_THROW(write([&](Session& session) {
        write_account_setting(session.db(), kAccount, kRegion, kSetting, "there");
        session.after_commit([](Generation&) { throw StorageError(ENOSPC, "write", "disk"); });
        session.after_commit(say("second"));
    }));
    EXPECT_THAT(said_, ElementsAre("second"));
    EXPECT_EQ(committed(), "there");
}

}  // namespace
}  // namespace amilab::test
