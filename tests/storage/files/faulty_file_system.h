#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "storage/files/file_system.h"

namespace amilab {

/// What a call does instead of its work.
struct Fault {
    enum class Kind {
        kNone,
        /// Throws, or returns, `error_number`.
        kError,
        /// Reads and writes move a part only; other calls do their work.
        kShort,
        /// Reads give another bit in their first byte; other calls do their work.
        kFlipped,
        /// Writes move a part and the next call fails; other calls fail at once.
        kShortThenError,
    };
    Kind kind = Kind::kNone;
    int error_number = 0;
};

/// Asks `decide` before every call that reaches the files, and does as it says.
class FaultyFileSystem final : public FileSystem {
public:
    using Decide = std::function<Fault(std::string_view operation, const std::string& path)>;

    FaultyFileSystem(FileSystem& inner, Decide decide) : inner_(inner), decide_(std::move(decide))
    {
    }

    std::unique_ptr<File> open(const std::string& path, OpenMode mode) override;
    std::unique_ptr<File> open_if_exists(const std::string& path, OpenMode mode) override;
    void rename(const std::string& from, const std::string& to) override;
    bool unlink(const std::string& path) override;
    bool make_directory(const std::string& path) override;
    std::vector<std::string> list_directory(const std::string& path) override;
    void sync_directory(const std::string& path) override;
    std::optional<FileStatus> status(const std::string& path) override;
    FileSystemSpace space(const std::string& path) override;

private:
    void check(std::string_view operation, const std::string& path);

    FileSystem& inner_;
    Decide decide_;
};

}  // namespace amilab
