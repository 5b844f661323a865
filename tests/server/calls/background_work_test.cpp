#include "server/calls/background_work.h"

#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/calls/settle.h"
#include "server/services/ec2/store_image_tasks/store_image_tasks.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/sql/statement.h"
#include "storage/state/generation.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/disks.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/wait_until.h"

namespace amilab::test {
namespace {

using ::testing::HasSubstr;

/// Writes a letter for each piece.
class Letters final : public BackgroundWork {
public:
    Letters(std::string& log, char letter, int pieces) : log_(log), letter_(letter), left_(pieces)
    {
    }

    /// As a task is whose row is there.
    bool is_wanted(Session& session) override
    {
        Statement select(session.db(), "SELECT 1 FROM transition WHERE resource_id = ?");
        return select.bind(std::string(1, letter_)).step();
    }
    bool step(ByteSession& session) override
    {
        if (left_ < 0) {
            throw ApiError("InvalidParameter", "it went wrong");
        }
        log_ += letter_;
        if (--left_ > 0) {
            return true;
        }
        session.write([&](Session& rows) { rows.cancel_transitions(std::string(1, letter_)); });
        return false;
    }
    void fail(Session& session, const std::string& why) override
    {
        log_ += why;
        session.cancel_transitions(std::string(1, letter_));
    }
    void drop(Session& /*session*/) override { log_ += "dropped"; }

private:
    std::string& log_;
    const char letter_;
    int left_;
};

class BackgroundWorks : public ::testing::Test {
protected:
    /// Several begin together, each with its letter and account: none has a piece before all are
    /// queued.
    void begin(const std::vector<std::tuple<char, std::string, int>>& works)
    {
        const Caller caller{kAccount, kRegion, "key"};
        std::promise<void> queued;
        aws.data().background().post_piece([ready = queued.get_future().share()] { ready.wait(); });
        run_write(aws.emulator().services(), aws.generation(), caller, [&](Session& session) {
            for (const auto& [letter, account, pieces] : works) {
                begin_background_work(session, ec2::kStoreImage, std::string(1, letter),
                                      {account, kRegion, ""},
                                      std::make_shared<Letters>(log_, letter, pieces));
            }
        });
        queued.set_value();
        aws.data().background().drain();
    }
    /// As a call that moves bytes begins it, and does the first of it.
    void begin_in_call(char letter, int pieces)
    {
        const Caller caller{kAccount, kRegion, "key"};
        FirstPieces first;
        run_write(aws.emulator().services(), aws.generation(), caller, [&](Session& session) {
            first = begin_work_in_call(session, ec2::kStoreImage, std::string(1, letter), caller,
                                       std::make_shared<Letters>(log_, letter, pieces));
        });
        first(aws.generation());
    }
    std::int64_t transitions() { return count(aws, "SELECT COUNT(*) FROM transition"); }

    TestEmulator aws;
    std::string log_;
};

TEST_F(BackgroundWorks, TakeTurns)
{
    begin({{'a', kAccount, 3}, {'b', kOtherAccount, 3}});
    EXPECT_EQ(log_, "ababab");
    EXPECT_EQ(transitions(), 0);
}

TEST_F(BackgroundWorks, OfOneAccountWaitForOneAnother)
{
    begin({{'a', kAccount, 3}, {'b', kAccount, 3}, {'c', kAccount, 2}, {'d', kOtherAccount, 3}});
    EXPECT_LT(log_.find_last_of("d"), log_.find("c"));
    EXPECT_EQ(log_.size(), 11U);
}

TEST_F(BackgroundWorks, ThatACallBeginsHaveEndedWithItWhereTheyAreShort)
{
    std::promise<void> goes_on;
    aws.data().background().post_piece([ready = goes_on.get_future().share()] { ready.wait(); });
    begin_in_call('a', 3);
    EXPECT_EQ(log_, "aaa");
    EXPECT_EQ(transitions(), 0);
    begin_in_call('b', -1);
    EXPECT_THAT(log_, HasSubstr("it went wrong"));
    EXPECT_EQ(transitions(), 0);
    goes_on.set_value();
}

TEST_F(BackgroundWorks, ThatACallBeginsGoOnInTheBackgroundWhereTheyAreLong)
{
    std::promise<void> goes_on;
    aws.data().background().post_piece([ready = goes_on.get_future().share()] { ready.wait(); });
    begin_in_call('a', 100);
    EXPECT_EQ(log_.size(), 64U);
    EXPECT_EQ(transitions(), 1);
    goes_on.set_value();
    aws.data().background().drain();
    EXPECT_EQ(log_, std::string(100, 'a'));
    EXPECT_EQ(transitions(), 0);
}

TEST_F(BackgroundWorks, AreDroppedBeforeTheNextPieceWhenNobodyWantsThemAnyMore)
{
    std::promise<void> goes_on;
    aws.data().background().post_piece([ready = goes_on.get_future().share()] { ready.wait(); });
    begin_in_call('a', 1000);
    ASSERT_EQ(log_, std::string(64, 'a'));
    aws.generation().writer().db().run("DELETE FROM transition");
    goes_on.set_value();
    aws.data().background().drain();
    EXPECT_EQ(log_, std::string(64, 'a') + "dropped");
}

TEST_F(BackgroundWorks, AreToldWhyTheyFail)
{
    begin({{'a', kAccount, -1}, {'b', kAccount, 1}});
    EXPECT_THAT(log_, HasSubstr("it went wrong"));
    EXPECT_THAT(log_, HasSubstr("b"));
    EXPECT_EQ(transitions(), 0);
}

/// Resets everything with its first piece.
class Reset final : public BackgroundWork {
public:
    Reset(DataDirectory& data, int& pieces) : data_(data), pieces_(pieces) {}

    bool is_wanted(Session& /*session*/) override { return true; }
    bool step(ByteSession& /*session*/) override
    {
        if (++pieces_ == 1) {
            data_.reset();
        }
        return pieces_ < 3;
    }
    void fail(Session& /*session*/, const std::string& /*why*/) override {}
    void drop(Session& /*session*/) override {}

private:
    DataDirectory& data_;
    int& pieces_;
};

TEST_F(BackgroundWorks, EndWithTheirGeneration)
{
    int pieces = 0;
    const Caller caller{kAccount, kRegion, "key"};
    run_write(aws.emulator().services(), aws.generation(), caller, [&](Session& session) {
        begin_background_work(session, ec2::kStoreImage, "task", caller,
                              std::make_shared<Reset>(aws.data(), pieces));
    });
    aws.data().background().drain();
    EXPECT_EQ(pieces, 1);
}

/// Waits in its only piece.
class Stuck final : public BackgroundWork {
public:
    Stuck(std::promise<void>& begun, std::shared_future<void> goes_on)
        : begun_(begun), goes_on_(std::move(goes_on))
    {
    }

    bool is_wanted(Session& /*session*/) override { return true; }
    bool step(ByteSession& /*session*/) override
    {
        begun_.set_value();
        goes_on_.wait();
        return false;
    }
    void fail(Session& /*session*/, const std::string& /*why*/) override {}
    void drop(Session& /*session*/) override {}

private:
    std::promise<void>& begun_;
    const std::shared_future<void> goes_on_;
};

TEST(BackgroundWorkBesideSyncs, HoldsUpNone)
{
    const TemporaryDirectory folder;
    TestEmulator aws(folder.path());
    const auto volume = create_volume(aws);
    open_volume(aws, volume)->write(0, std::vector<std::byte>(1 << 20, std::byte{1}));
    std::promise<void> begun;
    std::promise<void> goes_on;
    const Caller other{kOtherAccount, kRegion, ""};
    run_write(aws.emulator().services(), aws.generation(), other, [&](Session& session) {
        begin_background_work(session, ec2::kStoreImage, "task", other,
                              std::make_shared<Stuck>(begun, goes_on.get_future().share()));
    });
    begun.get_future().wait();
    create_snapshot(aws, volume);
    wait_until([&] {
        return count(aws, "SELECT COUNT(*) FROM layer WHERE sealed = 1 AND synced = 1") == 1 &&
               count(aws, "SELECT COUNT(*) FROM snapshot WHERE full_size_bytes IS NULL") == 0;
    });
    goes_on.set_value();
    aws.data().background().drain();
}

TEST(InterruptedTransitions, AreDueAtTheNextStartAndNeverBefore)
{
    TestEmulator aws;
    auto writer = aws.generation().writer();
    for (const auto* id : {"one", "two"}) {
        insert_transition(writer.db(), {.due_ms = kAtNextStart,
                                        .action = "store-image",
                                        .resource_id = id,
                                        .account = kAccount});
    }
    EXPECT_FALSE(has_due_transitions(writer.db(), kAtNextStart - 1, kAccount));
    EXPECT_EQ(read_earliest_due_ms(writer.db()), EarliestDue::kNever);
    take_up_interrupted(writer.db());
    insert_transition(writer.db(), {.due_ms = kAtNextStart,
                                    .action = "store-image",
                                    .resource_id = "three",
                                    .account = kAccount});
    take_up_interrupted(writer.db());
    const auto due = take_due_transitions(writer.db(), 1, kAccount);
    ASSERT_EQ(due.size(), 3U);
    EXPECT_EQ(due[0].resource_id, "one");
    EXPECT_EQ(due[2].resource_id, "three");
}

}  // namespace
}  // namespace amilab::test
