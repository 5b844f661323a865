#include "storage/state/save.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/background.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/state/check.h"
#include "storage/state/generation.h"
#include "storage/state/save_format.h"
#include "tests/server/services/ec2/network/own_network.h"
#include "tests/server/services/ec2/snapshots/snapshot_support.h"
#include "tests/server/services/ec2/volumes/volume_support.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/s3_caller.h"
#include "tests/support/save_frames.h"

namespace amilab::test {
namespace {

namespace fs = std::filesystem;
using save_format::FrameKind;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

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

std::vector<std::byte> bytes_of(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

void write_bytes(const std::string& path, std::span<const std::byte> bytes)
{
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
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

    /// The line that refuses the save when it has been changed and its checksums are right.
    std::string refusal_when(const std::function<void(SaveFrames&)>& change) const
    {
        auto frames = frames_of(bytes_of(save_));
        change(frames);
        write_bytes(path("changed"), to_save(frames));
        const auto error = refusal_of(path("changed"), path("data"));
        EXPECT_EQ(error.error_number, EBADMSG) << error.what();
        EXPECT_THAT(error.what(), AllOf(HasSubstr(path("changed")), Not(HasSubstr("\n"))));
        return error.detail;
    }
    /// The line that refuses the save when these statements have changed its rows.
    std::string refusal_of_rows(const std::string& statements) const
    {
        return refusal_when([&](auto& save) { change_rows(save, statements); });
    }
    /// Saves a volume that has been written to since its snapshot. Returns both.
    std::pair<std::string, std::string> save_of_two_layers(TestEmulator& aws) const
    {
        const auto volume = new_volume(aws);
        fill_volume(aws, volume, 0, kMiB, 'a');
        const auto snapshot = snapshot_of(aws, volume);
        fill_volume(aws, volume, 0, 512, 'b');
        aws.data().background().drain();
        save_to(aws, save_);
        return {volume, snapshot};
    }
    /// Where all rows have that in "table.column"; where two may not be alike one has it.
    std::string refusal_of_value(const std::string& column, const std::string& value) const
    {
        const auto dot = column.find('.');
        return refusal_of_rows("UPDATE OR IGNORE " + column.substr(0, dot) + " SET " +
                               column.substr(dot + 1) + " = " + value);
    }
    void change_rows(SaveFrames& save, const std::string& statements) const
    {
        const auto is_rows = [](const auto& one) { return one.frame.kind == FrameKind::kRows; };
        std::vector<std::byte> rows;
        for (const auto& one : save.frames) {
            if (is_rows(one)) {
                rows.insert(rows.end(), one.payload.begin(), one.payload.end());
            }
        }
        write_bytes(path("rows"), rows);
        Database(path("rows"), Database::Mode::kReadWrite)
            .run("PRAGMA foreign_keys = OFF;" + statements);
        rows = bytes_of(path("rows"));
        std::erase_if(save.frames, is_rows);
        std::vector<SavedFrame> changed;
        for (std::size_t at = 0; at < rows.size(); at += kMiB) {
            const auto some =
                std::span(rows).subspan(at).first(std::min<std::size_t>(kMiB, rows.size() - at));
            changed.push_back(
                {.frame = {.kind = FrameKind::kRows, .offset = at, .length = some.size()},
                 .payload = {some.begin(), some.end()}});
        }
        save.frames.insert(save.frames.begin(), changed.begin(), changed.end());
    }
    /// The numbers of what has an end of this kind, in their order.
    std::vector<std::uint64_t> numbers_of(FrameKind kind) const
    {
        std::vector<std::uint64_t> numbers;
        for (const auto& one : frames_of(bytes_of(save_)).frames) {
            if (one.frame.kind == kind) {
                numbers.push_back(one.frame.id);
            }
        }
        return numbers;
    }
    /// The line that refuses the save without these frames.
    std::string refusal_without(const std::function<bool(const save_format::Frame&)>& goes) const
    {
        return refusal_when([&](auto& save) {
            EXPECT_GT(std::erase_if(save.frames, [&](const auto& one) { return goes(one.frame); }),
                      0U);
        });
    }

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
    s3.must("PUT", "/disks/small", "in a row");
    save_to(aws, save_);
    s3.must("DELETE", "/disks/one");
    s3.must("DELETE", "/disks/small");
    const auto again = from(save_, path("data"));
    const S3Caller there(*again);
    EXPECT_EQ(there.must("GET", "/disks/one").body, content);
    EXPECT_EQ(there.must("GET", "/disks/zeros").body, std::string(300'000, '\0'));
    EXPECT_EQ(there.must("GET", "/disks/small").body, "in a row");
    there.must("PUT", "/disks/two", std::string(20'000, '2'));
    there.must("PUT", "/disks/three", "new");
    EXPECT_EQ(there.must("GET", "/disks/one").body, content);
    EXPECT_EQ(there.must("GET", "/disks/small").body, "in a row");
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
    write_bytes(save_, bytes);
    const auto error = refusal_of(save_, path("data"));
    EXPECT_EQ(error.error_number, EPROTO);
    EXPECT_THAT(error.what(), HasSubstr("9.9.9"));
}

std::string layer_name(std::uint64_t number)
{
    return fmt::format("layer {:016x}", number);
}
std::string blob_name(std::uint64_t number)
{
    return fmt::format("object file {:016x}", number);
}

auto of_layer(std::uint64_t number)
{
    return [number](const save_format::Frame& frame) {
        return frame.id == number &&
               (frame.kind == FrameKind::kLayerData || frame.kind == FrameKind::kEmptyLayerData ||
                frame.kind == FrameKind::kLayerZeros || frame.kind == FrameKind::kLayerEnd);
    };
}

auto of_blob(std::uint64_t number)
{
    return [number](const save_format::Frame& frame) {
        return frame.id == number &&
               (frame.kind == FrameKind::kBlobData || frame.kind == FrameKind::kBlobEnd);
    };
}

auto end_of(FrameKind kind, std::uint64_t number)
{
    return
        [=](const save_format::Frame& frame) { return frame.kind == kind && frame.id == number; };
}

TEST_F(SaveTest, WithoutALayerIsRefusedByItsNameAndWhoReadsIt)
{
    TestEmulator aws;
    const auto [volume, snapshot] = save_of_two_layers(aws);
    // The snapshot's, the one that the save has sealed, and a top of which there is but an end.
    const auto layers = numbers_of(FrameKind::kLayerEnd);
    ASSERT_EQ(layers.size(), 3U);
    EXPECT_THAT(refusal_without(of_layer(layers[0])),
                AllOf(HasSubstr(layer_name(layers[0]) + " of "), HasSubstr(snapshot),
                      HasSubstr(volume), HasSubstr(" is missing")));
    EXPECT_EQ(refusal_without(of_layer(layers[1])),
              layer_name(layers[1]) + " of " + volume + " is missing");
    EXPECT_EQ(refusal_without(of_layer(layers[2])),
              layer_name(layers[2]) + " of " + volume + " is missing");
}

TEST_F(SaveTest, NamesAFewOfThoseWhoMissALayer)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, kMiB, 'a');
    const auto snapshot = snapshot_of(aws, volume);
    for (int count = 0; count < 4; ++count) {
        create_volume(aws, snapshot, kAccount);
    }
    save_to(aws, save_);
    EXPECT_THAT(refusal_without(of_layer(numbers_of(FrameKind::kLayerEnd).front())),
                HasSubstr(" and 3 more is missing"));
}

TEST_F(SaveTest, WithoutSomeBlocksOfALayerIsRefused)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, kMiB, 'a');
    open_bytes(aws, volume)->write_zeroes(0, kSavedBlock);
    save_to(aws, save_);
    const auto layer = numbers_of(FrameKind::kLayerEnd).front();
    for (const auto kind : {FrameKind::kLayerData, FrameKind::kLayerZeros}) {
        EXPECT_THAT(refusal_without([&](const auto& frame) { return frame.kind == kind; }),
                    HasSubstr("blocks of " + layer_name(layer) + " are missing"));
    }
    EXPECT_EQ(refusal_without(end_of(FrameKind::kLayerEnd, layer)),
              "the end of " + layer_name(layer) + " is missing");
}

TEST_F(SaveTest, WithoutAnObjectsFileIsRefusedByTheObjectsName)
{
    TestEmulator aws;
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    s3.must("PUT", "/disks/one", std::string(100'000, 'x'));
    s3.must("PUT", "/disks/two", std::string(20'000, '2'));
    s3.must("PUT", "/disks/line%0Aend", std::string(20'000, '3'));
    save_to(aws, save_);
    const auto blobs = numbers_of(FrameKind::kBlobEnd);
    ASSERT_EQ(blobs.size(), 3U);
    EXPECT_EQ(refusal_without(of_blob(blobs[0])), blob_name(blobs[0]) + " of disks/one is missing");
    EXPECT_EQ(refusal_without(of_blob(blobs[1])), blob_name(blobs[1]) + " of disks/two is missing");
    EXPECT_EQ(refusal_without(of_blob(blobs[2])),
              blob_name(blobs[2]) + " of disks/line end is missing");
    EXPECT_EQ(refusal_without(end_of(FrameKind::kBlobEnd, blobs[0])),
              "the end of " + blob_name(blobs[0]) + " is missing");
    EXPECT_EQ(refusal_when([](auto& save) { save.frames.back().frame.length = 20'001; }),
              blob_name(blobs[2]) + " of disks/line end has 20001 bytes instead of 20000");
}

TEST_F(SaveTest, WithoutRowsOrAPartOfThemIsRefused)
{
    TestEmulator aws;
    fill_volume(aws, new_volume(aws), 0, kMiB, 'a');
    save_to(aws, save_);
    EXPECT_THAT(refusal_without([](const auto& frame) { return frame.kind == FrameKind::kRows; }),
                HasSubstr("its rows are damaged: it has no table of layers"));
    EXPECT_THAT(refusal_when([](auto& save) {
                    auto& [frame, payload] = save.frames.front();
                    payload.erase(payload.begin(), payload.begin() + 4096);
                    frame.offset = 4096;
                    frame.length = payload.size();
                }),
                HasSubstr("bytes 0 to 4096 of its rows are missing"));
    EXPECT_THAT(refusal_when([](auto& save) {
                    auto last = save.frames.begin();
                    while (std::next(last)->frame.kind == FrameKind::kRows) {
                        ++last;
                    }
                    last->payload.resize(last->payload.size() - 4096);
                    last->frame.length = last->payload.size();
                }),
                HasSubstr("its rows are damaged"));
}

TEST_F(SaveTest, WithALayerOrAnObjectThatNoRowNamesIsRefused)
{
    TestEmulator aws;
    fill_volume(aws, new_volume(aws), 0, kMiB, 'a');
    save_to(aws, save_);
    for (const auto kind : {FrameKind::kLayerEnd, FrameKind::kBlobEnd}) {
        EXPECT_THAT(refusal_when([&](auto& save) {
                        save.frames.push_back({.frame = {.kind = kind, .id = 99}, .payload = {}});
                    }),
                    HasSubstr(kind == FrameKind::kLayerEnd
                                  ? "the row of " + layer_name(99) + " is missing"
                                  : "the row of " + blob_name(99) + " is missing"));
    }
}

TEST_F(SaveTest, OutOfOrderIsRefused)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    fill_volume(aws, volume, 0, kMiB, 'a');
    fill_volume(aws, volume, 4 * kMiB, kMiB, 'b');
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    s3.must("PUT", "/disks/one", std::string(3 * kMiB, 'x'));
    save_to(aws, save_);
    const auto swap_two_of = [](auto& save, FrameKind kind) {
        const auto is_of_kind = [&](const auto& one) { return one.frame.kind == kind; };
        const auto first = std::ranges::find_if(save.frames, is_of_kind);
        const auto second = std::find_if(std::next(first), save.frames.end(), is_of_kind);
        std::swap(*first, *second);
    };
    EXPECT_THAT(refusal_when([&](auto& save) { swap_two_of(save, FrameKind::kLayerData); }),
                HasSubstr(" are not in their places"));
    EXPECT_THAT(refusal_when([&](auto& save) { swap_two_of(save, FrameKind::kBlobData); }),
                HasSubstr(" are not in their places"));
    EXPECT_THAT(refusal_when([](auto& save) { save.frames.push_back(save.frames.back()); }),
                HasSubstr(" is not in its place"));
}

TEST_F(SaveTest, WhoseRowsSayOtherLengthsThanTheFilesHaveIsRefused)
{
    TestEmulator aws;
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    s3.must("PUT", "/disks/one", "content");
    s3.must("PUT", "/disks/two", "others");
    const auto upload = s3.must("POST", "/disks/three?uploads").text("UploadId");
    s3.must("PUT", "/disks/three?partNumber=1&uploadId=" + upload, "part");
    save_to(aws, save_);
    for (const std::string size : {"8", "1152921504606846976", "-1", "9223372036854775807"}) {
        EXPECT_EQ(
            refusal_of_rows("UPDATE s3_object SET size_bytes = " + size + " WHERE key = 'one'"),
            "its rows cannot be: disks/one has not as many bytes as its pieces");
        EXPECT_EQ(refusal_of_rows("UPDATE s3_part SET size_bytes = " + size),
                  "its rows cannot be: " + upload + ", part 1 has not as many bytes as its pieces");
        EXPECT_THAT(refusal_of_rows("UPDATE s3_piece SET length_bytes = " + size),
                    HasSubstr(" has not the bytes that an object or a part has of it"));
    }
    EXPECT_THAT(refusal_of_rows("UPDATE s3_piece SET offset_bytes = 1"),
                HasSubstr(" has not the bytes that an object or a part has of it"));
    EXPECT_THAT(refusal_of_rows("UPDATE s3_piece SET start_bytes = -7"),
                HasSubstr("is made of pieces that do not follow each other"));
    EXPECT_THAT(refusal_of_rows("UPDATE s3_blob SET size_bytes = -1"),
                HasSubstr(" is of no file's size"));
    EXPECT_THAT(refusal_of_rows("UPDATE s3_blob SET bytes = x'00' WHERE bytes IS NOT NULL"),
                HasSubstr(" has other bytes in its row than that says"));
    EXPECT_THAT(refusal_of_rows("UPDATE s3_blob SET held_bytes = 7000 WHERE bytes IS NOT NULL"),
                HasSubstr(" has other bytes in its row than that says"));
    EXPECT_THAT(refusal_of_rows("UPDATE s3_blob SET bytes = zeroblob(16385), size_bytes = 16385,"
                                " held_bytes = 16385 WHERE bytes IS NOT NULL"),
                HasSubstr(", or more than rows have"));
    EXPECT_THAT(refusal_of_rows("UPDATE s3_blob SET number = -number;"
                                "UPDATE s3_piece SET blob = -blob"),
                HasSubstr(" is no number that is given"));
    EXPECT_THAT(refusal_of_rows("UPDATE s3_object SET content ="
                                " (SELECT content FROM s3_object WHERE key = 'one')"),
                HasSubstr("disks/two has the content of another one"));
    EXPECT_THAT(refusal_of_rows("UPDATE s3_object SET parts = 0"),
                HasSubstr("has a number of parts that none has"));
    EXPECT_THAT(refusal_of_rows("INSERT INTO s3_object_part (content, number, size_bytes, checksum)"
                                " SELECT content, 1, 9, '' FROM s3_object"),
                HasSubstr("has not the bytes of its parts"));
}

TEST_F(SaveTest, WhoseRowsSayWhatNoLayerOrDiskIsIsRefused)
{
    TestEmulator aws;
    const auto [volume, snapshot] = save_of_two_layers(aws);
    const auto refused = [&](const std::string& statements, const std::string& why) {
        EXPECT_THAT(refusal_of_rows(statements),
                    AllOf(HasSubstr("its rows cannot be: "), HasSubstr(why)));
    };
    refused("UPDATE layer SET parent_id = (SELECT max(id) FROM layer)", " lies on itself");
    refused("UPDATE layer SET sealed = 0 WHERE parent_id IS NULL",
            " lies on one that may be written");
    refused("UPDATE layer SET sealed = 1", volume + " has a layer that nobody may write");
    refused("UPDATE snapshot SET state = 'completed', layer_id = (SELECT layer_id FROM volume)",
            snapshot + " has a layer that may still be written");
    refused("UPDATE snapshot SET state = 'pending', layer_id = (SELECT layer_id FROM volume)",
            " writes a layer that another one writes");
    for (const std::string size : {"65537", "9223372036854775807"}) {
        refused("UPDATE volume SET size_gib = " + size, volume + " is larger than any volume");
        refused("UPDATE snapshot SET volume_size_gib = " + size,
                snapshot + " is of no volume's size");
    }
    refused("UPDATE snapshot SET volume_size_gib = 0", snapshot + " is of no volume's size");
    refused("UPDATE snapshot SET volume_size_gib = -1", snapshot + " is of no volume's size");
    refused(
        "INSERT INTO store_image_task VALUES"
        " ('t', '', '', '', '', '', '', -1, 0, 0, 'InProgress', 0, NULL)",
        "t has a size that no disk has");
}

TEST_F(SaveTest, WhoseRowsHaveWordsThatAreNoneIsRefused)
{
    TestEmulator aws;
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    s3.must("PUT", "/disks/one", "content");
    aws.must("DescribeVpcs", {});
    aws.must("ModifySnapshotAttribute", {{"SnapshotId", snapshot_of(aws, new_volume(aws))},
                                         {"Attribute", "createVolumePermission"},
                                         {"OperationType", "add"},
                                         {"UserId.1", std::string(kOtherAccount)}});
    save_to(aws, save_);
    const auto refused = [&](const std::string& table, const std::string& column) {
        EXPECT_EQ(refusal_of_rows(
                      fmt::format("UPDATE {} SET {} = 'mel' || char(10) || 'ting'", table, column)),
                  fmt::format("its rows cannot be: {}.{} is 'mel?ting', which is none of its words",
                              table, column));
    };
    refused("create_volume_permission", "kind");
    refused("s3_bucket", "ownership");
    refused("s3_object", "acl");
    refused("s3_object", "checksum_algorithm");
    refused("s3_object", "checksum_type");
    refused("subnet", "hostname_type");
    refused("vpc", "instance_tenancy");
    for (const std::string name :
         {"allowed-images", "image-block-public-access", "snapshot-block-public-access"}) {
        EXPECT_EQ(refusal_of_rows("INSERT INTO account_setting VALUES ('', '', '" + name +
                                  "', 'melting')"),
                  "its rows cannot be: account_setting.value is 'melting', which is none of its "
                  "words");
    }
    for (const std::string type : {"image", "volume"}) {
        EXPECT_EQ(refusal_of_rows("INSERT INTO recycled VALUES ('r', '" + type +
                                  "', '', '', 'melting', 0, 0)"),
                  "its rows cannot be: recycled.state is 'melting', which is none of its words");
    }
    EXPECT_EQ(refusal_of_rows("INSERT INTO store_image_task VALUES"
                              " ('t', '', '', '', '', '', '', 1, 0, 0, 'Melting', 0, NULL)"),
              "its rows cannot be: store_image_task.state is 'Melting', which is none of its "
              "words");
}

TEST_F(SaveTest, WhoseRowsHaveTimesThatNoClockComesToIsRefused)
{
    TestEmulator aws;
    new_volume(aws);
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    save_to(aws, save_);
    for (const std::string ms :
         {"9223372036854775806", "-9223372036854775808", "600000000000000"}) {
        for (const std::string column : {"volume.create_time_ms", "s3_bucket.created_ms"}) {
            EXPECT_EQ(refusal_of_value(column, ms),
                      "its rows cannot be: " + column + " is '" + ms +
                          "', which is no time that a clock comes to");
        }
    }
}

TEST_F(SaveTest, WhoseRowsHaveTextsThatAreNoAddressesIsRefused)
{
    TestEmulator aws;
    const auto vpc = make_ipv6_vpc(aws);
    const auto subnet = make_ipv6_only_subnet(aws, vpc, vpc.block.part(64, 0));
    aws.must("CreateNetworkInterface", {{"SubnetId", subnet}});
    aws.must("AllocateAddress");
    save_to(aws, save_);
    EXPECT_NE(from(save_), nullptr);  // one without an IPv4 block is none that lacks it
    for (const std::string column :
         {"vpc.cidr_block", "vpc_cidr_block.cidr_block", "subnet.cidr_block",
          "subnet.ipv6_cidr_block", "interface_ipv6_address.address", "elastic_address.public_ip",
          "network_acl_entry.cidr_block", "network_acl_entry.ipv6_cidr_block",
          "route.destination"}) {
        EXPECT_EQ(
            refusal_of_value(column, "'[]'"),
            "its rows cannot be: " + column + " is '[]', which is no address or block of them");
    }
    EXPECT_EQ(refusal_of_rows("UPDATE subnet SET ipv6_cidr_block = NULL WHERE ipv6_native = 1"),
              "its rows cannot be: " + subnet + " has no addresses at all");
}

TEST_F(SaveTest, WhoseSubnetsCountOtherAddressesThanThereAreIsRefused)
{
    TestEmulator aws;
    aws.must("CreateNetworkInterface",
             {{"SubnetId", aws.must("DescribeSubnets").text("subnetSet/item/subnetId")}});
    save_to(aws, save_);
    EXPECT_EQ(refusal_of_value("subnet.used_addresses", "7"),
              "its rows cannot be: subnet.used_addresses is '7', which is not how many its "
              "interfaces have");
    // No trigger sees what goes by REPLACE.
    EXPECT_EQ(refusal_of_rows("REPLACE INTO interface_address (interface_id, position, subnet_id,"
                              " address) SELECT interface_id, position, subnet_id, address"
                              " FROM interface_address"),
              "its rows cannot be: subnet.used_addresses is '2', which is not how many its "
              "interfaces have");
}

TEST_F(SaveTest, WhoseCountersAreAtTheirEndIsRefused)
{
    TestEmulator aws;
    new_volume(aws);
    save_to(aws, save_);
    for (const std::string value : {"-1", "9223372036854775807"}) {
        EXPECT_EQ(refusal_of_rows("UPDATE id_counter SET value = " + value + " WHERE kind = 'vol'"),
                  "its rows cannot be: the counter vol has no number behind it");
    }
}

TEST_F(SaveTest, WhoseCountersAreBehindTheirIdsIsRefused)
{
    TestEmulator aws;
    const auto volume = new_volume(aws);
    new_volume(aws);
    snapshot_of(aws, volume);
    const auto vpc = aws.must("DescribeVpcs").text("vpcSet/item/vpcId");
    save_to(aws, save_);
    for (const std::string statement :
         {"UPDATE id_counter SET value = 0", "DELETE FROM id_counter"}) {
        EXPECT_EQ(
            refusal_of_rows(statement + " WHERE kind = 'vol'"),
            "its rows cannot be: id_counter.value is '0', which " + volume + " is already beyond");
        EXPECT_EQ(
            refusal_of_rows(statement + " WHERE kind = 'vpc'"),
            "its rows cannot be: id_counter.value is '0', which " + vpc + " is already beyond");
    }
    EXPECT_THAT(refusal_of_rows("UPDATE id_counter SET value = 1 WHERE kind = 'vol'"),
                HasSubstr("id_counter.value is '1', which vol-"));
    // Not where they may be somebody's choice: there they are passed over.
    auto frames = frames_of(bytes_of(save_));
    change_rows(frames, "DELETE FROM id_counter WHERE kind = 'snap'");
    write_bytes(save_, to_save(frames));
    const auto again = from(save_);
    EXPECT_TRUE(again->call("CreateSnapshot", {{"VolumeId", volume}}).ok());
}

TEST_F(SaveTest, WhoseDhcpOptionsLieElsewhereThanTheirVpcsIsRefused)
{
    TestEmulator aws;
    aws.must("DescribeVpcs");
    save_to(aws, save_);
    const std::string elsewhere = "', which is not that of a VPC that has them";
    for (const std::string region : {"melting", "us-west-2"}) {
        EXPECT_EQ(refusal_of_value("dhcp_options.region", "'" + region + "'"),
                  "its rows cannot be: dhcp_options.region is '" + region + elsewhere);
    }
    EXPECT_EQ(refusal_of_value("dhcp_options.owner", "'000000000007'"),
              "its rows cannot be: dhcp_options.owner is '000000000007" + elsewhere);
    EXPECT_EQ(refusal_of_value("dhcp_options.is_default", "2"),
              "its rows cannot be: dhcp_options.is_default is '2', which is neither 0 nor 1");
    const std::string without =
        "its rows cannot be: vpc.is_default is '1', where no DHCP options are the default";
    EXPECT_EQ(refusal_of_value("dhcp_options.is_default", "0"), without);
    EXPECT_EQ(refusal_of_rows("UPDATE vpc SET dhcp_options_id = 'default';"
                              "UPDATE dhcp_options SET region = 'us-west-2'"),
              without);
}

TEST_F(SaveTest, OfAnAccountWithoutADefaultVpcIsTaken)
{
    TestEmulator aws;
    const auto vpc = aws.must("DescribeVpcs").text("vpcSet/item/vpcId");
    const auto options = aws.must("CreateDhcpOptions", {{"DhcpConfiguration.1.Key", "domain-name"},
                                                        {"DhcpConfiguration.1.Value.1", "lab"}})
                             .text("dhcpOptions/dhcpOptionsId");
    aws.must("AssociateDhcpOptions", {{"VpcId", vpc}, {"DhcpOptionsId", "default"}});
    aws.must("CreateVpc", {{"CidrBlock", "10.0.0.0/16"}});
    delete_default_vpc(aws);
    save_to(aws, save_);
    const auto again = from(save_);
    EXPECT_TRUE(again->call("CreateDefaultVpc").ok());
    EXPECT_TRUE(again->call("DeleteDhcpOptions", {{"DhcpOptionsId", options}}).ok());
}

TEST_F(SaveTest, OfAClockAtItsLastInstantIsTaken)
{
    TestEmulator aws;
    aws.generation().timing().clock.set(Clock::kLatestMs);
    const auto volume = new_volume(aws);
    aws.must("DeleteVolume", {{"VolumeId", volume}});
    new_volume(aws);
    save_to(aws, save_);
    EXPECT_NE(from(save_), nullptr);
}

TEST_F(SaveTest, WhosePartsHaveETagsOrChecksumsThatAreNoneIsRefused)
{
    TestEmulator aws;
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    const auto upload = s3.must("POST", "/disks/three?uploads").text("UploadId");
    s3.must("PUT", "/disks/three?partNumber=1&uploadId=" + upload, "part");
    save_to(aws, save_);
    for (const std::string etag :
         {"''", "'xyz'", "substr(etag, 2)", "upper(etag) || 'g'", "'zz' || substr(etag, 3)"}) {
        EXPECT_EQ(refusal_of_rows("UPDATE s3_part SET etag = " + etag),
                  "its rows cannot be: " + upload + ", part 1 has an ETag that is none of a part");
    }
    EXPECT_EQ(refusal_of_rows("UPDATE s3_part SET checksum = 'no base64'"),
              "its rows cannot be: " + upload + ", part 1 has a checksum that is none");
}

TEST_F(SaveTest, CountsWhatObjectsTakeOfTheDiskThatTheyAreOnNow)
{
    TestEmulator aws;
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    s3.must("PUT", "/disks/one", std::string(300'000, 'x'));
    save_to(aws, save_);
    auto frames = frames_of(bytes_of(save_));
    change_rows(frames, "UPDATE s3_blob SET held_bytes = 9223372036854775807");
    write_bytes(save_, to_save(frames));
    const auto again = from(save_);
    const auto held = sum_held_bytes(again->generation().reader().db(), kAccount);
    EXPECT_GE(held, 300'000);
    EXPECT_LT(held, 3'000'000);
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
