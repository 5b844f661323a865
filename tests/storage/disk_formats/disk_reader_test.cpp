#include "storage/disk_formats/disk_reader.h"

#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "tests/storage/disk_formats/read_disk.h"
#include "tests/storage/files/temporary_directory.h"

namespace amilab::test {
namespace {

constexpr std::uint64_t kMib = 1 << 20;

DiskFileFormat format_of(const std::string& bytes)
{
    MemoryImage image(bytes);
    return find_format(image);
}

TEST(FindFormat, LooksAtWhatAnImageBeginsOrEndsWith)
{
    const auto disk = disk_with(kMib, {{0, "boot"}});
    EXPECT_EQ(format_of(disk), DiskFileFormat::kRaw);
    EXPECT_EQ(format_of(fixed_vhd(disk)), DiskFileFormat::kVhd);
    EXPECT_EQ(format_of(dynamic_vhd(disk)), DiskFileFormat::kVhd);
    EXPECT_EQ(format_of(stream_vmdk(disk)), DiskFileFormat::kVmdk);
    EXPECT_EQ(format_of("# Disk DescriptorFile\nversion=1\n"), DiskFileFormat::kVmdk);
    EXPECT_EQ(format_of("vhdxfile"), DiskFileFormat::kVhdx);
    EXPECT_EQ(format_of("QFI\xfb"), DiskFileFormat::kQcow2);
    EXPECT_EQ(format_of(disk_with(kMib, {{257, "ustar"}})), DiskFileFormat::kOva);
    EXPECT_EQ(format_of(""), DiskFileFormat::kRaw);
}

TEST(RawReader, GivesWhatTheImageHasAndLeavesHolesOut)
{
    const auto disk = disk_with(8 * kMib, {{0, "boot"}, {5 * kMib, "far"}});
    std::uint64_t data_bytes = 0;
    EXPECT_EQ(read_disk(DiskFileFormat::kRaw, disk, &data_bytes), disk);
    EXPECT_LE(data_bytes, 4 * kMib);
}

TEST(RawReader, FillsUpALastSectorThatIsNotWhole)
{
    auto disk = disk_with(kMib + 7, {{kMib, "the end"}});
    const auto read = read_disk(DiskFileFormat::kRaw, disk);
    disk.resize(kMib + 512);
    EXPECT_EQ(read, disk);
}

TEST(RawReader, RefusesAnEmptyImage)
{
    EXPECT_EQ(fault_of(DiskFileFormat::kRaw, ""), DiskImageFault::kUnsupported);
}

/// An image that lies in two files, the second of which has what comes from `cut` on, each behind
/// some bytes of something else; what is zero is holes, in whole blocks.
class FilesImage final : public ImageBytes {
public:
    FilesImage(const std::string& bytes, std::uint64_t cut, std::uint64_t before)
        : size_(bytes.size())
    {
        add("a", bytes.substr(0, cut), 0, before);
        add("b", bytes.substr(cut), cut, before);
    }

    std::uint64_t size_bytes() const override { return size_; }
    void read(std::uint64_t offset, std::span<std::byte> out) override
    {
        while (!out.empty()) {
            const auto bytes = *in_file(offset);
            const auto count = std::min<std::uint64_t>(out.size(), bytes.length);
            read_or_zero(*bytes.file, bytes.offset, out.first(count));
            out = out.subspan(count);
            offset += count;
        }
    }
    std::uint64_t next_data(std::uint64_t offset) override
    {
        while (offset < size_) {
            const auto bytes = *in_file(offset);
            const auto found = bytes.file->seek_data(bytes.offset);
            if (found && *found < bytes.offset + bytes.length) {
                return offset + (*found - bytes.offset);
            }
            offset += bytes.length;
        }
        return size_;
    }
    std::optional<FileBytes> in_file(std::uint64_t offset) override
    {
        const auto& part = offset < parts_[1].begin ? parts_[0] : parts_[1];
        const auto inside = offset - part.begin;
        return FileBytes{part.file.get(), part.before + inside, part.length - inside};
    }

private:
    struct Part {
        std::unique_ptr<File> file;
        std::uint64_t begin;
        std::uint64_t length;
        std::uint64_t before;
    };

    void add(const std::string& name, const std::string& bytes, std::uint64_t begin,
             std::uint64_t before)
    {
        constexpr std::uint64_t kBlock = 64 << 10;
        auto file = files_.open(directory_.path() + '/' + name, OpenMode::kCreateNew);
        file->truncate(before + bytes.size() + kBlock);
        for (std::uint64_t at = 0; at < bytes.size(); at += kBlock) {
            const auto block = std::string_view(bytes).substr(at, kBlock);
            if (block.find_first_not_of('\0') != std::string_view::npos) {
                write_fully(*file, before + at, std::as_bytes(std::span(block)));
            }
        }
        parts_.push_back({std::move(file), begin, bytes.size(), before});
    }

    TemporaryDirectory directory_;
    PosixFileSystem files_;
    const std::uint64_t size_;
    std::vector<Part> parts_;
};

/// The disk, and how many bytes of it were given where they lie.
std::pair<std::string, std::uint64_t> read_in_files(DiskFileFormat format, ImageBytes& image)
{
    const auto reader = open_disk_reader(format, image);
    std::string disk(reader->size_bytes(), '\0');
    std::vector<std::byte> buffer(kDiskPieceBytes);
    std::uint64_t in_files = 0;
    for (;;) {
        if (const auto piece = reader->next_in_file()) {
            EXPECT_LE(piece->bytes.length, kDiskPieceBytes);
            EXPECT_EQ(piece->offset % (64 << 10), 0U);
            EXPECT_EQ(piece->bytes.offset % (64 << 10), 0U);
            EXPECT_EQ(piece->bytes.length % (64 << 10), 0U);
            read_or_zero(*piece->bytes.file, piece->bytes.offset,
                         std::as_writable_bytes(std::span(disk))
                             .subspan(piece->offset, piece->bytes.length));
            in_files += piece->bytes.length;
        } else if (const auto looked = reader->next(buffer)) {
            std::memcpy(disk.data() + looked->offset, looked->bytes.data(), looked->bytes.size());
        } else {
            return {disk, in_files};
        }
    }
}

/// Of 6 MiB, with holes, and an end that is no whole block.
std::string some_disk()
{
    auto disk = disk_with(6 * kMib + 1024, {{6 * kMib + 600, "the end"}});
    disk.replace(0, 2 * kMib, 2 * kMib, 'a');
    disk.replace(3 * kMib, 100, 100, 'b');
    disk.replace(5 * kMib - (64 << 10), kMib, kMib, 'c');
    return disk;
}

TEST(RawReader, TellsWhereBlocksLieInFiles)
{
    const auto disk = some_disk();
    constexpr std::uint64_t kBlock = 64 << 10;
    for (const auto cut : {disk.size(), 4 * kMib, kMib + kBlock}) {
        FilesImage image(disk, cut, 0);
        const auto [read, in_files] = read_in_files(DiskFileFormat::kRaw, image);
        EXPECT_EQ(read, disk) << cut;
        EXPECT_EQ(in_files, 3 * kMib + kBlock) << cut;
    }
}

TEST(RawReader, ReadsWhatLiesInFilesAtOtherPlaces)
{
    const auto disk = some_disk();
    constexpr std::uint64_t kBlock = 64 << 10;
    {
        FilesImage image(disk, 4 * kMib, 512);
        const auto [read, in_files] = read_in_files(DiskFileFormat::kRaw, image);
        EXPECT_EQ(read, disk);
        EXPECT_EQ(in_files, 0U);
    }
    {
        FilesImage image(disk, kMib + 1000, 0);
        const auto [read, in_files] = read_in_files(DiskFileFormat::kRaw, image);
        EXPECT_EQ(read, disk);
        EXPECT_EQ(in_files, kMib) << "the second file has blocks of the disk in two of its own";
    }
    {
        FilesImage image(disk, kMib + 1000, 3 * kBlock);
        EXPECT_EQ(read_in_files(DiskFileFormat::kRaw, image).first, disk);
    }
}

TEST(RawReader, GoesOnWhereWhateverWasAskedHasCome)
{
    const auto disk = some_disk();
    FilesImage image(disk, kMib + (64 << 10), 0);
    const auto reader = open_disk_reader(DiskFileFormat::kRaw, image);
    std::string read(disk.size(), '\0');
    std::vector<std::byte> buffer(kDiskPieceBytes);
    for (bool in_file = true;; in_file = !in_file) {
        if (const auto piece = in_file ? reader->next_in_file() : std::nullopt) {
            read_or_zero(*piece->bytes.file, piece->bytes.offset,
                         std::as_writable_bytes(std::span(read))
                             .subspan(piece->offset, piece->bytes.length));
        } else if (const auto looked = reader->next(buffer)) {
            std::memcpy(read.data() + looked->offset, looked->bytes.data(), looked->bytes.size());
        } else {
            break;
        }
    }
    EXPECT_EQ(read, disk);
}

TEST(FixedVhd, TellsWhereBlocksLieInFiles)
{
    auto disk = some_disk();
    const auto bytes = fixed_vhd(disk);
    FilesImage image(bytes, 4 * kMib, 0);
    const auto [read, in_files] = read_in_files(DiskFileFormat::kVhd, image);
    EXPECT_EQ(read, disk);
    EXPECT_EQ(in_files, 3 * kMib + (64 << 10));
}

TEST(OpenDiskReader, RefusesFormatsThatNothingHereReads)
{
    for (const auto format : {DiskFileFormat::kQcow2, DiskFileFormat::kOva}) {
        EXPECT_EQ(fault_of(format, std::string(kMib, 'x')), DiskImageFault::kUnsupported);
    }
}

}  // namespace
}  // namespace amilab::test
