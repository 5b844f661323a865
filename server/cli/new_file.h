#pragma once

#include <sys/types.h>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "server/cli/interruption.h"

namespace amilab::cli {

/// Where a link leads to, be it to a file that is yet to be made. A rename must not put a file in
/// the place of a device or a pipe. Throws std::runtime_error for what is there and no regular
/// file.
std::string real_name(const std::string& name);

/// A file that is there under its name only when it is whole. Where the file system can, it has no
/// name until then, so that even a process that is killed leaves nothing. Throws
/// std::runtime_error.
class NewFile {
public:
    enum class Readers { kAll, kOwner };

    explicit NewFile(const std::string& name, Readers readers = Readers::kAll);
    ~NewFile();
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Brings what was written to the disk.
    void sync();
    /// Gives it its size and its name.
    void finish(std::uint64_t size_bytes);

private:
    void open_without_name(mode_t mode);

    std::string name_;
    std::string partial_;
    std::optional<RemovedWhenInterrupted> removed_;
    int file_ = -1;
    bool has_name_ = false;
};

}  // namespace amilab::cli
