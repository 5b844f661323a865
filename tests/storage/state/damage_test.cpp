#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <optional>
#include <random>
#include <regex>
#include <set>

#include "storage/base/storage_error.h"
#include "storage/blocks/layer_format.h"
#include "storage/files/file_io.h"
#include "storage/files/posix_file_system.h"
#include "storage/state/check.h"
#include "tests/storage/blocks/harness.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/disks.h"

namespace amilab::test {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBlocksRead = 40;
constexpr int kSnapshots = 18;  // enough for an index

enum class Harm { kRemoved, kEmptied, kCut, kCutLittle, kFlipped, kSwapped };
constexpr std::array kHarms = {Harm::kRemoved,   Harm::kEmptied, Harm::kCut,
                               Harm::kCutLittle, Harm::kFlipped, Harm::kSwapped};

std::string name_of(Harm harm)
{
    switch (harm) {
        case Harm::kRemoved:
            return "removed";
        case Harm::kEmptied:
            return "emptied";
        case Harm::kCut:
            return "cut";
        case Harm::kCutLittle:
            return "cut a little";
        case Harm::kFlipped:
            return "flipped";
        case Harm::kSwapped:
            return "swapped";
    }
    return "";
}

/// "layers/*.map", "metadata.sqlite-wal", "current"
std::string kind_of(const fs::path& file)
{
    const bool is_layer = file.parent_path().filename() == "layers";
    return is_layer ? "layers/*" + file.extension().string() : file.filename().string();
}

DataDirectory::Options options_of(const std::string& path)
{
    DataDirectory::Options options;
    options.path = path;
    options.report = [](auto) {};
    options.checksums = DataChecksums::kKept;
    return options;
}

/// With the words of what the background reports in `told`.
DataDirectory::Options options_of(const std::string& path, std::vector<std::string>& told)
{
    auto options = options_of(path);
    options.report = [&told](auto exception) {
        try {
            std::rethrow_exception(exception);
        } catch (const std::exception& error) {
            told.emplace_back(error.what());
        }
    };
    return options;
}

/// What each disk reads as.
using Disks = std::map<std::string, std::vector<std::byte>>;

std::vector<std::byte> read_disk(TestEmulator& aws, const std::string& id)
{
    const auto length = kBlocksRead * kBlockSize;
    return id.starts_with("vol-") ? read_bytes(*open_volume(aws, id), 0, length)
                                  : read_bytes(*open_snapshot(aws, id), 0, length);
}

/// Indexes are large, and nearly all of them holes.
void copy_sparse(const fs::path& from, const fs::path& to)
{
    PosixFileSystem files;
    const auto source = files.open(from.string(), OpenMode::kRead);
    const auto copy = files.open(to.string(), OpenMode::kReplace);
    copy->truncate(source->status().size_bytes);
    auto begin = source->seek_data(0);
    while (begin) {
        const auto end = *source->seek_hole(*begin);
        std::vector<std::byte> bytes(end - *begin);
        read_or_zero(*source, *begin, bytes);
        write_fully(*copy, *begin, bytes);
        begin = source->seek_data(end);
    }
}

void copy_folder(const fs::path& from, const fs::path& to)
{
    for (const auto& entry : fs::recursive_directory_iterator(from)) {
        const auto place = to / fs::relative(entry.path(), from);
        fs::create_directories(place.parent_path());
        if (entry.is_regular_file()) {
            copy_sparse(entry.path(), place);
        }
    }
}

/// A data directory as a server left it, with what its disks read as.
struct World {
    TemporaryDirectory directory;
    Disks disks;

    std::string path() const { return directory.path() + "/data"; }
};

/// A volume with snapshots, each of which has a block of its own and one that all write.
std::string make_disks(TestEmulator& aws, std::vector<std::string>& ids)
{
    auto volume = create_volume(aws);
    ids.push_back(volume);
    for (int index = 1; index <= kSnapshots; ++index) {
        const auto open = open_volume(aws, volume);
        open->write(static_cast<std::uint64_t>(index) * kBlockSize, filled(4096, index));
        open->write(0, filled(kBlockSize, index));
        ids.push_back(create_snapshot(aws, volume));
    }
    open_volume(aws, volume)->write(30 * kBlockSize, filled(kBlockSize, 99));
    return volume;
}

/// Ended as it should be.
const World& closed_world()
{
    static const World* const world = [] {
        auto* made = new World;
        std::vector<std::string> ids;
        TestEmulator aws(options_of(made->path()));
        make_disks(aws, ids);
        aws.data().sweep();
        aws.data().background().drain();
        for (const auto& id : ids) {
            made->disks[id] = read_disk(aws, id);
        }
        return made;
    }();
    return *world;
}

/// Killed while a snapshot was not synced, and what volumes hold not flushed.
const World& killed_world()
{
    static const World* const world = [] {
        auto* made = new World;
        const TemporaryDirectory running;
        std::vector<std::string> ids;
        TestEmulator aws(options_of(running.path() + "/data"));
        const auto volume = make_disks(aws, ids);
        open_volume(aws, volume)->flush();
        aws.data().sweep();
        aws.data().background().drain();
        std::promise<void> copied;
        aws.data().background().post([&] { copied.get_future().wait(); });
        open_volume(aws, volume)->write(31 * kBlockSize, filled(kBlockSize, 100));
        ids.push_back(create_snapshot(aws, volume));
        open_volume(aws, volume)->write(32 * kBlockSize, filled(kBlockSize, 101));
        for (const auto& id : ids) {
            made->disks[id] = read_disk(aws, id);
        }
        copy_folder(running.path() + "/data", made->path());
        copied.set_value();
        return made;
    }();
    return *world;
}

/// A copy of a world that something happens to.
class Copy {
public:
    explicit Copy(const World& world) : world_(world) { copy_folder(world.path(), path()); }

    std::string path() const { return directory_.path() + "/data"; }
    const Disks& disks() const { return world_.disks; }

    /// False: it cannot happen to this file.
    bool harm(const fs::path& name, Harm harm, std::uint64_t where) const
    {
        const auto file = fs::path(path()) / name;
        const auto size = fs::file_size(file);
        switch (harm) {
            case Harm::kRemoved:
                return fs::remove(file);
            case Harm::kEmptied:
                fs::resize_file(file, 0);
                return size > 0;
            case Harm::kCut:
                fs::resize_file(file, size / 2);
                return size > 1;
            case Harm::kCutLittle:
                fs::resize_file(file, size - std::min<std::uint64_t>(size, 4096));
                return size > 1;
            case Harm::kFlipped:
                return flip(file, where % std::max<std::uint64_t>(1, size));
            case Harm::kSwapped:
                return swap(file);
        }
        return false;
    }

private:
    static bool flip(const fs::path& path, std::uint64_t at)
    {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(static_cast<std::streamoff>(at));
        const auto byte = static_cast<char>(file.get());
        file.seekp(static_cast<std::streamoff>(at));
        file.put(static_cast<char>(byte ^ 0x14));
        return file.good();
    }

    /// With the next file of its kind.
    static bool swap(const fs::path& file)
    {
        for (const auto& entry : fs::directory_iterator(file.parent_path())) {
            if (entry.path() != file && kind_of(entry.path()) == kind_of(file)) {
                const auto aside = file.string() + ".aside";
                fs::rename(file, aside);
                fs::rename(entry.path(), file);
                fs::rename(aside, entry.path());
                return true;
            }
        }
        return false;
    }

    const World& world_;
    TemporaryDirectory directory_;
};

/// The files of a world, by their names in it.
std::vector<fs::path> files_of(const World& world)
{
    std::vector<fs::path> names;
    for (const auto& entry : fs::recursive_directory_iterator(world.path())) {
        if (entry.is_regular_file()) {
            names.push_back(fs::relative(entry.path(), world.path()));
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// The first, the last and one between of each kind: the others are like them.
std::vector<fs::path> some_of_each_kind(const std::vector<fs::path>& names)
{
    std::map<std::string, std::vector<fs::path>> kinds;
    for (const auto& name : names) {
        kinds[kind_of(name)].push_back(name);
    }
    std::set<fs::path> some;
    for (const auto& [kind, files] : kinds) {
        some.insert({files.front(), files[files.size() / 2], files.back()});
    }
    return {some.begin(), some.end()};
}

/// What has no checksum, so that another byte in it is not told from what was written: data and the
/// database's own pages, and a map that no row has a checksum of. docs/formats.md says so.
bool is_unchecked(const fs::path& name, Harm harm)
{
    const auto kind = kind_of(name);
    const bool has_pages = kind == "metadata.sqlite" || kind == "metadata.sqlite-wal";
    const bool is_content = kind == "layers/*.data" || kind == "layers/*.live" || has_pages;
    return (is_content && harm == Harm::kFlipped) ||
           (kind == "layers/*.data" && harm == Harm::kSwapped) ||
           (kind == "metadata.sqlite-wal" && harm != Harm::kRemoved);
}

/// Of a data file whose first block all layers have.
bool has_checksum_of_first_block(const World& world, const fs::path& name)
{
    auto sums = fs::path(world.path()) / name;
    return name.extension() == ".data" && fs::exists(sums.replace_extension(".sums"));
}

/// Reads every disk: each says that it is lost, or reads as ever.
class Reading {
public:
    Reading(TestEmulator& aws, const Disks& disks)
    {
        for (const auto& [id, bytes] : disks) {
            look_at(aws, id, bytes);
        }
    }

    std::vector<std::string> wrong;
    std::size_t noticed = 0;

private:
    void look_at(TestEmulator& aws, const std::string& id, const std::vector<std::byte>& bytes)
    {
        const auto* table = id.starts_with("vol-") ? "volume" : "snapshot";
        const auto where = std::string(" FROM ") + table + " WHERE id = '" + id + "'";
        if (count(aws, "SELECT COUNT(*)" + where) == 0) {
            wrong.push_back(id + " is not there");
            return;
        }
        if (count(aws, "SELECT state = 'error'" + where) == 1) {
            ++noticed;
            return;
        }
        try {
            if (read_disk(aws, id) != bytes) {
                wrong.push_back(id + " has other bytes");
            }
        } catch (const StorageError&) {
            ++noticed;
        }
    }
};

/// Advice must be to remove an index or checksums, and only these.
std::optional<fs::path> advised(const std::string& problem)
{
    static const std::regex path(R"((/\S+\.(data|live|map|index|sums|sqlite|sqlite-wal))\b)");
    std::smatch match;
    if (problem.find("remove") == std::string::npos ||
        problem.find("removed") != std::string::npos) {
        return std::nullopt;
    }
    return std::regex_search(problem, match, path) ? std::optional<fs::path>(match[1].str())
                                                   : fs::path("nothing that is named");
}

std::vector<std::string> told_by_check(const std::string& path)
{
    try {
        return check_data_directory(path, CheckDepth::kData).problems;
    } catch (const StorageError& error) {
        return {error.what()};  // it could not look
    }
}

#ifdef __SANITIZE_THREAD__
constexpr std::uint64_t kOneOf = 16;  // each reads every disk, thirty times as slowly
#else
constexpr std::uint64_t kOneOf = 1;
#endif

/// What happens to which file. All, or one of kOneOf: the seed says which.
class DamageMatrix : public testing::TestWithParam<const World& (*)()> {
protected:
    bool is_tried() { return (amilab::test_seed() + number_++) % kOneOf == 0; }

private:
    std::uint64_t number_ = 0;
};

/// Starts a server, if it starts, and reads all. Returns whether all was as ever.
bool read_all(const Copy& copy, const std::string& label)
{
    try {
        auto options = options_of(copy.path());
        TestEmulator aws(std::move(options));
        const Reading first(aws, copy.disks());
        EXPECT_THAT(first.wrong, testing::IsEmpty()) << label;
        aws.data().sweep();
        aws.data().background().drain();
        const Reading later(aws, copy.disks());
        EXPECT_THAT(later.wrong, testing::IsEmpty()) << label << ", after the background's work";
        return first.noticed == 0 && later.noticed == 0;
    } catch (const StorageError&) {
        return false;
    }
}

TEST_P(DamageMatrix, WhatHappensBeforeAStartIsNoticedOrHarmless)
{
    const auto& world = GetParam()();
    std::mt19937_64 random(amilab::test_seed());
    for (const auto& name : some_of_each_kind(files_of(world))) {
        for (const auto harm : kHarms) {
            if (!is_tried()) {
                continue;
            }
            const auto label = name.string() + " " + name_of(harm);
            const Copy copy(world);
            const auto where = random() % 2 == 0 ? random() % 4200 : random();
            if (!copy.harm(name, harm, where)) {
                continue;
            }
            const auto problems = told_by_check(copy.path());
            for (const auto& problem : problems) {
                if (const auto path = advised(problem)) {
                    EXPECT_THAT(path->extension(), testing::AnyOf(".index", ".sums"))
                        << label << ": " << problem;
                    fs::remove(*path);
                }
            }
            const bool is_known =
                has_checksum_of_first_block(world, name) &&
                (harm == Harm::kSwapped || (harm == Harm::kFlipped && where < kBlockSize));
            const bool reads_as_ever = is_unchecked(name, harm) || read_all(copy, label);
            if (is_known || !reads_as_ever) {
                EXPECT_FALSE(problems.empty()) << label << ": check has not told";
            }
        }
    }
}

TEST_P(DamageMatrix, WhatHappensBesideARunningServerIsNoticedOrHarmless)
{
    const auto& world = GetParam()();
    std::mt19937_64 random(amilab::test_seed());
    for (const auto& name : some_of_each_kind(files_of(world))) {
        for (const auto harm : kHarms) {
            const auto kind = kind_of(name);
            // SQLite's own files: what is done to them beside it is undefined.
            if (!kind.starts_with("layers/") || is_unchecked(name, harm) || !is_tried()) {
                continue;
            }
            const Copy copy(world);
            auto options = options_of(copy.path());
            TestEmulator aws(std::move(options));
            if (copy.harm(name, harm, random() % 4200)) {
                const Reading reading(aws, copy.disks());
                EXPECT_THAT(reading.wrong, testing::IsEmpty()) << name << " " << name_of(harm);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(, DamageMatrix, testing::Values(&closed_world, &killed_world),
                         [](const auto& made) { return made.index == 0 ? "Closed" : "Killed"; });

TEST(Damage, AServerDoesNotStartWithoutItsFolderOfLayers)
{
    const Copy copy(closed_world());
    fs::remove_all(copy.path() + "/generation-1/layers");
    EXPECT_THAT(message_of([&] { TestEmulator aws(copy.path()); }),
                testing::HasSubstr("/generation-1/layers"));
    EXPECT_FALSE(fs::exists(copy.path() + "/generation-1/layers"));
}

TEST(Damage, AStartThatMeetsADamagedPageOfTheRowsPointsToTheCheckInOneLine)
{
    constexpr std::size_t kPageBytes = 4096;
    const auto database = std::string("generation-1/metadata.sqlite");
    const auto pages = fs::file_size(Copy(closed_world()).path() + "/" + database) / kPageBytes;
    constexpr std::size_t kTried = 30;
    std::size_t refused = 0;
    for (std::size_t page = 1; page < pages; page += std::max<std::size_t>(pages / kTried, 1)) {
        const Copy copy(closed_world());
        std::fstream file(copy.path() + "/" + database,
                          std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(page * kPageBytes));
        file << std::string(kPageBytes, '\xff');
        file.close();
        try {
            TestEmulator aws(copy.path());
        } catch (const StorageError& error) {
            const std::string text = error.what();
            EXPECT_EQ(text.find('\n'), std::string::npos) << text;
            EXPECT_EQ(text.find("SELECT"), std::string::npos) << text;
            EXPECT_THAT(text, testing::HasSubstr("`amilab check " + copy.path() + "`")) << page;
            ++refused;
        }
    }
    EXPECT_GT(refused, 0U);
}

TEST(Damage, AStartNamesWhatIsLostAndPutsItsSnapshotsInError)
{
    const Copy copy(closed_world());
    const auto names = files_of(closed_world());
    const auto lowest = std::find_if(names.begin(), names.end(), [](const auto& name) {
        return kind_of(name) == "layers/*.map";
    });
    const auto lost = copy.path() + "/" + lowest->string();
    fs::remove(lost);
    std::vector<std::string> told;
    TestEmulator aws(options_of(copy.path(), told));
    aws.data().background().drain();
    EXPECT_THAT(told, testing::Contains(testing::AllOf(testing::HasSubstr(lost),
                                                       testing::HasSubstr("in error"))));
    EXPECT_EQ(count(aws, "SELECT COUNT(*) FROM snapshot WHERE state = 'error'"), kSnapshots);
}

TEST(Damage, AMapThatTheDiskRefusesDoesNotKeepOthersFromBeingLookedAt)
{
    const Copy copy(closed_world());
    std::vector<std::string> maps;
    for (const auto& name : files_of(closed_world())) {
        if (kind_of(name) == "layers/*.map") {
            maps.push_back(copy.path() + "/" + name.string());
        }
    }
    // A folder in place of the first: it is there, and cannot be read. The last that is sealed,
    // below the volume's own, says otherwise.
    maps.pop_back();
    fs::remove(maps.front());
    fs::create_directory(maps.front());
    std::fstream last(maps.back(), std::ios::in | std::ios::out | std::ios::binary);
    last.seekp(kMapHeaderSize);
    last.put('\x2a');
    last.close();
    std::vector<std::string> told;
    TestEmulator aws(options_of(copy.path(), told));
    aws.data().sweep();
    aws.data().background().drain();
    EXPECT_THAT(told, testing::Contains(testing::HasSubstr(maps.front())));
    EXPECT_THAT(told, testing::Contains(testing::AllOf(testing::HasSubstr(maps.back()),
                                                       testing::HasSubstr("in error"))));
}

}  // namespace
}  // namespace amilab::test
