#include "storage/metadata/sql/connections.h"

#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "storage/base/background.h"
#include "storage/base/owned_work.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

class ConnectionsTest : public ::testing::Test {
protected:
    std::unique_ptr<Database> open(Database::Mode mode) const
    {
        auto db = std::make_unique<Database>(directory.path() + "/db", mode);
        if (mode == Database::Mode::kReadWrite) {
            db->run("PRAGMA journal_mode = WAL");
            db->leave_checkpoints();
        }
        return db;
    }
    std::unique_ptr<Database> open_new() const
    {
        auto db = open(Database::Mode::kReadWrite);
        db->run(
            "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);"
            "CREATE TABLE number (value INTEGER NOT NULL);");
        IdSource::set_seed(*db, "1");
        return db;
    }
    void insert_number()
    {
        auto writer = connections.writer();
        Transaction transaction(writer.db());
        writer.db().run("INSERT INTO number (value) VALUES (1)");
        transaction.commit();
    }
    static std::int64_t count_numbers(Reader& reader)
    {
        Statement select(reader.db(), "SELECT count(*) FROM number");
        select.bind();
        select.step();
        return select.row().integer();
    }

    TemporaryDirectory directory;
    Background background{[](std::exception_ptr) {}};
    std::shared_ptr<int> owner = std::make_shared<int>();
    OwnedWork work{background, [this] { return std::weak_ptr<void>(owner); }};
    Connections connections{open_new(), [this](auto mode) { return open(mode); }, work};
};

TEST_F(ConnectionsTest, AReaderSeesOneInstantAndTheNextWhatWasCommittedSince)
{
    auto before = connections.reader();
    EXPECT_EQ(count_numbers(before), 0);
    insert_number();
    EXPECT_EQ(count_numbers(before), 0);
    auto after = connections.reader();
    EXPECT_EQ(count_numbers(after), 1);
}

TEST_F(ConnectionsTest, AnIdleReaderIsTakenAgainAndSeesLaterCommits)
{
    const Database* first = nullptr;
    {
        auto reader = connections.reader();
        EXPECT_EQ(count_numbers(reader), 0);
        first = &reader.db();
    }
    insert_number();
    auto again = connections.reader();
    EXPECT_EQ(&again.db(), first);
    EXPECT_EQ(count_numbers(again), 1);
}

TEST_F(ConnectionsTest, TheWriterIsHeldByOneThreadAtATime)
{
    const auto is_free = [this] {
        return std::async(std::launch::async,
                          [this] { return connections.writer_if_free().has_value(); })
            .get();
    };
    EXPECT_TRUE(is_free());
    {
        const auto held = connections.writer();
        EXPECT_FALSE(is_free());
    }
    EXPECT_TRUE(is_free());
}

TEST_F(ConnectionsTest, AFreshReaderComesAfterWhoeverHoldsTheWriter)
{
    std::promise<void> begun;
    std::promise<void> go_on;
    std::thread writing([&] {
        auto writer = connections.writer();
        begun.set_value();
        go_on.get_future().wait();
        writer.db().run("INSERT INTO number (value) VALUES (1)");
    });
    begun.get_future().wait();
    auto fresh = std::async(std::launch::async, [this] {
        auto reader = connections.fresh_reader();
        return count_numbers(reader);
    });
    go_on.set_value();
    EXPECT_EQ(fresh.get(), 1);
    writing.join();
}

TEST_F(ConnectionsTest, WaitsForReadersThatWereTakenBefore)
{
    connections.wait_for_readers();
    std::optional<Reader> before(connections.reader());
    std::promise<void> begun;
    std::atomic<bool> is_let_go = false;
    auto waited = std::async(std::launch::async, [&] {
        begun.set_value();
        connections.wait_for_readers();
        return is_let_go.load();
    });
    begun.get_future().wait();
    is_let_go = true;
    before.reset();
    EXPECT_TRUE(waited.get());
}

TEST_F(ConnectionsTest, TheWriterIsNotFreeWhileTheWalIsVeryLong)
{
    std::promise<void> go_on;
    background.post([&] { go_on.get_future().wait(); });
    connections.writer().db().run(
        "INSERT INTO setting (name, value) VALUES ('long', hex(zeroblob(20000000)))");
    EXPECT_GT(connections.writer().db().wal_pages(), 8'000);
    EXPECT_FALSE(connections.writer_if_free());
    go_on.set_value();
    background.drain();
    EXPECT_TRUE(connections.writer_if_free());
}

TEST_F(ConnectionsTest, ALongWalIsCopiedIntoTheDatabaseInTheBackground)
{
    {
        auto writer = connections.writer();
        writer.db().run(
            "WITH RECURSIVE counted(value) AS"
            " (SELECT 1 UNION ALL SELECT value + 1 FROM counted WHERE value < 1000000)"
            " INSERT INTO number (value) SELECT value FROM counted");
        EXPECT_GE(writer.db().wal_pages(), 1'000);
    }
    background.drain();
    EXPECT_EQ(connections.writer().db().wal_pages(), 0);
    auto reader = connections.reader();
    EXPECT_EQ(count_numbers(reader), 1'000'000);
}

}  // namespace
}  // namespace amilab
