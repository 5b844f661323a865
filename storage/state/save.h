#pragma once

#include <memory>
#include <span>
#include <string>

namespace amilab {

class Generation;

/// One server's state and bytes as they are at one instant, while it serves: a file, in pieces.
/// docs/formats.md, "Saves", says what is in it and how it is taken. Used by one thread at a time.
class Save {
public:
    /// Takes the instant: all that was acknowledged before the call is in it. Writes to volumes
    /// wait while the tops of all of them are sealed, calls that write also. `program` is what the
    /// file says of who wrote it. Throws StorageError: EBUSY while another save goes on; what the
    /// disk refuses, and then all is as it was.
    Save(std::shared_ptr<Generation> generation, const std::string& program);
    /// What is left goes: the copy of the rows, files that it kept.
    ~Save();
    Save(const Save&) = delete;
    Save& operator=(const Save&) = delete;

    /// The next bytes, some MiB at most; empty at the end. Valid until the next call. Throws
    /// StorageError, and is of no use then.
    std::span<const std::byte> next();

private:
    class Parts;
    std::unique_ptr<Parts> parts_;
};

/// Where a save has the copy of the rows while it goes on, in a generation's folder. Of a process
/// that was killed it stays until the next start.
std::string saved_rows_path(const std::string& generation_path);

}  // namespace amilab
