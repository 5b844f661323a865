#include "storage/objects/object_files.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "storage/base/descriptors.h"
#include "storage/base/storage_error.h"
#include "storage/base/zeros.h"
#include "storage/files/file_io.h"

namespace amilab {

namespace {

constexpr std::uint64_t kBlockBytes = std::uint64_t{64} << 10U;
constexpr std::size_t kNameDigits = 16;

// What a sync may find unwritten.
constexpr std::uint64_t kWrittenAtOnce = std::uint64_t{64} << 20U;

/// How many of `bytes`, which begin at `offset`, lie in the block that it is in.
std::size_t bytes_in_block(std::uint64_t offset, std::size_t bytes)
{
    return static_cast<std::size_t>(
        std::min<std::uint64_t>(kBlockBytes - offset % kBlockBytes, bytes));
}

}  // namespace

NewBlob::NewBlob(ObjectFiles& files, BlobNumber number, std::unique_ptr<File> file)
    : files_(files), number_(number), file_(std::move(file))
{
}

NewBlob::~NewBlob()
{
    file_.reset();
    files_.end_writing(number_, is_kept_);
}

void NewBlob::write(std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        // One write for all blocks in a row that hold something.
        std::size_t count = 0;
        while (count < bytes.size()) {
            const auto in_block = bytes_in_block(size_bytes_ + count, bytes.size() - count);
            if (is_zero(bytes.subspan(count, in_block))) {
                break;
            }
            count += in_block;
        }
        if (count > 0) {
            write_fully(*file_, size_bytes_, bytes.first(count));
            written_bytes_ = size_bytes_ + count;
        } else {
            count = bytes_in_block(size_bytes_, bytes.size());
        }
        size_bytes_ += count;
        bytes = bytes.subspan(count);
    }
}

std::uint64_t NewBlob::finish()
{
    if (written_bytes_ < size_bytes_) {
        file_->truncate(size_bytes_);
    }
    return file_->status().allocated_bytes;
}

BlobHold::BlobHold(ObjectFiles& files, BlobNumber number) : files_(files), number_(number)
{
    files_.hold(number_);
}

BlobHold::~BlobHold()
{
    files_.let_go(number_);
}

std::unique_ptr<File> BlobHold::open() const
{
    return files_.open_written(number_, OpenMode::kRead);
}

ObjectFiles::ObjectFiles(FileSystem& file_system, std::string directory, Options options)
    : file_system_(file_system),
      directory_(std::move(directory)),
      options_(std::move(options)),
      next_(static_cast<std::int64_t>(options_.highest_known) + 1)
{
}

std::optional<BlobNumber> ObjectFiles::number_of(std::string_view name)
{
    std::uint64_t number = 0;
    const auto* end = name.data() + name.size();
    const auto result = std::from_chars(name.data(), end, number, 16);
    const bool is_one = name.size() == kNameDigits && result.ec == std::errc() && result.ptr == end;
    return is_one ? std::optional(static_cast<BlobNumber>(number)) : std::nullopt;
}

std::string ObjectFiles::path_of(BlobNumber number) const
{
    return fmt::format("{}/{:016x}", directory_, static_cast<std::uint64_t>(number));
}

void ObjectFiles::make_directory()
{
    if (!has_directory_) {
        file_system_.make_directory(directory_);
        has_directory_ = true;
    }
}

std::unique_ptr<File> ObjectFiles::open(const std::string& path, OpenMode mode)
{
    return with_descriptors(
        [&] { return file_system_.open(path, mode); },
        [this] { return options_.close_some_files && options_.close_some_files(); });
}

std::unique_ptr<File> ObjectFiles::open_written(BlobNumber number, OpenMode mode)
{
    // Looked at before it is opened: a pipe would be waited for.
    if (!status(number)) {
        throw StorageError(ENOENT, "open", path_of(number));
    }
    return open(path_of(number), mode);
}

std::unique_ptr<NewBlob> ObjectFiles::begin()
{
    make_directory();
    for (;;) {
        const auto number = take_number();
        {
            const Lock lock(mutex_);
            being_written_.insert(number);
        }
        try {
            return std::make_unique<NewBlob>(*this, number,
                                             open(path_of(number), OpenMode::kCreateNew));
        } catch (const StorageError& error) {
            // Of a process that was killed, until the sweep.
            const bool was_there = error.error_number == EEXIST;
            end_writing(number, was_there);
            if (!was_there) {
                throw;
            }
        }
    }
}

void ObjectFiles::end_writing(BlobNumber number, bool is_kept)
{
    if (!is_kept) {
        try {
            file_system_.unlink(path_of(number));
        } catch (const StorageError&) {
            // The next start sweeps it.
        }
    }
    const Lock lock(mutex_);
    being_written_.erase(number);
}

bool ObjectFiles::is_being_written(BlobNumber number)
{
    const Lock lock(mutex_);
    return being_written_.contains(number);
}

void ObjectFiles::hold(BlobNumber number)
{
    const Lock lock(mutex_);
    ++holds_[number];
}

void ObjectFiles::let_go(BlobNumber number)
{
    {
        const Lock lock(mutex_);
        const auto held = holds_.find(number);
        if (--held->second > 0) {
            return;
        }
        holds_.erase(held);
        if (removed_.erase(number) == 0) {
            return;
        }
    }
    try {
        file_system_.unlink(path_of(number));
    } catch (const StorageError&) {
        // The next start sweeps it.
    }
}

void ObjectFiles::remove(BlobNumber number)
{
    {
        const Lock lock(mutex_);
        if (holds_.contains(number)) {
            removed_.insert(number);
            return;
        }
    }
    try {
        file_system_.unlink(path_of(number));
    } catch (const StorageError& error) {
        // What is behind it is to be removed all the same.
        if (error.error_number != EISDIR) {
            throw;
        }
    }
}

std::optional<std::uint64_t> ObjectFiles::sync(BlobNumber number, std::uint64_t from)
{
    if (!options_.survives_power_loss) {
        return std::nullopt;
    }
    const auto file = open_written(number, OpenMode::kReadWrite);
    const auto next = from + kWrittenAtOnce;
    if (next < file->status().size_bytes) {
        file->start_writing(from, kWrittenAtOnce);
        return next;
    }
    file->sync_data();
    return std::nullopt;
}

void ObjectFiles::sync_directory()
{
    if (!options_.survives_power_loss) {
        return;
    }
    file_system_.sync_directory(directory_);
    file_system_.sync_directory(directory_.substr(0, directory_.rfind('/')));
}

std::vector<BlobNumber> ObjectFiles::written()
{
    std::vector<BlobNumber> found;
    if (file_system_.status(directory_)) {
        for (const auto& name : file_system_.list_directory(directory_)) {
            const auto number = number_of(name);
            if (number && !is_being_written(*number)) {
                found.push_back(*number);
            }
        }
    }
    return found;
}

std::optional<FileStatus> ObjectFiles::status(BlobNumber number)
{
    const auto found = file_system_.status(path_of(number));
    return found && found->is_regular ? found : std::nullopt;
}

}  // namespace amilab
