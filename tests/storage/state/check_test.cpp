#include "storage/state/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <utility>

#include "storage/blocks/layer_format.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/metadata/sql/statement.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/disks.h"
#include "tests/support/json_caller.h"

namespace amilab::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// Every file's bytes and when it was written to.
std::map<std::string, std::pair<std::filesystem::file_time_type, std::string>> files_below(
    const std::string& folder)
{
    std::map<std::string, std::pair<std::filesystem::file_time_type, std::string>> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        std::string bytes;
        if (entry.is_regular_file() && entry.file_size() < (1 << 20)) {
            std::ifstream file(entry.path(), std::ios::binary);
            bytes.assign(std::istreambuf_iterator<char>(file), {});
        }
        files[entry.path()] = {entry.last_write_time(), std::move(bytes)};
    }
    return files;
}

class CheckTest : public testing::Test {
protected:
    void SetUp() override
    {
        TestEmulator aws(path_);
        volume_ = create_volume(aws);
        for (int index = 0; index < 20; ++index) {
            open_volume(aws, volume_)
                ->write(static_cast<std::uint64_t>(index) * kBlockSize,
                        filled(kBlockSize, index + 1));
            create_snapshot(aws, volume_);
        }
        aws.data().background().drain();
        indexed_ = LayerId{
            static_cast<std::uint64_t>(count(aws, "SELECT id FROM layer WHERE indexed = 1"))};
        first_ = LayerId{static_cast<std::uint64_t>(count(aws, "SELECT MIN(id) FROM layer"))};
    }

    std::string file(LayerId layer, FileKind kind)
    {
        return path_ + "/generation-1/layers/" + file_name({layer, 0, kind});
    }

    void overwrite(const std::string& path, std::uint64_t offset, std::byte value)
    {
        const std::vector<std::byte> byte = {value};
        ASSERT_EQ(files_.open(path, OpenMode::kReadWrite)->write_at(offset, byte), 1);
    }

    void run(const std::string& sql)
    {
        Database(path_ + "/generation-1/metadata.sqlite", Database::Mode::kReadWrite).run(sql);
    }

    TemporaryDirectory directory_;
    std::string path_ = directory_.path() + "/data";
    PosixFileSystem files_;
    std::string volume_;
    LayerId indexed_{};
    LayerId first_{};
};

TEST_F(CheckTest, AStoreThatWasClosedIsWhole)
{
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_THAT(report.leftovers, IsEmpty());
    EXPECT_EQ(report.layers, 21U);
    EXPECT_EQ(report.data_blocks, 20U);
}

TEST_F(CheckTest, ADamagedMapIsNamed)
{
    overwrite(file(first_, FileKind::kMap), kMapHeaderSize, std::byte{0xff});
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, Contains(HasSubstr(file(first_, FileKind::kMap))));
}

TEST_F(CheckTest, ADamagedHeaderIsNamed)
{
    overwrite(file(first_, FileKind::kMap), 20, std::byte{0xff});
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, Contains(HasSubstr("checksum")));
}

TEST_F(CheckTest, ADamagedIndexIsNamedAndMayBeRemoved)
{
    overwrite(file(indexed_, FileKind::kIndex), kIndexPagesAt + 1, std::byte{0x7f});
    const auto report = check_data_directory(path_);
    ASSERT_THAT(report.problems, SizeIs(1));
    EXPECT_THAT(report.problems[0], HasSubstr(file(indexed_, FileKind::kIndex)));
    EXPECT_THAT(report.problems[0], HasSubstr("remove it"));
    std::filesystem::remove(file(indexed_, FileKind::kIndex));
    EXPECT_THAT(check_data_directory(path_).problems, IsEmpty());
}

TEST_F(CheckTest, AnIndexThatDoesNotSayWhatTheMapsSayIsFound)
{
    // A block that the layer below it has, and that the map gives up.
    overwrite(file(first_, FileKind::kMap), kMapHeaderSize, std::byte{0});
    EXPECT_THAT(check_data_directory(path_).problems,
                Each(Not(HasSubstr(file(indexed_, FileKind::kIndex)))));
    // Of a layer without a record either may be the one that is damaged.
    run("UPDATE layer SET segments = NULL, blocks = NULL, map_checksum = NULL");
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems,
                Contains(AllOf(HasSubstr(file(indexed_, FileKind::kIndex)),
                               HasSubstr(file(first_, FileKind::kMap)), HasSubstr("keep all"))));
    EXPECT_THAT(report.problems, Each(Not(HasSubstr("remove it"))));
}

TEST_F(CheckTest, ALostMapIsNamedAndNothingThatIsWholeIsToBeRemoved)
{
    std::filesystem::remove(file(first_, FileKind::kMap));
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, Contains(HasSubstr(file(first_, FileKind::kMap))));
    EXPECT_THAT(report.problems, Each(Not(HasSubstr("remove it"))));
    EXPECT_THAT(report.problems, Each(Not(HasSubstr(file(first_, FileKind::kData)))));
}

TEST_F(CheckTest, AMapThatEndsWithItsHeaderDoesNotPutTheBlameOnTheIndex)
{
    std::filesystem::resize_file(file(first_, FileKind::kMap), kMapHeaderSize);
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, Contains(HasSubstr(file(first_, FileKind::kMap))));
    EXPECT_THAT(report.problems, Each(Not(HasSubstr("remove it"))));
}

TEST_F(CheckTest, ChangesNothingThatAServerLeft)
{
    const auto killed = directory_.path() + "/killed";
    {
        TestEmulator aws(path_);
        create_snapshot(aws, volume_);
        aws.data().background().drain();
        std::filesystem::copy(path_, killed, std::filesystem::copy_options::recursive);
    }
    for (const auto& folder : {path_, killed}) {
        const auto before = files_below(folder);
        const auto report = check_data_directory(folder);
        EXPECT_THAT(report.problems, IsEmpty());
        EXPECT_EQ(report.layers, 22U);
        EXPECT_EQ(files_below(folder), before);
    }
}

TEST_F(CheckTest, ADatabaseThatIsNoneIsDamage)
{
    std::filesystem::resize_file(path_ + "/generation-1/metadata.sqlite", 0);
    EXPECT_THAT(check_data_directory(path_).problems, Not(IsEmpty()));
    std::ofstream(path_ + "/generation-1/metadata.sqlite") << std::string(8192, 'x');
    EXPECT_THAT(check_data_directory(path_).problems,
                ElementsAre(HasSubstr("generation-1/metadata.sqlite")));
    std::filesystem::remove(path_ + "/generation-1/metadata.sqlite");
    EXPECT_THAT(check_data_directory(path_).problems,
                ElementsAre(HasSubstr("generation-1/metadata.sqlite")));
}

TEST_F(CheckTest, APipeInTheDatabasesPlaceIsDamageThatNobodyWaitsFor)
{
    const auto database = path_ + "/generation-1/metadata.sqlite";
    for (const auto* ending : {"-journal", ""}) {
        std::filesystem::remove(database + ending);
        ASSERT_EQ(::mkfifo((database + ending).c_str(), 0600), 0);
        EXPECT_THAT(check_data_directory(path_).problems,
                    ElementsAre(AllOf(HasSubstr(database + ending), HasSubstr("it is a pipe"))));
        EXPECT_THAT(message_of([&] { TestEmulator aws(path_); }), HasSubstr("it is a pipe"));
        std::filesystem::remove(database + ending);
    }
}

TEST_F(CheckTest, APipeInTheLocksPlaceIsRefused)
{
    std::filesystem::remove(path_ + "/lock");
    ASSERT_EQ(::mkfifo((path_ + "/lock").c_str(), 0600), 0);
    EXPECT_EQ(error_of([&] { check_data_directory(path_); }), ENXIO);
    EXPECT_EQ(error_of([&] { TestEmulator aws(path_); }), ENXIO);
}

TEST_F(CheckTest, ADatabaseOfAnEarlierVersionIsCheckedAsItIs)
{
    constexpr std::size_t kFirst = 4;  // the first that has all tables of layers
    const auto folder = path_ + "/generation-1";
    std::filesystem::remove(folder + "/rows");
    std::filesystem::remove_all(folder + "/layers");
    std::filesystem::create_directory(folder + "/layers");
    for (auto version = kFirst; version <= migration_steps().size(); ++version) {
        for (const char* end : {"", "-wal", "-shm"}) {
            std::filesystem::remove(folder + "/metadata.sqlite" + end);
        }
        migrate(*open_connection(folder + "/metadata.sqlite", Database::Mode::kReadWrite,
                                 Durability::kKept),
                migration_steps().first(version));
        EXPECT_THAT(check_data_directory(path_).problems, IsEmpty()) << "version " << version;
    }
}

TEST_F(CheckTest, AFlippedBitInHowATableIsMadeIsNamed)
{
    const auto database = path_ + "/generation-1/metadata.sqlite";
    std::fstream file(database, std::ios::in | std::ios::out | std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const std::string reference = "REFERENCES vpc (id)";
    const auto place = bytes.find(reference);
    ASSERT_NE(place, std::string::npos);
    file.clear();
    file.seekp(static_cast<std::streamoff>(place + reference.find(" (id)")));
    file.put(' ' ^ 0x14);
    file.close();
    EXPECT_THAT(check_data_directory(path_).problems, Contains(HasSubstr(" is not as it is made")));
    DataDirectory::Options options;
    options.path = path_;
    options.report = [](auto) {};
    try {
        const DataDirectory started(std::move(options));
        ADD_FAILURE() << "the start has not noticed";
    } catch (const StorageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("are not as amilab makes them"));
    }
}

TEST_F(CheckTest, AMissingFolderOfLayersIsDamage)
{
    std::filesystem::remove_all(path_ + "/generation-1/layers");
    EXPECT_THAT(check_data_directory(path_).problems, ElementsAre(HasSubstr("/layers")));
}

TEST_F(CheckTest, AMissingDataFileIsNamed)
{
    std::filesystem::remove(file(first_, FileKind::kData));
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, Contains(HasSubstr("its data file is not")));
}

TEST_F(CheckTest, ADataFileThatIsTooShortIsNamed)
{
    const auto path = file(first_, FileKind::kData);
    std::filesystem::resize_file(path, 0);
    EXPECT_THAT(check_data_directory(path_).problems,
                Contains(HasSubstr(path + " ends at 0, and its map names data at 0")));
}

TEST_F(CheckTest, ACutLastBlockIsNamedWithWhoReadsIt)
{
    const auto path = file(first_, FileKind::kData);
    std::filesystem::resize_file(path, kBlockSize - 1);
    const auto problems = check_data_directory(path_).problems;
    EXPECT_THAT(problems, Contains(HasSubstr(path + " ends at 65535")));
    EXPECT_THAT(problems, Contains(AllOf(HasSubstr("is read by snap-"), HasSubstr("next start"))));
    EXPECT_THAT(problems, Contains(HasSubstr("is read by " + volume_)));
}

TEST_F(CheckTest, AnOpenUploadIsWholeUntilThePowerGoes)
{
    {
        TestEmulator aws(path_);
        const JsonCaller ebs(aws, "ebs");
        ASSERT_TRUE(ebs.call("POST", "/snapshots", boost::json::object{{"VolumeSize", 1}}).ok());
    }
    auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_THAT(report.leftovers, IsEmpty());
    run("UPDATE direct_snapshot SET boot_id = 'another'");
    report = check_data_directory(path_);
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_THAT(report.leftovers, ElementsAre(HasSubstr("was being uploaded")));
    TestEmulator aws(path_);
    EXPECT_THAT(
        aws.must("DescribeSnapshots",
                 {{"Owner.1", "self"}, {"Filter.1.Name", "status"}, {"Filter.1.Value.1", "error"}})
            .texts("snapshotSet/item/snapshotId"),
        SizeIs(1));
}

TEST_F(CheckTest, FilesOfNobodyAreLeftOver)
{
    std::ofstream(file(LayerId{0x4711}, FileKind::kData)) << "x";
    std::ofstream(file(first_, FileKind::kMap) + ".new") << "x";
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_THAT(report.leftovers, SizeIs(2));
}

TEST_F(CheckTest, RowsThatContradictEachOtherAreNamed)
{
    run("INSERT INTO layer (id, created_ms, sealed) VALUES (999, 0, 1)");
    run("UPDATE layer SET sealed = 0 WHERE id = " + std::to_string(to_number(first_)));
    const auto report = check_data_directory(path_);
    EXPECT_THAT(report.problems, Contains(HasSubstr("there for nobody")));
    EXPECT_THAT(report.problems, Contains(HasSubstr("not sealed")));
}

TEST_F(CheckTest, WhatIsServedOrNoDataDirectoryIsRefused)
{
    {
        TestEmulator aws(path_);
        EXPECT_THAT(message_of([&] { check_data_directory(path_); }), HasSubstr("serves it"));
    }
    EXPECT_EQ(error_of([&] { check_data_directory(directory_.path()); }), ENOENT);
    EXPECT_THAT(message_of([&] { check_data_directory(directory_.path()); }),
                HasSubstr("it is no data directory"));
    run("PRAGMA user_version = 9999");
    EXPECT_THAT(message_of([&] { check_data_directory(path_); }), HasSubstr("newer"));
}

TEST_F(CheckTest, WhatCannotBeReadIsNotTakenForNoDataDirectory)
{
    // Nobody, root neither, can open a link to itself.
    std::filesystem::remove(path_ + "/lock");
    std::filesystem::create_symlink("lock", path_ + "/lock");
    EXPECT_EQ(error_of([&] { check_data_directory(path_); }), ELOOP);
    EXPECT_THAT(message_of([&] { check_data_directory(path_); }),
                Not(HasSubstr("no data directory")));
}

}  // namespace
}  // namespace amilab::test
