#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "storage/files/file_system.h"

namespace amilab {

/// Files in memory that know what the disk would hold. Folders are flat: any path's parent is
/// there. Safe from any thread.
class MemoryFileSystem final : public FileSystem {
public:
    MemoryFileSystem();
    ~MemoryFileSystem() override;

    std::unique_ptr<File> open(const std::string& path, OpenMode mode) override;
    std::unique_ptr<File> open_if_exists(const std::string& path, OpenMode mode) override;
    void rename(const std::string& from, const std::string& to) override;
    bool unlink(const std::string& path) override;
    bool make_directory(const std::string& path) override;
    std::vector<std::string> list_directory(const std::string& path) override;
    void sync_directory(const std::string& path) override;
    std::optional<FileStatus> status(const std::string& path) override;
    FileSystemSpace space(const std::string& path) override;

    /// A sync of a file has failed: what it was for counts as written from now on, and may be lost
    /// all the same.
    void forget_unsynced(const std::string& path);

    /// The machine stops and starts: of what was not synced, some sectors and some names are as
    /// they were before, as `seed` has it; in any mixture and order. All files must be closed.
    void cut_power(std::uint64_t seed);

private:
    struct Inode;
    struct State;
    class MemoryFile;
    using Names = std::map<std::string, std::shared_ptr<Inode>>;
    /// A change of one name that is not yet on the disk: null when it was removed.
    struct NameChange {
        std::map<std::string, std::shared_ptr<Inode>> names;
    };

    std::mutex mutex_;
    std::set<std::string> directories_;  // never lost
    Names names_;
    Names disk_names_;
    std::vector<NameChange> unsynced_names_;
};

}  // namespace amilab
