#include "tests/fuzz/layer_world.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>
#include <cerrno>
#include <map>

#include "storage/base/storage_error.h"
#include "storage/files/file_io.h"
#include "tests/fuzz/oracle.h"

namespace amilab::fuzz {
namespace {

constexpr const char* kFolder = "/layers";
constexpr const char* kBoot = "boot";
constexpr int kLargestNumber = 6;

std::vector<std::byte> filled(std::uint64_t length, int number)
{
    return std::vector<std::byte>(length, static_cast<std::byte>(number));
}

void make_layers(MemoryFileSystem& files)
{
    BlockStore store(files, kFolder, {.boot_id = kBoot});
    std::vector<LayerId> chain = {store.new_layer_id()};
    const auto volume = store.open_volume(chain, LayerWorld::kSize);
    const auto seal = [&] {
        auto gate = volume->close_gate(store.new_layer_id());
        gate.swap_top();
        store.sync_layer(chain.front());
        chain.insert(chain.begin(), gate.next_top());
    };
    volume->write(0, filled(2 * kBlockSize, 1));
    volume->write_zeroes(3 * kBlockSize, kBlockSize);
    seal();
    volume->write(kBlockSize, filled(kBlockSize, 2));
    volume->write(kSegmentSize, filled(kBlockSize, 3));
    seal();
    store.write_index({chain.begin() + 1, chain.end()}, [] { return true; });
    volume->write(2 * kBlockSize, filled(kBlockSize, 4));
    volume->write(kSegmentSize + kBlockSize, filled(kBlockSize, 5));
    volume->flush();
    volume->write(kSectorSize, filled(kSectorSize, kLargestNumber));
}

/// A file without its holes.
struct SavedFile {
    FileKey key;
    std::uint64_t size_bytes = 0;
    std::map<std::uint64_t, std::vector<std::byte>> runs;
};

SavedFile saved(MemoryFileSystem& files, const std::string& name)
{
    const auto file = files.open(std::string(kFolder) + '/' + name, OpenMode::kRead);
    SavedFile saved{parse_file_name(name)->key, file->status().size_bytes, {}};
    auto offset = file->seek_data(0);
    while (offset) {
        const auto end = file->seek_hole(*offset).value_or(saved.size_bytes);
        auto& run = saved.runs[*offset];
        run.resize(end - *offset);
        read_fully(*file, *offset, run);
        offset = end < saved.size_bytes ? file->seek_data(end) : std::nullopt;
    }
    return saved;
}

const std::vector<SavedFile>& all_saved()
{
    static const auto all = [] {
        MemoryFileSystem files;
        make_layers(files);
        std::vector<SavedFile> made;
        for (const auto& name : files.list_directory(kFolder)) {
            made.push_back(saved(files, name));
        }
        return made;
    }();
    return all;
}

std::string path_of(const FileKey& key)
{
    return std::string(kFolder) + '/' + file_name(key);
}

void write_all(MemoryFileSystem& files, const SavedFile& saved)
{
    const auto file = files.open(path_of(saved.key), OpenMode::kReplace);
    for (const auto& [offset, bytes] : saved.runs) {
        write_fully(*file, offset, bytes);
    }
    file->truncate(saved.size_bytes);
}

std::uint32_t checksum_of(std::span<const std::byte> bytes)
{
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return crc.checksum();
}

std::vector<std::byte> bytes_at(File& file, std::uint64_t offset, std::size_t length)
{
    std::vector<std::byte> bytes(length);
    read_or_zero(file, offset, bytes);
    return bytes;
}

void put_checksum(File& file, std::uint64_t offset, std::uint32_t checksum)
{
    std::array<std::byte, sizeof checksum> bytes;
    boost::endian::store_little_u32(reinterpret_cast<unsigned char*>(bytes.data()), checksum);
    write_fully(file, offset, bytes);
}

/// Of the pages that changes reach, and of the table.
void mend_index(File& file)
{
    constexpr std::uint64_t kReached = 32;
    constexpr std::uint64_t kLayerCountAt = 104;
    constexpr std::uint64_t kTableChecksumAt = 108;
    for (std::uint64_t page = 0; page < kReached; ++page) {
        const auto bytes = bytes_at(file, kIndexPagesAt + page * kMapPageSize, kMapPageSize);
        const auto checksum = checksum_of(bytes);
        const bool is_blank = std::all_of(bytes.begin(), bytes.end(),
                                          [](std::byte byte) { return byte == std::byte{0}; });
        put_checksum(file, kIndexChecksumsAt + page * 4, is_blank ? 0 : std::max(checksum, 1U));
    }
    const auto count = bytes_at(file, kLayerCountAt, 4);
    const auto layers =
        boost::endian::load_little_u32(reinterpret_cast<const unsigned char*>(count.data()));
    constexpr std::uint32_t kMost = 4096;
    put_checksum(file, kTableChecksumAt,
                 checksum_of(bytes_at(file, kIndexTableAt, 8 * std::min(layers, kMost))));
}

}  // namespace

LayerWorld::LayerWorld(InputReader input, const std::set<FileKind>& damaged)
{
    const auto flags = input.number<std::uint8_t>();
    boot_id_ = (flags & 1) != 0 ? "another boot" : kBoot;
    is_mended_ = (flags & 2) != 0;
    std::vector<FileKey> keys;
    for (const auto& saved : all_saved()) {
        write_all(files_, saved);
        if (damaged.contains(saved.key.kind)) {
            keys.push_back(saved.key);
        }
    }
    while (!input.is_at_end()) {
        apply(input, keys[input.number<std::uint8_t>() % keys.size()], keys);
    }
    for (const auto& key : keys) {
        if (is_mended_) {
            mend(key);
        }
    }
}

/// A byte that says where or what, and two that say how far behind.
void LayerWorld::apply(InputReader& input, const FileKey& key, const std::vector<FileKey>& keys)
{
    constexpr std::array<std::uint64_t, 5> kPlaces = {0, kMapHeaderSize, kIndexPagesAt,
                                                      kIndexTableAt, kMapFileSize};
    const auto action = input.number<std::uint8_t>() % 8U;
    const auto behind = input.number<std::uint16_t>();
    switch (action) {
        case 5: {
            const auto place = kPlaces[input.number<std::uint8_t>() % kPlaces.size()];
            files_.open(path_of(key), OpenMode::kCreate)->truncate(place + behind);
            return;
        }
        case 6:
            files_.unlink(path_of(key));
            return;
        case 7: {
            auto other = all_saved().front();
            const auto wanted = keys[behind % keys.size()];
            for (const auto& saved : all_saved()) {
                other = saved.key == wanted ? saved : other;
            }
            other.key = key;
            return write_all(files_, other);
        }
        default: {
            const auto bytes = input.take(input.number<std::uint8_t>());
            write_fully(*files_.open(path_of(key), OpenMode::kCreate), kPlaces[action] + behind,
                        std::as_bytes(bytes));
        }
    }
}

void LayerWorld::mend(const FileKey& key)
{
    const auto file = files_.open_if_exists(path_of(key), OpenMode::kReadWrite);
    if (!file) {
        return;
    }
    if (key.kind == FileKind::kIndex) {
        mend_index(*file);
    }
    constexpr std::uint64_t kChecksumAt = kSectorSize - 4;
    put_checksum(*file, kChecksumAt, checksum_of(bytes_at(*file, 0, kChecksumAt)));
}

std::unique_ptr<BlockStore> LayerWorld::open_store()
{
    return std::make_unique<BlockStore>(files_, kFolder, BlockStore::Options{.boot_id = boot_id_});
}

LayerFindings LayerWorld::check()
{
    LayerFiles layers(files_, kFolder, {.boot_id = boot_id_});
    const LayerLineage lineage{{{kBottom, std::nullopt}, {kSealed, kBottom}, {kTop, kSealed}}, {}};
    return check_layer_files(layers, lineage);
}

std::shared_ptr<LayerFiles> LayerWorld::open_files()
{
    return std::make_shared<LayerFiles>(files_, kFolder, LayerFiles::Options{.boot_id = boot_id_});
}

bool is_done(const std::function<void()>& call)
{
    try {
        call();
        return true;
    } catch (const StorageError& error) {
        constexpr std::array kRefusals = {EBADMSG, ENOTSUP, ENOENT};
        require(
            std::find(kRefusals.begin(), kRefusals.end(), error.error_number) != kRefusals.end(),
            error.what());
        require(std::string_view(error.what()).find(kFolder) != std::string_view::npos,
                "a refusal names the file");
        return false;
    }
}

bool is_plausible(const std::vector<std::byte>& bytes)
{
    for (std::size_t at = 0; at < bytes.size(); at += kSectorSize) {
        const auto sector = std::span(bytes).subspan(at, kSectorSize);
        const bool is_even = std::all_of(sector.begin(), sector.end(),
                                         [&](std::byte byte) { return byte == sector.front(); });
        if (!is_even || std::to_integer<int>(sector.front()) > kLargestNumber) {
            return false;
        }
    }
    return true;
}

}  // namespace amilab::fuzz
