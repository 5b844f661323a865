#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/files/file_system.h"

namespace amilab {

/// Bytes that are written once, in a file here or in a row; rows say what they are of.
enum class BlobNumber : std::int64_t {};

class ObjectFiles;

/// A blob that is being written. It leaves nothing behind unless it is kept.
/// Used by one thread at a time. Throws StorageError.
class NewBlob {
public:
    NewBlob(ObjectFiles& files, BlobNumber number, std::unique_ptr<File> file);
    ~NewBlob();
    NewBlob(const NewBlob&) = delete;
    NewBlob& operator=(const NewBlob&) = delete;

    /// Appends; zeros become holes, in whole blocks of 64 KiB.
    void write(std::span<const std::byte> bytes);
    /// Appends a hole.
    void write_zeros(std::uint64_t count) { size_bytes_ += count; }
    /// To be called when all is written: gives the file its size. What it holds of the disk.
    std::uint64_t finish();
    /// From now on a row names it. To be called behind the commit.
    void keep() { is_kept_ = true; }

    BlobNumber number() const { return number_; }
    std::uint64_t size_bytes() const { return size_bytes_; }

private:
    ObjectFiles& files_;
    const BlobNumber number_;
    std::unique_ptr<File> file_;
    std::uint64_t size_bytes_ = 0;
    std::uint64_t written_bytes_ = 0;  ///< up to where the file reaches
    bool is_kept_ = false;
};

/// Keeps a blob's file from being removed. Safe from any thread.
class BlobHold {
public:
    BlobHold(ObjectFiles& files, BlobNumber number);
    ~BlobHold();
    BlobHold(const BlobHold&) = delete;
    BlobHold& operator=(const BlobHold&) = delete;

    BlobNumber number() const { return number_; }
    /// Opens the file for reading. Throws StorageError (ENOENT: it is missing, or something else is
    /// in its place).
    std::unique_ptr<File> open() const;

private:
    ObjectFiles& files_;
    const BlobNumber number_;
};

/// The files that objects' bytes lie in, in a folder of their own; docs/formats.md has it. Which
/// blobs there are, and what of, stands in rows that others keep: a file comes before its row, and
/// goes after it. What somebody has put in a file's place, such as a folder, is no blob: its file
/// is missing. Safe from any thread. Throws StorageError.
class ObjectFiles {
public:
    struct Options {
        /// The largest number that rows name.
        BlobNumber highest_known{0};
        /// False for a folder that is removed at exit: nothing is ever synced.
        bool survives_power_loss = true;
        /// Closes files that nobody uses, where a descriptor is wanted; false when there are none.
        std::function<bool()> close_some_files = {};
    };

    /// `directory` is made with the first blob, in a folder that must be there.
    ObjectFiles(FileSystem& file_system, std::string directory, Options options);

    /// A number that no other blob has had, for one that is no file.
    BlobNumber take_number() { return static_cast<BlobNumber>(next_.fetch_add(1)); }
    /// Begins a blob with a number that no other has had.
    std::unique_ptr<NewBlob> begin();

    /// Makes the blob survive power loss; sync_directory() is left to do. Of a large one the kernel
    /// is first had to write 64 MiB from `from` on: then this is to be called anew with what it
    /// returns, which is nothing when the blob is synced.
    std::optional<std::uint64_t> sync(BlobNumber number, std::uint64_t from = 0);
    void sync_directory();
    /// Unlinks the file, now or when nobody holds it any more. A file that has gone is no failure,
    /// nor is a folder in its place, which stays.
    void remove(BlobNumber number);
    /// All that have a file and are not being written: those that no row knows from now on are left
    /// over.
    std::vector<BlobNumber> written();

    /// What stat says of it; nothing when the file is missing.
    std::optional<FileStatus> status(BlobNumber number);
    std::string path_of(BlobNumber number) const;
    const std::string& directory() const { return directory_; }
    bool survives_power_loss() const { return options_.survives_power_loss; }

    /// The number in a file's name; nothing for other names.
    static std::optional<BlobNumber> number_of(std::string_view name);

private:
    friend class NewBlob;
    friend class BlobHold;

    void make_directory();
    std::unique_ptr<File> open(const std::string& path, OpenMode mode);
    /// Throws StorageError (ENOENT) where status() has nothing.
    std::unique_ptr<File> open_written(BlobNumber number, OpenMode mode);
    void hold(BlobNumber number);
    void let_go(BlobNumber number);
    void end_writing(BlobNumber number, bool is_kept);
    bool is_being_written(BlobNumber number);

    FileSystem& file_system_;
    const std::string directory_;
    const Options options_;
    std::atomic<std::int64_t> next_;
    std::atomic<bool> has_directory_{false};

    Mutex mutex_{LockLevel::kObjectFiles};
    std::set<BlobNumber> being_written_ GUARDED_BY(mutex_);
    std::map<BlobNumber, std::size_t> holds_ GUARDED_BY(mutex_);
    /// Held, and to be unlinked by who lets go last.
    std::set<BlobNumber> removed_ GUARDED_BY(mutex_);
};

}  // namespace amilab
