#include "storage/blocks/layer_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "storage/base/storage_error.h"
#include "storage/blocks/block_store.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kMiB = 1 << 20;

TEST(FileNames, AreParsedAsTheyAreWritten)
{
    const FileKey key{LayerId{0xabc}, 63, FileKind::kMap};
    EXPECT_EQ(file_name(key), "0000000000000abc.3f.map");
    EXPECT_EQ(parse_file_name(file_name(key))->key, key);
    EXPECT_FALSE(parse_file_name(file_name(key))->is_new);
    EXPECT_EQ(parse_file_name(new_file_name(key))->key, key);
    EXPECT_TRUE(parse_file_name(new_file_name(key))->is_new);
    for (const auto kind : kFileKinds) {
        EXPECT_EQ(parse_file_name(file_name({LayerId{1}, 0, kind}))->key.kind, kind);
    }
}

TEST(FileNames, OfOthersAreNotOurs)
{
    for (const auto* name :
         {"", "x", "0000000000000abc.3f.maps", "0000000000000abc.40.map", "0000000000000ABC.3f.map",
          "0000000000000abc.3f.", "000000000000abc.3f.map", "0000000000000abc-3f.map",
          "0000000000000abc.3f.new", "-000000000000abc.3f.map", "0000000000000abc.+1.map"}) {
        EXPECT_FALSE(parse_file_name(name)) << name;
    }
}

/// A flushed and sealed layer with one data block, whose files are then damaged.
class DamagedFiles : public testing::Test {
protected:
    DamagedFiles()
    {
        BlockStore store(files_, directory_.path(), {.boot_id = "boot"});
        layer_ = store.new_layer_id();
        const auto volume = store.open_volume({layer_}, kMiB);
        volume->write(0, filled(512, 1));
        volume->flush();
    }

    std::string path(FileKind kind) const
    {
        return directory_.path() + '/' + file_name({layer_, 0, kind});
    }

    void patch(FileKind kind, std::uint64_t offset, std::string_view bytes) const
    {
        std::fstream file(path(kind), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(offset));
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        ASSERT_TRUE(file.good());
    }

    /// As patch, with the header's checksum made right again.
    void patch_header(FileKind kind, std::uint64_t offset, std::string_view bytes) const
    {
        patch(kind, offset, bytes);
        std::array<char, kSectorSize> header{};
        std::ifstream(path(kind), std::ios::binary).read(header.data(), header.size());
        boost::crc_32_type crc;
        crc.process_bytes(header.data(), header.size() - 4);
        std::array<unsigned char, 4> sum{};
        boost::endian::store_little_u32(sum.data(), crc.checksum());
        patch(kind, header.size() - 4, {reinterpret_cast<const char*>(sum.data()), sum.size()});
    }

    std::string refusal(const std::string& boot_id)
    {
        return message_of([&] { read(boot_id); });
    }
    int error(const std::string& boot_id)
    {
        return error_of([&] { read(boot_id); });
    }
    std::vector<std::byte> read(const std::string& boot_id)
    {
        BlockStore store(files_, directory_.path(), {.boot_id = boot_id});
        return read_bytes(*store.open_volume({layer_}, kMiB), 0, 512);
    }

    TemporaryDirectory directory_;
    PosixFileSystem files_;
    LayerId layer_{};
};

TEST_F(DamagedFiles, WholeOnesAreRead)
{
    EXPECT_EQ(read("boot"), filled(512, 1));
    EXPECT_EQ(read("another boot"), filled(512, 1));
}

TEST_F(DamagedFiles, AHeaderThatIsNotOneIsRefusedByName)
{
    patch(FileKind::kMap, 0, "X");
    EXPECT_EQ(error("another boot"), EBADMSG);
    EXPECT_THAT(refusal("another boot"), HasSubstr(path(FileKind::kMap)));
    patch(FileKind::kLiveMap, 0, "X");
    EXPECT_EQ(error("boot"), EBADMSG);
    EXPECT_THAT(refusal("boot"), HasSubstr(path(FileKind::kLiveMap)));
}

TEST_F(DamagedFiles, AnyChangedByteOfTheHeaderIsRefused)
{
    for (std::uint64_t offset = 0; offset < kSectorSize; ++offset) {
        std::ifstream file(path(FileKind::kMap), std::ios::binary);
        file.seekg(static_cast<std::streamoff>(offset));
        const auto byte = static_cast<char>(file.get());
        patch(FileKind::kMap, offset, std::string(1, static_cast<char>(byte ^ 0x10)));
        ASSERT_EQ(error("another boot"), EBADMSG) << "byte " << offset;
        patch(FileKind::kMap, offset, std::string(1, byte));
    }
    EXPECT_EQ(read("another boot"), filled(512, 1));
}

TEST_F(DamagedFiles, ANewerFormatIsRefusedByItsNumber)
{
    patch_header(FileKind::kMap, 8, std::string_view("\x03", 1));
    EXPECT_EQ(error("another boot"), ENOTSUP);
    EXPECT_THAT(refusal("another boot"), HasSubstr("layer format 3, this amilab reads up to 2"));
}

TEST_F(DamagedFiles, ChecksumsHaveAFormatVersionOfTheirOwn)
{
    const FileKey key{layer_, 0, FileKind::kChecksums};
    const auto header = encode_checksums_header(key);
    EXPECT_EQ(header[8], static_cast<std::byte>(kChecksumsVersion));
    const auto read_header = [&] {
        read_checksums_header(*files_.open(path(FileKind::kChecksums), OpenMode::kRead), key);
    };
    std::ofstream(path(FileKind::kChecksums), std::ios::binary)
        .write(reinterpret_cast<const char*>(header.data()), header.size());
    read_header();
    patch_header(FileKind::kChecksums, 8, std::string(1, static_cast<char>(kChecksumsVersion + 1)));
    EXPECT_EQ(error_of(read_header), ENOTSUP);
    patch_header(FileKind::kChecksums, 8, std::string(1, static_cast<char>(kChecksumsVersion - 1)));
    EXPECT_EQ(error_of(read_header), EBADMSG);
}

TEST_F(DamagedFiles, AMapOfAnotherLayerSegmentKindOrGrainIsRefused)
{
    for (const auto offset : {12, 16, 24, 28, 32, 200}) {
        std::array<char, 1> before{};
        std::ifstream file(path(FileKind::kMap), std::ios::binary);
        file.seekg(offset);
        file.read(before.data(), 1);
        patch_header(FileKind::kMap, static_cast<std::uint64_t>(offset), "\x07");
        EXPECT_EQ(error("another boot"), EBADMSG) << "byte " << offset;
        patch_header(FileKind::kMap, static_cast<std::uint64_t>(offset), {before.data(), 1});
    }
    EXPECT_EQ(read("another boot"), filled(512, 1));
}

TEST_F(DamagedFiles, AMapOfTheWrongLengthIsRefused)
{
    std::filesystem::resize_file(path(FileKind::kMap), kMapFileSize + 1);
    EXPECT_EQ(error("another boot"), EBADMSG);
    std::filesystem::resize_file(path(FileKind::kMap), 100);
    EXPECT_EQ(error("another boot"), EBADMSG);
}

TEST_F(DamagedFiles, AStateThatDoesNotExistIsRefusedByItsBlock)
{
    // Block 5: the third pair of bits in the second byte.
    patch(FileKind::kMap, kMapHeaderSize + 1, std::string_view("\x0c", 1));
    EXPECT_EQ(error("another boot"), EBADMSG);
    EXPECT_THAT(refusal("another boot"),
                AllOf(HasSubstr(path(FileKind::kMap)), HasSubstr("block 5 has state 3")));
}

TEST_F(DamagedFiles, MissingDataIsRefusedByName)
{
    std::filesystem::remove(path(FileKind::kData));
    EXPECT_EQ(error("boot"), EBADMSG);
    EXPECT_THAT(refusal("boot"), HasSubstr(path(FileKind::kData)));
}

TEST_F(DamagedFiles, DamageOfOneLayerLeavesTheOthersAlone)
{
    patch(FileKind::kLiveMap, 0, "X");
    BlockStore store(files_, directory_.path(), {.boot_id = "boot"});
    const auto damaged = store.open_volume({layer_}, kMiB);
    const auto other = store.open_volume({store.new_layer_id()}, kMiB);
    other->write(0, filled(512, 2));
    EXPECT_EQ(error_of([&] { damaged->write(0, filled(512, 3)); }), EBADMSG);
    EXPECT_EQ(read_bytes(*other, 0, 512), filled(512, 2));
}

TEST_F(DamagedFiles, ABlankLiveMapIsWhatPowerLossLeaves)
{
    std::filesystem::resize_file(path(FileKind::kLiveMap), 0);
    EXPECT_EQ(read("another boot"), filled(512, 1));
    std::filesystem::resize_file(path(FileKind::kLiveMap), kMapFileSize);
    EXPECT_EQ(read("another boot"), filled(512, 1));
}

TEST_F(DamagedFiles, ALiveMapThatThisBootWroteIsNotGoneWithoutDamage)
{
    for (const auto size : {std::uint64_t{0}, kMapFileSize}) {
        std::filesystem::resize_file(path(FileKind::kLiveMap), 0);
        std::filesystem::resize_file(path(FileKind::kLiveMap), size);
        EXPECT_EQ(error("boot"), EBADMSG);
        EXPECT_THAT(refusal("boot"), HasSubstr(path(FileKind::kLiveMap)));
    }
    std::filesystem::remove(path(FileKind::kLiveMap));
    EXPECT_EQ(error("boot"), EBADMSG);
    EXPECT_EQ(read("another boot"), filled(512, 1));
}

TEST_F(DamagedFiles, AMapThatIsShorterThanItWasIsRefused)
{
    for (const auto kind : {FileKind::kLiveMap, FileKind::kMap}) {
        std::filesystem::resize_file(path(kind), kMapHeaderSize);
        const auto* boot = kind == FileKind::kLiveMap ? "boot" : "another boot";
        EXPECT_EQ(error(boot), EBADMSG);
        EXPECT_THAT(refusal(boot), HasSubstr(path(kind) + ": the file is damaged: it ends at"));
    }
}

TEST_F(DamagedFiles, DataThatEndBeforeTheirMapIsRefusedAndNeverReadAsZeros)
{
    const auto data = path(FileKind::kData);
    for (const auto size : {kBlockSize - kSectorSize, kSectorSize, std::uint64_t{0}}) {
        std::filesystem::resize_file(data, size);
        EXPECT_EQ(error_of([&] {
                      BlockStore store(files_, directory_.path(), {.boot_id = "boot"});
                      read_bytes(*store.open_volume({layer_}, kMiB), 0, kBlockSize);
                  }),
                  EBADMSG)
            << size;
    }
    EXPECT_THAT(refusal("boot"), HasSubstr(data + ": the file is damaged: it ends at 0"));
}

TEST_F(DamagedFiles, OfTheFirstFormatMayEndWithinTheLastBlock)
{
    for (const auto kind : {FileKind::kLiveMap, FileKind::kMap}) {
        patch_header(kind, 120, std::string_view("\0", 1));
        patch_header(kind, 8, std::string_view("\x01", 1));
    }
    std::filesystem::resize_file(path(FileKind::kData), kSectorSize);
    {
        BlockStore store(files_, directory_.path(), {.boot_id = "boot"});
        const auto volume = store.open_volume({layer_}, kMiB);
        EXPECT_EQ(read_bytes(*volume, 0, kSectorSize), filled(kSectorSize, 1));
        EXPECT_EQ(read_bytes(*volume, kSectorSize, kSectorSize), filled(kSectorSize, 0));
        volume->write(2 * kBlockSize, filled(kSectorSize, 2));
        volume->flush();
    }
    BlockStore store(files_, directory_.path(), {.boot_id = "another boot"});
    EXPECT_EQ(read_bytes(*store.open_volume({layer_}, kMiB), 2 * kBlockSize, kSectorSize),
              filled(kSectorSize, 2));
}

/// What rows know of a layer, and the next store expects.
class ExpectedLayers : public DamagedFiles {
protected:
    ExpectedLayers()
    {
        BlockStore store(files_, directory_.path(), {.boot_id = "boot"});
        store.sync_layer(layer_);
        record_ = store.record_of(layer_);
    }

    int error()
    {
        BlockStore store(
            files_, directory_.path(),
            {.boot_id = "boot", .expectations = {{layer_, LayerExpectation{.record = record_}}}});
        return error_of([&] { read_bytes(*store.open_snapshot({layer_}, kMiB), 0, 512); });
    }
    std::vector<std::string> missing()
    {
        const BlockStore store(
            files_, directory_.path(),
            {.boot_id = "boot", .expectations = {{layer_, LayerExpectation{.record = record_}}}});
        std::vector<std::string> paths;
        for (const auto& [layer, path] : store.missing_files()) {
            EXPECT_EQ(layer, layer_);
            paths.push_back(path);
        }
        return paths;
    }

    LayerRecord record_;
};

TEST_F(ExpectedLayers, AreRead)
{
    EXPECT_EQ(record_.segments, 1U);
    EXPECT_EQ(record_.blocks, 1U);
    EXPECT_EQ(error(), 0);
    EXPECT_THAT(missing(), testing::IsEmpty());
}

TEST_F(ExpectedLayers, WithoutAMapAreRefusedAndNamed)
{
    std::filesystem::remove(path(FileKind::kMap));
    EXPECT_EQ(error(), EBADMSG);
    EXPECT_THAT(missing(), testing::ElementsAre(path(FileKind::kMap)));
}

TEST_F(ExpectedLayers, WithoutAnyFileAreRefusedAndNamed)
{
    std::filesystem::remove(path(FileKind::kMap));
    std::filesystem::remove(path(FileKind::kData));
    EXPECT_EQ(error(), EBADMSG);
    EXPECT_THAT(missing(),
                testing::UnorderedElementsAre(path(FileKind::kMap), path(FileKind::kData)));
}

TEST_F(ExpectedLayers, WithAnotherMapAreRefused)
{
    // Block 1 is called data too; then block 0 zero.
    patch(FileKind::kMap, kMapHeaderSize, std::string_view("\x05", 1));
    EXPECT_EQ(error(), EBADMSG);
    patch(FileKind::kMap, kMapHeaderSize, std::string_view("\x02", 1));
    EXPECT_EQ(error(), EBADMSG);
    patch(FileKind::kMap, kMapHeaderSize, std::string_view("\x01", 1));
    EXPECT_EQ(error(), 0);
}

TEST_F(ExpectedLayers, MadeInThisBootHaveAMapWhereThereAreBytes)
{
    for (const auto kind : {FileKind::kLiveMap, FileKind::kMap}) {
        std::filesystem::remove(path(kind));
    }
    const auto read_by = [&](bool is_of_this_boot) {
        BlockStore store(
            files_, directory_.path(),
            {.boot_id = "boot",
             .expectations = {{layer_, LayerExpectation{.is_of_this_boot = is_of_this_boot}}}});
        read_bytes(*store.open_volume({layer_}, kMiB), 0, 512);
    };
    EXPECT_EQ(error_of([&] { read_by(true); }), EBADMSG);
    EXPECT_EQ(error_of([&] { read_by(false); }), 0);
}

/// Random bytes anywhere in a map, the header's checksum made right or not: the map is refused by
/// its name, or what is read are bytes that the data file or a hole has.
TEST_F(DamagedFiles, AnyChangeOfAMapIsRefusedByNameOrHarmless)
{
    std::mt19937_64 random(test_seed());
    std::ifstream original(path(FileKind::kMap), std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(original), {});
    for (std::uint64_t run = 0; run < 300 * patience(); ++run) {
        for (auto changes = 1 + random() % 3; changes > 0; --changes) {
            const auto at = random() % 2 == 0 ? random() % kSectorSize
                                              : random() % (kMapHeaderSize + kMapPageSize);
            const std::string bytes = {static_cast<char>(random()), static_cast<char>(random())};
            random() % 2 == 0 && at < kSectorSize - 8 ? patch_header(FileKind::kMap, at, bytes)
                                                      : patch(FileKind::kMap, at, bytes);
        }
        if (random() % 8 == 0) {
            std::filesystem::resize_file(path(FileKind::kMap), random() % (2 * kMapFileSize));
        }
        const auto text = refusal("another boot");
        if (text.empty()) {
            const auto bytes = read("another boot");
            EXPECT_TRUE(bytes == filled(512, 1) || bytes == filled(512, 0));
        } else {
            EXPECT_THAT(text, HasSubstr(path(FileKind::kMap)));
        }
        std::ofstream(path(FileKind::kMap), std::ios::binary | std::ios::trunc) << whole;
        ASSERT_FALSE(HasFailure()) << "run " << run;
    }
    EXPECT_EQ(read("another boot"), filled(512, 1));
}

}  // namespace
}  // namespace amilab
