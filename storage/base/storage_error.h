#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace amilab {

/// What the disk or the database refused: errno, the operation and the path it was for.
/// Nothing a client sent is ever reported this way; that is ApiError, in server/.
struct StorageError : std::runtime_error {
    /// Reads "<operation> <path>: <meaning of error_number>".
    StorageError(int error_number, std::string_view operation, std::string_view path);
    /// Reads "<operation> <path>: <detail>", for what errno does not cover.
    StorageError(int error_number, std::string_view operation, std::string_view path,
                 std::string_view detail);

    int error_number;
    std::string operation;
    std::string path;
    std::string detail;

    /// EBADMSG: what was read is damaged, not merely out of reach.
    bool is_damage() const;
    /// ENOSPC, EDQUOT and SQLITE_FULL: reads and deletes go on, writes are refused.
    bool is_full_disk() const;
};

}  // namespace amilab
