#include "tests/support/world.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <new>

#include <fmt/format.h>
#include <sqlite3.h>

#include "storage/base/storage_error.h"

namespace amilab::test {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kGeneration = "generation-1";
/// What of a generation is in files beside the rows: disks, and the objects of S3.
constexpr const char* kFolders[] = {"layers", "objects"};

std::string make_folder()
{
    auto pattern = (fs::temp_directory_path() / "amilab-world-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw StorageError(errno, "make a folder", pattern);
    }
    return pattern;
}

/// All that is committed, in one file.
std::string database_bytes(Generation& generation)
{
    auto writer = generation.writer();
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, decltype(&sqlite3_free)> bytes(
        sqlite3_serialize(writer.db().handle(), "main", &size, 0), &sqlite3_free);
    if (!bytes) {
        throw std::bad_alloc();
    }
    return {reinterpret_cast<const char*>(bytes.get()), static_cast<std::size_t>(size)};
}

std::string file_bytes(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

std::string World::numbered(const std::string& name, int number)
{
    return number == 1 ? name : fmt::format("{}_{}", name, number);
}

World::World(std::string folder, std::map<std::string, std::string> ids)
    : emulator_(DataDirectory::Options{.path = std::move(folder),
                                       .durability = Durability::kPrivate,
                                       .seed = {},
                                       .catalogue = {},
                                       .report = {}}),
      ids_(std::move(ids))
{
}

Parameters World::resolve(Parameters parameters) const
{
    for (auto& parameter : parameters) {
        auto& value = parameter.second;
        for (auto open = value.find('{'); open != std::string::npos; open = value.find('{', open)) {
            const auto length = value.find('}', open) - open;
            const auto found = ids_.find(value.substr(open + 1, length - 1));
            if (found == ids_.end()) {
                ++open;
            } else {
                value.replace(open, length + 1, found->second);
                open += found->second.size();
            }
        }
    }
    return parameters;
}

PreparedWorld::PreparedWorld(std::span<const Part> parts)
{
    World world;
    for (const auto part : parts) {
        part(world);
    }
    keep_files(world);
    ids_ = world.ids();
}

void PreparedWorld::keep_files(World& world)
{
    world.emulator().data().background().drain();
    auto& generation = world.emulator().generation();
    files_.push_back({"current", std::string(kGeneration)});
    files_.push_back({fmt::format("{}/metadata.sqlite", kGeneration), database_bytes(generation)});
    for (const auto* const part : kFolders) {
        std::error_code none;  // the folder of objects is made with the first
        for (const auto& entry : fs::directory_iterator(generation.path() + "/" + part, none)) {
            files_.push_back(
                {fmt::format("{}/{}/{}", kGeneration, part, entry.path().filename().string()),
                 file_bytes(entry.path())});
        }
    }
}

World PreparedWorld::copy() const
{
    const auto folder = make_folder();
    for (const auto* const part : kFolders) {
        fs::create_directories(fmt::format("{}/{}/{}", folder, kGeneration, part));
    }
    for (const auto& file : files_) {
        std::ofstream(folder + "/" + file.name, std::ios::binary) << file.bytes;
    }
    return {folder, ids_};
}

std::size_t PreparedWorld::size_bytes() const
{
    std::size_t bytes = 0;
    for (const auto& file : files_) {
        bytes += file.bytes.size();
    }
    return bytes;
}

}  // namespace amilab::test
