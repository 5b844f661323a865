#include "storage/state/save.h"

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/background.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/state/check.h"
#include "storage/state/save_format.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::uint64_t kMiB = 1 << 20;
constexpr std::uint64_t kSavedBlock = 64 * 1024;

void write_rest(Save& save, const std::string& path)
{
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    for (auto bytes = save.next(); !bytes.empty(); bytes = save.next()) {
        file.write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }
}

void save_to(TestEmulator& aws, const std::string& path)
{
    Save save(aws.data().current(), "test");
    write_rest(save, path);
}

/// A server that begins with a save; kept in a folder, or private.
std::unique_ptr<TestEmulator> from(const std::string& save, std::optional<std::string> data = {})
{
    DataDirectory::Options options;
    options.path = std::move(data);
    options.from = save;
    return std::make_unique<TestEmulator>(std::move(options));
}

/// The error that a start from the file ends with; no folder is left of it.
StorageError refusal_of(const std::string& save, const std::string& data)
{
    try {
        from(save, data);
    } catch (const StorageError& error) {
        EXPECT_FALSE(fs::exists(data)) << error.what();
        return error;
    }
    ADD_FAILURE() << "it was taken";
    return {0, "", ""};
}

std::string described(TestEmulator& aws, const std::string& action)
{
    auto body = aws.must(action).body;
    const auto id = body.find("<requestId>");
    return body.erase(id, body.find("</requestId>") - id);
}

/// All that EC2 shows of disks.
std::vector<std::string> shown(TestEmulator& aws)
{
    return {described(aws, "DescribeVolumes"), described(aws, "DescribeSnapshots"),
            described(aws, "DescribeTags")};
}

class SaveTest : public ::testing::Test {
protected:
    std::string path(const std::string& name) const { return folder_.path() + "/" + name; }

    TemporaryDirectory folder_;
    std::string save_ = path("one.save");
};

TEST_F(SaveTest, PutBackItIsTheSame)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, 3 * kMiB, 'a');
    const auto snapshot = snapshot_of(aws, volume);
    fill_volume(aws, volume, kMiB, 4096, 'b');  // a part of a block
    open_bytes(aws, volume)->write_zeroes(2 * kMiB, kSavedBlock);
    fill_volume(aws, volume, (std::uint64_t{9} << 30U), 512, 'c');
    aws.must("CreateTags",
             {{"ResourceId.1", snapshot}, {"Tag.1.Key", "Name"}, {"Tag.1.Value", "one"}});
    save_to(aws, save_);

    for (const auto& data : {std::optional<std::string>(), std::optional(path("data"))}) {
        const auto again = from(save_, data);
        EXPECT_EQ(shown(*again), shown(aws));
        const auto whole = open_bytes(aws, volume);
        const auto restored = open_bytes(*again, volume);
        std::vector<std::byte> left(4 * kMiB);
        auto right = left;
        for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{9} << 30U}) {
            whole->read(offset, left);
            restored->read(offset, right);
            EXPECT_EQ(left, right) << offset;
        }
        const auto copy = create_volume(*again, snapshot, kAccount).text("volumeId");
        EXPECT_EQ(sample_volume(*again, copy, {0, kMiB, 2 * kMiB, 3 * kMiB - 512}), "aaaa");
    }
}

TEST_F(SaveTest, OfASaveThatWasPutBackIsTheSameAgain)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, kMiB, 'a');
    save_to(aws, save_);
    const auto again = from(save_, path("data"));
    fill_volume(*again, volume, 0, 512, 'b');
    save_to(*again, path("two.save"));
    const auto third = from(path("two.save"));
    EXPECT_EQ(sample_volume(*third, volume, {0, 512, kMiB - 512}), "baa");
    EXPECT_EQ(shown(*third), shown(aws));
}

TEST_F(SaveTest, IsWholeToACheck)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    for (const char letter : {'a', 'b', 'c'}) {
        fill_volume(aws, volume, 0, kMiB, letter);
        snapshot_of(aws, volume);
    }
    save_to(aws, save_);
    from(save_, path("data"));
    EXPECT_THAT(check_data_directory(path("data")).problems, IsEmpty());
}

TEST_F(SaveTest, HasNothingOfWhatComesAfterItsInstant)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    const auto empty = new_volume(aws);
    fill_volume(aws, volume, 0, kMiB, 'a');
    const auto first = snapshot_of(aws, volume);
    fill_volume(aws, volume, 0, 512, 'b');
    const auto second = snapshot_of(aws, volume);
    aws.data().background().drain();
    const auto before = shown(aws);
    {
        Save save(aws.data().current(), "test");
        fill_volume(aws, volume, 0, 2 * kMiB, 'x');
        fill_volume(aws, empty, 0, kMiB, 'x');
        // Without the first the layers of both would be one.
        aws.must("DeleteSnapshot", {{"SnapshotId", first}});
        aws.must("DeleteSnapshot", {{"SnapshotId", second}});
        snapshot_of(aws, volume);
        aws.data().background().drain();
        write_rest(save, save_);
    }
    const auto again = from(save_);
    EXPECT_EQ(shown(*again), before);
    EXPECT_EQ(sample_volume(*again, volume, {0, 512, kMiB}), "ba.");
    EXPECT_EQ(sample_volume(*again, empty, {0}), ".");
    const auto copy = create_volume(*again, first, kAccount).text("volumeId");
    EXPECT_EQ(sample_volume(*again, copy, {0, 512}), "aa");
}

TEST_F(SaveTest, GivesFilesThatItKeptBack)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, 4 * kMiB, 'a');
    const auto snapshot = snapshot_of(aws, volume);
    aws.data().background().drain();
    {
        Save save(aws.data().current(), "test");
        aws.must("DeleteVolume", {{"VolumeId", volume}});
        aws.must("DeleteSnapshot", {{"SnapshotId", snapshot}});
        aws.data().background().drain();
        EXPECT_FALSE(fs::is_empty(aws.generation().path() + "/layers"));
        EXPECT_TRUE(fs::exists(saved_rows_path(aws.generation().path())));
    }
    aws.data().background().drain();
    EXPECT_TRUE(fs::is_empty(aws.generation().path() + "/layers"));
    EXPECT_FALSE(fs::exists(saved_rows_path(aws.generation().path())));
}

TEST_F(SaveTest, IsOfOneInstantForAllVolumes)
{
    TestEmulator aws;
    const auto first = new_volume(aws);
    const auto second = new_volume(aws);
    std::atomic<bool> is_over{false};
    std::atomic<int> rounds{0};
    // The second volume is never ahead of the first.
    std::thread writer([&] {
        const auto one = open_bytes(aws, first);
        const auto other = open_bytes(aws, second);
        for (std::uint32_t count = 1; !is_over; ++count) {
            std::vector<std::byte> sector(512);
            std::memcpy(sector.data(), &count, sizeof count);
            one->write(0, sector);
            other->write(0, sector);
            ++rounds;
        }
    });
    while (rounds < 10) {
        std::this_thread::yield();
    }
    for (int time = 0; time < 5; ++time) {
        save_to(aws, path(std::to_string(time)));
    }
    is_over = true;
    writer.join();
    for (int time = 0; time < 5; ++time) {
        const auto again = from(path(std::to_string(time)));
        std::uint32_t counts[2] = {};
        for (int number = 0; number < 2; ++number) {
            std::vector<std::byte> sector(512);
            open_bytes(*again, number == 0 ? first : second)->read(0, sector);
            std::memcpy(&counts[number], sector.data(), sizeof(std::uint32_t));
        }
        EXPECT_GE(counts[0], counts[1]);
        EXPECT_LE(counts[0] - counts[1], 1U);
    }
}

TEST_F(SaveTest, HasObjectsAndPartsOfUploads)
{
    TestEmulator aws;
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    const std::string content = std::string(100'000, 'x') + std::string(200'000, '\0') + "end";
    s3.must("PUT", "/disks/one", content);
    s3.must("PUT", "/disks/zeros", std::string(300'000, '\0'));
    save_to(aws, save_);
    s3.must("DELETE", "/disks/one");
    const auto again = from(save_, path("data"));
    const S3Caller there(*again);
    EXPECT_EQ(there.must("GET", "/disks/one").body, content);
    EXPECT_EQ(there.must("GET", "/disks/zeros").body, std::string(300'000, '\0'));
    there.must("PUT", "/disks/two", "new");
    EXPECT_EQ(there.must("GET", "/disks/one").body, content);
}

TEST_F(SaveTest, GivesNewIdsWhereTheServerWouldHave)
{
    TestEmulator aws;
    new_volume(aws);
    save_to(aws, save_);
    const auto next = new_volume(aws);
    EXPECT_EQ(new_volume(*from(save_)), next);
}

TEST_F(SaveTest, IsOneAtATime)
{
    TestEmulator aws;
    auto save = std::make_unique<Save>(aws.data().current(), "test");
    try {
        Save another(aws.data().current(), "test");
        FAIL();
    } catch (const StorageError& error) {
        EXPECT_EQ(error.error_number, EBUSY);
    }
    save.reset();
    save_to(aws, save_);
}

TEST_F(SaveTest, OutlivesAReset)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, kMiB, 'a');
    {
        Save save(aws.data().current(), "test");
        aws.data().reset();
        write_rest(save, save_);
    }
    EXPECT_EQ(sample_volume(*from(save_), volume, {0}), "a");
    EXPECT_THAT(aws.must("DescribeVolumes").texts("volumeSet/item/volumeId"), IsEmpty());
}

TEST_F(SaveTest, ThatIsDamagedLeavesNothing)
{
    TestEmulator aws;
    fill_volume(aws, new_volume(aws), 0, kMiB, 'a');
    save_to(aws, save_);
    const auto size = fs::file_size(save_);
    for (const auto at : {std::uintmax_t{3}, std::uintmax_t{70}, size / 2, size - 2}) {
        fs::copy_file(save_, path("bad"), fs::copy_options::overwrite_existing);
        std::fstream file(path("bad"), std::ios::binary | std::ios::in | std::ios::out);
        file.seekg(static_cast<std::streamoff>(at));
        const char was = static_cast<char>(file.get());
        file.seekp(static_cast<std::streamoff>(at));
        file.put(static_cast<char>(was ^ 1));
        file.close();
        EXPECT_EQ(refusal_of(path("bad"), path("data")).error_number, EBADMSG) << at;
    }
    fs::resize_file(path("bad"), size / 2);
    EXPECT_THAT(refusal_of(path("bad"), path("data")).what(), HasSubstr(path("bad")));
    fs::resize_file(path("bad"), 0);
    EXPECT_EQ(refusal_of(path("bad"), path("data")).error_number, EBADMSG);
}

TEST_F(SaveTest, OfANewerAmilabIsRefusedByItsVersion)
{
    std::vector<std::byte> bytes;
    save_format::SaveWriter writer;
    writer.begin(
        {.rows_version = static_cast<std::uint32_t>(schema_version() + 1), .program = "9.9.9"},
        bytes);
    writer.end(bytes);
    std::ofstream(save_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    const auto error = refusal_of(save_, path("data"));
    EXPECT_EQ(error.error_number, EPROTO);
    EXPECT_THAT(error.what(), HasSubstr("9.9.9"));
}

TEST_F(SaveTest, IsPutBackWhereThereIsNoStateAlone)
{
    TestEmulator aws;
    save_to(aws, save_);
    std::string volume;
    {
        TestEmulator there(path("data"));
        volume = new_volume(there);
    }
    try {
        from(save_, path("data"));
        FAIL();
    } catch (const StorageError& error) {
        EXPECT_EQ(error.error_number, EEXIST);
    }
    TestEmulator there(path("data"));
    EXPECT_EQ(volume_field(there, volume, "volumeId"), volume);
}

TEST_F(SaveTest, ThatWasPutBackInPartIsNoState)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, kMiB, 'a');
    save_to(aws, save_);
    // As a process leaves it that was killed meanwhile.
    fs::create_directories(path("data/generation-1/layers"));
    std::ofstream(path("data/generation-1/restoring"));
    std::ofstream(path("data/generation-1/layers/0000000000000001.00.data")) << "half";
    std::ofstream(path("data/current.new")) << "generation-1\n";
    {
        const auto again = from(save_, path("data"));
        EXPECT_EQ(sample_volume(*again, volume, {0}), "a");
    }
    fs::remove_all(path("data"));
    fs::create_directories(path("data/generation-1/layers"));
    std::ofstream(path("data/generation-1/restoring"));
    std::ofstream(path("data/generation-1/layers/0000000000000001.00.data")) << "half";
    TestEmulator without(path("data"));
    EXPECT_THAT(without.must("DescribeVolumes").texts("volumeSet/item/volumeId"), IsEmpty());
}

}  // namespace
}  // namespace amilab::test
