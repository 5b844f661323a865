#include "tests/storage/files/memory_file_system.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <random>
#include <set>
#include <utility>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

constexpr std::uint64_t kSector = 512;
using Sector = std::array<std::byte, kSector>;
using Sectors = std::map<std::uint64_t, Sector>;

}  // namespace

/// Sectors that are missing are holes.
struct MemoryFileSystem::Inode {
    Sectors sectors;
    std::uint64_t size = 0;
    Sectors disk_sectors;
    std::uint64_t disk_size = 0;
    std::set<std::uint64_t> unsynced;
    std::set<std::uint64_t> forgotten;  // by a sync that failed

    void sync()
    {
        for (const auto number : unsynced) {
            keep(number);
        }
        unsynced.clear();
        disk_size = size;
    }

    void keep(std::uint64_t number)
    {
        const auto found = sectors.find(number);
        if (found == sectors.end()) {
            disk_sectors.erase(number);
        } else {
            disk_sectors[number] = found->second;
        }
    }
};

class MemoryFileSystem::MemoryFile final : public File {
public:
    MemoryFile(MemoryFileSystem& owner, std::shared_ptr<Inode> inode, const std::string& path)
        : File(path), owner_(owner), inode_(std::move(inode))
    {
    }

    std::int64_t read_at(std::uint64_t offset, std::span<std::byte> out) override
    {
        const std::lock_guard lock(owner_.mutex_);
        if (offset >= inode_->size) {
            return 0;
        }
        const auto length = std::min<std::uint64_t>(out.size(), inode_->size - offset);
        for (std::uint64_t done = 0; done < length;) {
            const auto inside = (offset + done) % kSector;
            const auto part = std::min(length - done, kSector - inside);
            const auto found = inode_->sectors.find((offset + done) / kSector);
            if (found == inode_->sectors.end()) {
                std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(done), part, std::byte{0});
            } else {
                std::copy_n(found->second.begin() + static_cast<std::ptrdiff_t>(inside), part,
                            out.begin() + static_cast<std::ptrdiff_t>(done));
            }
            done += part;
        }
        return static_cast<std::int64_t>(length);
    }

    std::int64_t write_at(std::uint64_t offset, std::span<const std::byte> bytes) override
    {
        const std::lock_guard lock(owner_.mutex_);
        for (std::uint64_t done = 0; done < bytes.size();) {
            const auto inside = (offset + done) % kSector;
            const auto part = std::min(bytes.size() - done, kSector - inside);
            const auto number = (offset + done) / kSector;
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(done), part,
                        inode_->sectors[number].begin() + static_cast<std::ptrdiff_t>(inside));
            inode_->unsynced.insert(number);
            done += part;
        }
        inode_->size = std::max(inode_->size, offset + bytes.size());
        return static_cast<std::int64_t>(bytes.size());
    }

    void punch_hole(std::uint64_t offset, std::uint64_t length) override
    {
        const std::lock_guard lock(owner_.mutex_);
        const auto range_end = offset + length;
        const auto end = inode_->sectors.lower_bound((range_end + kSector - 1) / kSector);
        for (auto sector = inode_->sectors.lower_bound(offset / kSector); sector != end;) {
            const auto at = sector->first * kSector;
            inode_->unsynced.insert(sector->first);
            if (at >= offset && at + kSector <= range_end) {
                sector = inode_->sectors.erase(sector);
                continue;
            }
            // A sector at an end of the range keeps its other bytes.
            const auto first = std::max(at, offset) - at;
            const auto stop = std::min(at + kSector, range_end) - at;
            std::fill(sector->second.begin() + static_cast<std::ptrdiff_t>(first),
                      sector->second.begin() + static_cast<std::ptrdiff_t>(stop), std::byte{0});
            ++sector;
        }
    }

    void zero_range(std::uint64_t offset, std::uint64_t length) override
    {
        punch_hole(offset, length);
    }

    void truncate(std::uint64_t size) override
    {
        const std::lock_guard lock(owner_.mutex_);
        inode_->size = size;
    }

    void sync_data() override
    {
        const std::lock_guard lock(owner_.mutex_);
        inode_->sync();
    }

    void sync() override { sync_data(); }

    FileStatus status() override
    {
        const std::lock_guard lock(owner_.mutex_);
        return {.size_bytes = inode_->size,
                .allocated_bytes = inode_->sectors.size() * kSector,
                .is_directory = false,
                .is_regular = true};
    }

    std::optional<std::uint64_t> seek_data(std::uint64_t offset) override
    {
        const std::lock_guard lock(owner_.mutex_);
        const auto found = inode_->sectors.lower_bound(offset / kSector);
        if (offset >= inode_->size || found == inode_->sectors.end() ||
            found->first * kSector >= inode_->size) {
            return std::nullopt;
        }
        return std::max(offset, found->first * kSector);
    }

    std::optional<std::uint64_t> seek_hole(std::uint64_t offset) override
    {
        const std::lock_guard lock(owner_.mutex_);
        if (offset >= inode_->size) {
            return std::nullopt;
        }
        auto number = offset / kSector;
        while (inode_->sectors.contains(number)) {
            ++number;
        }
        return std::min(inode_->size, std::max(offset, number * kSector));
    }

    bool try_lock() override { return true; }

private:
    MemoryFileSystem& owner_;
    std::shared_ptr<Inode> inode_;
};

MemoryFileSystem::MemoryFileSystem() = default;
MemoryFileSystem::~MemoryFileSystem() = default;

std::unique_ptr<File> MemoryFileSystem::open(const std::string& path, OpenMode mode)
{
    auto file = open_if_exists(path, mode);
    if (!file) {
        throw StorageError(ENOENT, "open", path);
    }
    return file;
}

std::unique_ptr<File> MemoryFileSystem::open_if_exists(const std::string& path, OpenMode mode)
{
    const std::lock_guard lock(mutex_);
    auto& inode = names_[path];
    if (inode && mode == OpenMode::kCreateNew) {
        throw StorageError(EEXIST, "open", path);
    }
    if (inode && mode == OpenMode::kReplace) {
        for (const auto& [number, sector] : inode->sectors) {
            inode->unsynced.insert(number);
        }
        inode->sectors.clear();
        inode->size = 0;
    }
    if (!inode) {
        if (mode == OpenMode::kRead || mode == OpenMode::kReadWrite) {
            names_.erase(path);
            return nullptr;
        }
        inode = std::make_shared<Inode>();
        unsynced_names_.push_back({{{path, inode}}});
    }
    return std::make_unique<MemoryFile>(*this, inode, path);
}

void MemoryFileSystem::rename(const std::string& from, const std::string& to)
{
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(from);
    if (found == names_.end()) {
        throw StorageError(ENOENT, "rename", from);
    }
    names_[to] = found->second;
    unsynced_names_.push_back({{{to, found->second}, {from, nullptr}}});
    names_.erase(from);
}

bool MemoryFileSystem::unlink(const std::string& path)
{
    const std::lock_guard lock(mutex_);
    if (names_.erase(path) == 0) {
        return false;
    }
    unsynced_names_.push_back({{{path, nullptr}}});
    return true;
}

bool MemoryFileSystem::make_directory(const std::string& path)
{
    const std::lock_guard lock(mutex_);
    return directories_.insert(path).second;
}

std::vector<std::string> MemoryFileSystem::list_directory(const std::string& path)
{
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, inode] : names_) {
        if (name.starts_with(path + '/')) {
            names.push_back(name.substr(path.size() + 1));
        }
    }
    return names;
}

void MemoryFileSystem::sync_directory(const std::string&)
{
    const std::lock_guard lock(mutex_);
    disk_names_ = names_;
    unsynced_names_.clear();
}

std::optional<FileStatus> MemoryFileSystem::status(const std::string& path)
{
    const auto file = open_if_exists(path, OpenMode::kRead);
    return file ? std::optional(file->status()) : std::nullopt;
}

FileSystemSpace MemoryFileSystem::space(const std::string&)
{
    return {.total_bytes = std::uint64_t{1} << 40, .available_bytes = std::uint64_t{1} << 40};
}

void MemoryFileSystem::forget_unsynced(const std::string& path)
{
    const std::lock_guard lock(mutex_);
    if (const auto found = names_.find(path); found != names_.end()) {
        auto& inode = *found->second;
        inode.forgotten.merge(inode.unsynced);
        inode.unsynced.clear();
    }
}

void MemoryFileSystem::cut_power(std::uint64_t seed)
{
    const std::lock_guard lock(mutex_);
    std::mt19937_64 random(seed);
    const auto flip = [&] { return random() % 2 == 0; };
    for (const auto& change : unsynced_names_) {
        if (flip()) {
            for (const auto& [name, inode] : change.names) {
                if (inode) {
                    disk_names_[name] = inode;
                } else {
                    disk_names_.erase(name);
                }
            }
        }
    }
    unsynced_names_.clear();
    std::set<Inode*> seen;
    for (const auto& [name, inode] : disk_names_) {
        if (!seen.insert(inode.get()).second) {
            continue;
        }
        // Of a file all, nothing or any of its sectors had been written.
        const auto fate = random() % 3;
        if (flip()) {
            inode->disk_size = inode->size;
        }
        inode->unsynced.merge(inode->forgotten);
        inode->forgotten.clear();
        for (const auto number : inode->unsynced) {
            if (fate == 0 || (fate == 1 && flip())) {
                inode->keep(number);
                inode->disk_size =
                    std::max(inode->disk_size, std::min(inode->size, (number + 1) * kSector));
            }
        }
        inode->unsynced.clear();
        inode->sectors = inode->disk_sectors;
        inode->size = inode->disk_size;
    }
    names_ = disk_names_;
}

}  // namespace amilab
