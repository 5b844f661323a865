#pragma once

#include "storage/files/file_system.h"

namespace amilab {

/// The kernel's files. Files are made for their owner alone (0600) and closed on exec.
class PosixFileSystem final : public FileSystem {
public:
    std::unique_ptr<File> open(const std::string& path, OpenMode mode) override;
    std::unique_ptr<File> open_if_exists(const std::string& path, OpenMode mode) override;
    void rename(const std::string& from, const std::string& to) override;
    bool unlink(const std::string& path) override;
    bool make_directory(const std::string& path) override;
    std::vector<std::string> list_directory(const std::string& path) override;
    void sync_directory(const std::string& path) override;
    std::optional<FileStatus> status(const std::string& path) override;
    FileSystemSpace space(const std::string& path) override;
};

}  // namespace amilab
