// Saves of a server that are anything: one that lacks a part, or has it otherwise, is refused by a
// line that names the save, and what is taken is whole to a check.
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "storage/base/storage_error.h"
#include "storage/blocks/layer_check.h"
#include "storage/files/posix_file_system.h"
#include "storage/metadata/layers/layer_record_rows.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/sql/migrations.h"
#include "storage/state/restore.h"
#include "tests/fuzz/input_reader.h"
#include "tests/fuzz/oracle.h"
#include "tests/support/save_frames.h"

namespace amilab::fuzz {
namespace {

namespace fs = std::filesystem;
using save_format::FrameKind;
using test::SavedFrame;
using test::SaveFrames;

constexpr const char* kBoot = "boot";
constexpr std::size_t kPage = 512;

/// A folder of the process, in memory where there is one.
class Place {
public:
    Place()
    {
        const bool has_memory = access("/dev/shm", W_OK) == 0;
        auto pattern =
            (has_memory ? "/dev/shm" : fs::temp_directory_path().string()) + "/fuzz-saves-XXXXXX";
        require(mkdtemp(pattern.data()) != nullptr, "there is a folder");
        folder_ = pattern;
    }
    ~Place()
    {
        std::error_code error;
        fs::remove_all(folder_, error);
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    std::string save() const { return folder_ + "/one.save"; }
    std::string rows() const { return generation() + "/metadata.sqlite"; }
    std::string generation() const { return folder_ + "/generation-1"; }
    /// Empty.
    void make_generation() const
    {
        fs::remove_all(generation());
        fs::create_directory(generation());
    }

private:
    std::string folder_;
};

const Place& place()
{
    static const Place one;
    return one;
}

/// All tables, which a start compares with those that it makes, in pages that are small.
std::vector<std::byte> small_rows()
{
    place().make_generation();
    {
        Database db(place().rows(), Database::Mode::kReadWrite);
        db.run("PRAGMA synchronous = OFF");
        migrate(db);
        db.run(
            "INSERT INTO layer (id, parent_id, sealed, synced, created_ms)"
            " VALUES (1, NULL, 1, 1, 0), (2, 1, 1, 0, 0), (3, 2, 0, 0, 0);"
            "INSERT INTO s3_blob (number, account, size_bytes, held_bytes)"
            " VALUES (1, '123456789012', 700, 4096), (2, '123456789012', 0, 0);"
            "INSERT INTO s3_bucket (name, owner, region, created_ms, ownership, acl, tags)"
            " VALUES ('disks', '123456789012', 'us-east-1', 0, 'BucketOwnerEnforced', 'private',"
            "  '');"
            "INSERT INTO s3_content (number, size_bytes) VALUES (1, 700);"
            "INSERT INTO s3_piece (content, start_bytes, length_bytes, blob, offset_bytes)"
            " VALUES (1, 0, 200, 1, 0), (1, 200, 500, 1, 200);"
            "INSERT INTO s3_object (bucket, key, owner, content, size_bytes, modified_ms, etag,"
            "  headers, metadata, tags, acl)"
            " VALUES ('disks', 'a', '123456789012', 1, 700, 0, '', '', '', '', 'private')");
        db.run(fmt::format("PRAGMA page_size = {}", kPage));
        db.run("VACUUM");
    }
    std::ifstream file(place().rows(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

/// Three layers, of which the top is empty, and two objects, of which one is.
SaveFrames make_save()
{
    SaveFrames save{
        .header = {.rows_version = static_cast<std::uint32_t>(schema_version()), .program = "fuzz"},
        .frames = {}};
    const auto add = [&](const save_format::Frame& frame, std::vector<std::byte> payload = {}) {
        save.frames.push_back({frame, std::move(payload)});
    };
    const auto rows = small_rows();
    constexpr std::size_t kPieces = 4;
    const auto piece = (rows.size() / kPage + kPieces - 1) / kPieces * kPage;
    for (std::size_t at = 0; at < rows.size(); at += piece) {
        const auto part = std::span(rows).subspan(at, std::min(piece, rows.size() - at));
        add({.kind = FrameKind::kRows, .offset = at, .length = part.size()},
            {part.begin(), part.end()});
    }
    const std::vector<std::byte> block(kBlockSize, std::byte{1});
    add({.kind = FrameKind::kLayerData, .id = 1, .length = kBlockSize}, block);
    add({.kind = FrameKind::kEmptyLayerData, .id = 1, .offset = kBlockSize, .length = kBlockSize});
    add({.kind = FrameKind::kLayerZeros, .id = 1, .offset = kSegmentSize, .length = kBlockSize});
    add({.kind = FrameKind::kLayerEnd, .id = 1, .length = 3});
    add({.kind = FrameKind::kLayerZeros, .id = 2, .length = 2 * kBlockSize});
    add({.kind = FrameKind::kLayerEnd, .id = 2, .length = 2});
    add({.kind = FrameKind::kLayerEnd, .id = 3});
    add({.kind = FrameKind::kBlobData, .id = 1, .offset = 100, .length = 600},
        std::vector(600, std::byte{2}));
    add({.kind = FrameKind::kBlobEnd, .id = 1, .length = 700});
    add({.kind = FrameKind::kBlobEnd, .id = 2});
    return save;
}

const SaveFrames& whole_save()
{
    static const auto save = make_save();
    return save;
}

/// A byte that says what is done, one that says to which frame, and what that takes.
void change(SaveFrames& save, InputReader& input)
{
    constexpr std::array<std::uint64_t, 4> kUnits = {1, kPage, kBlockSize, kSegmentSize};
    auto& frames = save.frames;
    const auto action = input.number<std::uint8_t>() % 8U;
    const auto at = input.number<std::uint8_t>() % std::max<std::size_t>(frames.size(), 1);
    if (frames.empty()) {
        return;
    }
    auto& [frame, payload] = frames[at];
    switch (action) {
        case 0:
            frames.erase(frames.begin() + static_cast<std::ptrdiff_t>(at));
            return;
        case 1: {
            const auto twice = frames[at];
            const auto where = input.number<std::uint8_t>() % (frames.size() + 1);
            frames.insert(frames.begin() + static_cast<std::ptrdiff_t>(where), twice);
            return;
        }
        case 2:
            std::swap(frames[at], frames[input.number<std::uint8_t>() % frames.size()]);
            return;
        case 3:
            frame.kind = static_cast<FrameKind>(input.number<std::uint8_t>());
            return;
        case 4:
            frame.id = input.number<std::uint8_t>();
            return;
        case 5:
            frame.offset = input.number<std::uint16_t>() * kUnits[input.number<std::uint8_t>() % 4];
            return;
        case 6:
            // No more than makes a file within a moment.
            frame.length = input.number<std::uint8_t>() * kUnits[input.number<std::uint8_t>() % 3];
            payload.resize(payload.empty() ? 0
                                           : std::min<std::size_t>(frame.length, 4 * kBlockSize));
            return;
        default:
            if (!payload.empty()) {
                payload[input.number<std::uint16_t>() % payload.size()] =
                    static_cast<std::byte>(input.number<std::uint8_t>());
            }
            return;
    }
}

/// First a byte of flags. 1: the rest is the file. 2: two bytes say how much less there is of the
/// file, and three which of its bytes is changed, in what; checksums are not made right again. Then
/// changes.
std::vector<std::byte> save_of(InputReader input)
{
    const auto flags = input.number<std::uint8_t>();
    if ((flags & 1) != 0) {
        const auto rest = std::as_bytes(input.rest());
        return {rest.begin(), rest.end()};
    }
    const std::size_t less = (flags & 2) != 0 ? input.number<std::uint16_t>() : 0;
    const std::size_t changed = (flags & 2) != 0 ? input.number<std::uint16_t>() : 0;
    const auto other = static_cast<std::byte>((flags & 2) != 0 ? input.number<std::uint8_t>() : 0);
    auto save = whole_save();
    constexpr int kMostChanges = 32;
    for (int count = 0; count < kMostChanges && !input.is_at_end(); ++count) {
        change(save, input);
    }
    auto bytes = test::to_save(save);
    bytes[changed % bytes.size()] ^= other;
    bytes.resize(bytes.size() - std::min(less, bytes.size()));
    return bytes;
}

/// What has been put back has no damage that a check would find in files.
void expect_whole()
{
    PosixFileSystem files;
    LayerFiles layers(files, place().generation() + "/layers",
                      {.boot_id = kBoot, .survives_power_loss = false});
    LayerLineage lineage;
    Database db(place().rows(), Database::Mode::kReadWrite);
    for (const auto& row : select_layers(db)) {
        lineage.parents.emplace(row.id, row.parent);
    }
    lineage.expectations = select_layer_expectations(db, kBoot);
    const auto found = check_layer_files(layers, lineage);
    require(found.problems.empty(), found.problems.empty() ? "" : *found.problems.begin());
    require(found.lost.empty() && found.leftovers.empty(), "what is put back is what rows name");
}

void expect_refused(const StorageError& error)
{
    // Rows whose checksums are right and whose tables are others: SQLite says what it misses. And
    // not every disk has files so large.
    if (error.path == place().rows() || error.error_number == EFBIG) {
        return;
    }
    const std::string_view words = error.what();
    require(words.find('\n') == std::string_view::npos, "a refusal is one line");
    require(error.error_number == EBADMSG || error.error_number == EPROTO, words);
    require(error.path == place().save(), "a refusal names the save");
}

/// One that is refused whatever is changed in it finds nothing.
bool require_whole_save_is_taken()
{
    const auto save = test::to_save(whole_save());
    std::ofstream(place().save(), std::ios::binary)
        .write(reinterpret_cast<const char*>(save.data()),
               static_cast<std::streamsize>(save.size()));
    place().make_generation();
    restore_save(place().save(), place().generation(), Durability::kPrivate, kBoot);
    expect_whole();
    return true;
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    static const bool is_taken = fuzz::require_whole_save_is_taken();
    fuzz::require(is_taken, "the save is whole before it is changed");
    const auto save = fuzz::save_of(fuzz::InputReader(std::span(data, size)));
    const auto& place = fuzz::place();
    std::ofstream(place.save(), std::ios::binary)
        .write(reinterpret_cast<const char*>(save.data()),
               static_cast<std::streamsize>(save.size()));
    place.make_generation();
    try {
        restore_save(place.save(), place.generation(), Durability::kPrivate, fuzz::kBoot);
    } catch (const StorageError& error) {
        fuzz::expect_refused(error);
        return 0;
    }
    fuzz::expect_whole();
    return 0;
}
