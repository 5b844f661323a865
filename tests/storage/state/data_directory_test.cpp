#include "storage/state/data_directory.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/persistence.h"

namespace amilab {
namespace {

namespace fs = std::filesystem;

/// Where private folders are made and swept while it lives, instead of beside those of other tests'
/// servers.
class PrivateFoldersIn {
public:
    explicit PrivateFoldersIn(const fs::path& folder)
    {
        if (const char* before = std::getenv(kName)) {
            before_ = before;
        }
        setenv(kName, folder.c_str(), 1);
    }
    ~PrivateFoldersIn() { before_ ? setenv(kName, before_->c_str(), 1) : unsetenv(kName); }
    PrivateFoldersIn(const PrivateFoldersIn&) = delete;
    PrivateFoldersIn& operator=(const PrivateFoldersIn&) = delete;

private:
    static constexpr auto* kName = "TMPDIR";
    std::optional<std::string> before_;
};

class DataDirectoryTest : public ::testing::Test {
protected:
    DataDirectoryTest()
    {
        std::string pattern = fs::temp_directory_path() / "amilab-test-XXXXXX";
        folder = mkdtemp(pattern.data());
    }
    ~DataDirectoryTest() override { fs::remove_all(folder); }

    DataDirectory::Options options(std::optional<std::string> seed = {}) const
    {
        return {.path = folder.string(), .seed = std::move(seed), .report = [](auto) {}};
    }
    static std::string next_image(DataDirectory& data)
    {
        auto writer = data.current()->writer();
        Transaction transaction(writer.db());
        auto id = writer.ids().next<ImageId>().text();
        transaction.commit();
        return id;
    }
    /// A new layer with a block of data, and no row.
    static LayerId write_layer(Generation& generation)
    {
        const auto layer = generation.stores().blocks().new_layer_id();
        const std::vector<std::byte> block(kBlockSize, std::byte{1});
        generation.stores().blocks().open_volume({layer}, kBlockSize)->write(0, block);
        return layer;
    }
    static std::set<std::string> names_in(const fs::path& of)
    {
        std::set<std::string> names;
        for (const auto& entry : fs::directory_iterator(of)) {
            names.insert(entry.path().filename());
        }
        return names;
    }
    static std::string bytes_of(const fs::path& file)
    {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    static std::string error_of(const std::function<void()>& action)
    {
        try {
            action();
        } catch (const StorageError& error) {
            return error.what();
        }
        return "";
    }

    fs::path folder;
};

TEST_F(DataDirectoryTest, RefusesAFolderFullOfOtherFiles)
{
    std::ofstream(folder / "notes.txt") << "mine";
    try {
        DataDirectory data(options());
        FAIL() << "it was taken";
    } catch (const StorageError& error) {
        EXPECT_EQ(error.error_number, ENOTEMPTY);
        const std::string text(error.what());
        EXPECT_NE(text.find("notes.txt"), std::string::npos) << text;
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    }
    EXPECT_EQ(names_in(folder), std::set<std::string>{"notes.txt"});
}

// As of a folder that is another user's: what the file system refuses is told as all else is.
TEST_F(DataDirectoryTest, SaysWhatOfItsFolderCannotBeLookedAt)
{
    fs::create_symlink("current", folder / "current");
    EXPECT_EQ(error_of([&] { DataDirectory data(options()); }),
              "use the data directory " + (folder / "current").string() +
                  ": Too many levels of symbolic links");
    EXPECT_EQ(names_in(folder), std::set<std::string>{"current"});
}

TEST_F(DataDirectoryTest, RefusesAFolderWithAnotherFolderInIt)
{
    fs::create_directory(folder / "src");
    EXPECT_THROW(DataDirectory{options()}, StorageError);
    EXPECT_EQ(names_in(folder), std::set<std::string>{"src"});
}

TEST_F(DataDirectoryTest, TakesAFolderWithWhatServersAndRepositoriesLeave)
{
    for (const auto* name : {".gitignore", "server.log", "server.pid", "lock"}) {
        std::ofstream(folder / name) << "";
    }
    fs::create_directory(folder / "lost+found");
    EXPECT_NO_THROW(DataDirectory{options()});
}

TEST_F(DataDirectoryTest, KeepsToItsStateWhateverElseCameIntoTheFolder)
{
    {
        const DataDirectory data(options());
    }
    std::ofstream(folder / "notes.txt") << "mine";
    EXPECT_NO_THROW(DataDirectory{options()});
}

TEST_F(DataDirectoryTest, IsHeldByOneServerAtATime)
{
    {
        const DataDirectory first(options());
        const auto text = error_of([&] { const DataDirectory second(options()); });
        EXPECT_NE(text.find("another amilab serves it (process"), std::string::npos) << text;
        EXPECT_NE(text.find(folder.string()), std::string::npos) << text;
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    }
    const DataDirectory after(options());
}

TEST_F(DataDirectoryTest, IsHeldThoughItsLockFileWasRemoved)
{
    {
        const DataDirectory first(options());
        fs::remove(folder / "lock");
        for (int times = 0; times < 2; ++times) {
            const auto text = error_of([&] { const DataDirectory second(options()); });
            EXPECT_NE(text.find("another amilab serves it"), std::string::npos) << text;
        }
    }
    const DataDirectory after(options());
}

TEST_F(DataDirectoryTest, RefusesADatabaseOfANewerVersionAndLeavesItAlone)
{
    {
        const DataDirectory made(options());
    }
    const auto database = (folder / "generation-1/metadata.sqlite").string();
    {
        Database db(database, Database::Mode::kReadWrite);
        db.run("PRAGMA user_version = " + std::to_string(schema_version() + 1));
    }
    const auto text = error_of([&] { const DataDirectory again(options()); });
    EXPECT_NE(text.find("newer amilab"), std::string::npos) << text;
    Database db(database, Database::Mode::kReadOnly);
    Statement select(db, "PRAGMA user_version");
    select.bind();
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.row().integer(), schema_version() + 1);
}

TEST_F(DataDirectoryTest, GivesTheSameIdsForTheSameSeedAndOthersForAnother)
{
    DataDirectory first({.path = {}, .seed = "1", .report = [](auto) {}});
    DataDirectory same({.path = {}, .seed = "1", .report = [](auto) {}});
    DataDirectory other({.path = {}, .seed = "2", .report = [](auto) {}});
    for (int i = 0; i < 5; ++i) {
        const auto id = next_image(first);
        EXPECT_EQ(id, next_image(same));
        EXPECT_NE(id, next_image(other));
        EXPECT_TRUE(ImageId::from_text(id)) << id;
    }
}

TEST_F(DataDirectoryTest, NeverGivesAnIdTwiceAfterARestart)
{
    std::set<std::string> ids;
    for (int start = 0; start < 3; ++start) {
        DataDirectory data(options("5"));
        for (int i = 0; i < 10; ++i) {
            EXPECT_TRUE(ids.insert(next_image(data)).second);
        }
    }
}

TEST_F(DataDirectoryTest, AResetIsANewStartAndRunningCallsEndOnTheOldOne)
{
    DataDirectory data(options("5"));
    const auto first = next_image(data);
    const auto old = data.current();
    data.current()->timing().clock.freeze();
    data.reset();
    EXPECT_NE(old, data.current());
    EXPECT_FALSE(data.current()->timing().clock.setting().frozen);
    EXPECT_EQ(next_image(data), first);
    // The old one still answers.
    auto reader = old->reader();
    Statement select(reader.db(), "SELECT value FROM id_counter");
    select.bind();
    EXPECT_TRUE(select.step());
}

TEST_F(DataDirectoryTest, TheOldGenerationsFolderGoesWithItsLastHolder)
{
    DataDirectory data(options());
    const auto old_path = data.current()->path();
    auto old = data.current();
    data.reset();
    data.background().drain();
    EXPECT_TRUE(fs::exists(old_path));
    old.reset();
    data.background().drain();
    EXPECT_FALSE(fs::exists(old_path));
}

TEST_F(DataDirectoryTest, ALeaseKeepsItsGenerationThoughNobodyElseDoes)
{
    DataDirectory data(options());
    const auto old_path = data.current()->path();
    {
        auto reader = data.current()->reader();
        data.reset();
        data.background().drain();
        ASSERT_TRUE(fs::exists(old_path));
        Statement select(reader.db(), "SELECT count(*) FROM id_counter");
        select.bind();
        EXPECT_TRUE(select.step());
    }
    data.background().drain();
    EXPECT_FALSE(fs::exists(old_path));
}

TEST_F(DataDirectoryTest, AWriterOfAGenerationThatWasResetCommitsInIt)
{
    DataDirectory data(options());
    const auto old_path = data.current()->path();
    {
        auto writer = data.current()->writer();
        std::thread([&] { data.reset(); }).join();
        data.background().drain();
        ASSERT_TRUE(fs::exists(old_path));
        Transaction transaction(writer.db());
        writer.ids().next<ImageId>();
        transaction.commit();
    }
    data.background().drain();
    EXPECT_FALSE(fs::exists(old_path));
}

TEST_F(DataDirectoryTest, AResetThatFailsLeavesNothing)
{
    DataDirectory data(options());
    const auto before = data.current();
    const auto names = names_in(folder);
    fs::create_directory(folder / "current.new");  // where a file has to be
    EXPECT_NE(error_of([&] { data.reset(); }), "");
    fs::remove(folder / "current.new");
    EXPECT_EQ(data.current(), before);
    EXPECT_EQ(names_in(folder), names);
    data.reset();
    EXPECT_NE(data.current(), before);
}

TEST_F(DataDirectoryTest, AResetKeepsTheReserveOrMakesItAnew)
{
    DataDirectory data(options());
    const auto reserve = [&] { return data.current()->path() + "/reserve"; };
    data.sweep();
    data.reset();
    EXPECT_TRUE(fs::exists(reserve()));
    data.background().drain();
    data.current()->stores().reserve().give_up();
    data.reset();
    data.background().drain();
    EXPECT_TRUE(fs::exists(reserve()));
}

TEST_F(DataDirectoryTest, NothingOfADiscardedGenerationIsSynced)
{
    DataDirectory data(options());
    auto old = data.current();
    const auto layers = old->path() + "/layers";
    write_layer(*old);
    const auto before = names_in(layers);
    data.reset();
    data.background().drain();
    std::promise<void> go;
    data.background().post([&] { go.get_future().wait(); });
    old.reset();
    EXPECT_EQ(names_in(layers), before) << "a sync makes a map that survives power loss";
    go.set_value();
    data.background().drain();
}

TEST_F(DataDirectoryTest, TheWalOfADiscardedGenerationIsNotCopiedIntoItsDatabase)
{
    DataDirectory data(options());
    auto old = data.current();
    next_image(data);
    const auto database = old->path() + "/metadata.sqlite";
    const auto before = bytes_of(database);
    data.reset();
    data.background().drain();
    std::promise<void> go;
    data.background().post([&] { go.get_future().wait(); });
    old.reset();
    EXPECT_TRUE(fs::exists(database + "-wal"));
    EXPECT_TRUE(bytes_of(database) == before);
    go.set_value();
    data.background().drain();
}

TEST_F(DataDirectoryTest, FilesThatWaitToBeRemovedGoAtOnce)
{
    DataDirectory data(options());
    const auto generation = data.current();
    const auto layers = generation->path() + "/layers";
    const auto first = write_layer(*generation);
    const auto second = write_layer(*generation);
    ASSERT_FALSE(fs::is_empty(layers));
    std::promise<void> go;
    bool all_gone = false;
    data.background().post([&] { go.get_future().wait(); });
    generation->stores().persistence().remove_files_later({first});
    data.background().post([&] { all_gone = fs::is_empty(layers); });
    generation->stores().persistence().remove_files_later({second});
    go.set_value();
    data.background().drain();
    EXPECT_TRUE(all_gone);
}

TEST_F(DataDirectoryTest, ASweepRemovesWhatOthersLeftAndNothingThatACallHolds)
{
    DataDirectory data(options());
    auto old = data.current();
    const auto old_path = old->path();
    data.reset();
    const auto left = data.path() + "/generation-99";
    fs::create_directory(left);
    data.sweep();
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(old_path));
    EXPECT_TRUE(fs::exists(data.current()->path()));
    old.reset();
    data.background().drain();
    EXPECT_FALSE(fs::exists(old_path));
}

TEST_F(DataDirectoryTest, AfterAResetTheNextGenerationIsMadeReady)
{
    const auto third = (folder / "generation-3").string();
    {
        DataDirectory data(options());
        data.background().drain();
        EXPECT_FALSE(fs::exists(folder / "generation-2"))
            << "a server that nobody resets needs none";
        data.reset();
        data.background().drain();
        EXPECT_TRUE(fs::exists(third + "/metadata.sqlite"));
        data.sweep();
        EXPECT_TRUE(fs::exists(third));
        next_image(data);
        data.reset();
        EXPECT_EQ(data.current()->path(), third);
        next_image(data);
        data.background().drain();
        EXPECT_FALSE(fs::exists(folder / "generation-2"));
        EXPECT_TRUE(fs::exists(folder / "generation-4"));
    }
    EXPECT_FALSE(fs::exists(folder / "generation-4")) << "nothing names it";
    const DataDirectory again(options());
    EXPECT_EQ(again.current()->path(), third);
}

TEST_F(DataDirectoryTest, APrivateFolderGoesAtTheEnd)
{
    std::string path;
    {
        const DataDirectory data({.path = {}, .seed = {}, .report = [](auto) {}});
        path = data.path();
        EXPECT_TRUE(fs::exists(path));
        EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    }
    EXPECT_FALSE(fs::exists(path));
}

TEST_F(DataDirectoryTest, AFolderWithStateGoesAtTheEndWhenItIsPrivate)
{
    std::string image;
    {
        DataDirectory data(options("one"));
        image = next_image(data);
    }
    {
        auto as_private = options();
        as_private.durability = Durability::kPrivate;
        DataDirectory data(as_private);
        EXPECT_FALSE(data.current()->stores().persistence().survives_power_loss());
        EXPECT_NE(next_image(data), image);
    }
    EXPECT_FALSE(fs::exists(folder));
}

TEST_F(DataDirectoryTest, SweepsPrivateFoldersOfServersThatWereKilled)
{
    const PrivateFoldersIn here(folder);
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        const DataDirectory data({.path = {}, .seed = {}, .report = [](auto) {}});
        std::ofstream(folder / "where") << data.path() << std::flush;
        raise(SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::string left;
    std::ifstream(folder / "where") >> left;
    ASSERT_TRUE(fs::exists(left));
    DataDirectory data({.path = {}, .seed = {}, .report = [](auto) {}});
    data.sweep();
    EXPECT_FALSE(fs::exists(left));
    EXPECT_TRUE(fs::exists(data.path()));
}

TEST_F(DataDirectoryTest, LeavesAPrivateFolderAloneWhoseServerIsAboutToLockIt)
{
    const PrivateFoldersIn here(folder);
    const auto made = folder / ("amilab-private-" + std::to_string(getuid()) + "-abcdef");
    fs::create_directories(made);
    std::ofstream(made / "lock").flush();
    DataDirectory data({.path = {}, .seed = {}, .report = [](auto) {}});
    data.sweep();
    EXPECT_TRUE(fs::exists(made));
    fs::last_write_time(made, fs::file_time_type::clock::now() - std::chrono::hours(1));
    data.sweep();
    EXPECT_FALSE(fs::exists(made)) << "its server died before it could";
}

TEST_F(DataDirectoryTest, CommittedRowsAreThereAfterAKill)
{
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        DataDirectory data(options("9"));
        std::ofstream(folder / "last") << next_image(data) << std::flush;
        raise(SIGKILL);
    }
    int status = 0;
    waitpid(child, &status, 0);
    std::string last;
    std::ifstream(folder / "last") >> last;
    ASSERT_FALSE(last.empty());
    DataDirectory data(options("9"));
    EXPECT_NE(next_image(data), last);
    auto reader = data.current()->reader();
    Statement select(reader.db(), "SELECT value FROM id_counter WHERE kind = 'ami'");
    select.bind();
    ASSERT_TRUE(select.step());
    EXPECT_EQ(select.row().integer(), 2);
}

TEST_F(DataDirectoryTest, EndsWellWithASweepStillQueued)
{
    for (int i = 0; i < 20; ++i) {
        DataDirectory data(options());
        data.background().post([&data] { data.sweep(); });
    }
}

TEST_F(DataDirectoryTest, SaysWhichDirectoryCannotBeMade)
{
    const auto file = folder / "file";
    std::ofstream(file) << "x";
    auto bad = options();
    bad.path = (file / "data").string();
    const auto text = error_of([&] { const DataDirectory data(bad); });
    EXPECT_NE(text.find(bad.path.value()), std::string::npos) << text;
}

TEST_F(DataDirectoryTest, RefusesWhatIsNoFolderInTheObjectsPlace)
{
    {
        const DataDirectory made(options());
    }
    const auto objects = folder / "generation-1/objects";
    const auto start = [&] { return error_of([&] { const DataDirectory data(options()); }); };
    fs::create_symlink("nowhere", objects);
    EXPECT_EQ(start(), "open " + objects.string() + ": Not a directory");
    fs::remove(objects);
    std::ofstream(objects) << "x";
    EXPECT_EQ(start(), "open " + objects.string() + ": Not a directory");
    fs::remove(objects);
    fs::create_directory(folder / "elsewhere");
    fs::create_directory_symlink(folder / "elsewhere", objects);
    EXPECT_EQ(start(), "");
}

TEST_F(DataDirectoryTest, RefusesStateThatItCannotTellApart)
{
    const auto start = [&] { return error_of([&] { const DataDirectory data(options()); }); };
    ASSERT_EQ(start(), "");
    const auto current = folder / "current";
    for (const auto* text : {"", "generation-", "../generation-1", "generation-1x"}) {
        std::ofstream(current) << text;
        EXPECT_NE(start().find("current: it names no generation"), std::string::npos) << text;
    }
    std::ofstream(current) << "generation-2\n";
    EXPECT_NE(start().find("generation-2/metadata.sqlite: the database is missing"),
              std::string::npos);

    fs::remove(current);
    ASSERT_EQ(start(), "") << "a server died while it made its first generation";
    fs::remove(current);
    std::ofstream(folder / "generation-1/layers/0000000000000001.00.data") << "x";
    EXPECT_NE(start().find("current: the file is missing, and generation-1 is there"),
              std::string::npos);
    EXPECT_TRUE(fs::exists(folder / "generation-1/layers/0000000000000001.00.data"));
    fs::rename(folder / "generation-1", folder / "generation-3");
    EXPECT_NE(start().find("generation-3 is there"), std::string::npos);
}

TEST_F(DataDirectoryTest, SaysWhichFileIsNoDatabase)
{
    {
        const DataDirectory made(options());
    }
    const auto database = (folder / "generation-1/metadata.sqlite").string();
    std::ofstream(database) << std::string(8192, 'x');
    EXPECT_EQ(error_of([&] { const DataDirectory data(options()); }),
              "read " + database + ": file is not a database; `amilab check " + folder.string() +
                  "` says what is damaged and what hangs on it");
}

TEST_F(DataDirectoryTest, TheClockAndTheDelaysAreKeptOverARestart)
{
    {
        DataDirectory data(options());
        auto writer = data.current()->writer();
        writer.db().run(
            "INSERT INTO setting (name, value) VALUES ('clock_frozen', 1), ('clock_ms', 5000);"
            "INSERT INTO transition_delay (name, delay_ms) VALUES ('image.pending', 70)");
    }
    const DataDirectory data(options());
    EXPECT_EQ(data.current()->timing().clock.now_ms(), 5000);
    EXPECT_EQ(data.current()->timing().delays.get(Delay{"image.pending"}), 70);
}

}  // namespace
}  // namespace amilab
