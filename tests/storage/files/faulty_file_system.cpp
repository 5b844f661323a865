#include "tests/storage/files/faulty_file_system.h"

#include <algorithm>
#include <atomic>

#include "storage/base/storage_error.h"

namespace amilab {
namespace {

void fail_if_told(const FaultyFileSystem::Decide& decide, std::string_view operation,
                  const std::string& path)
{
    const auto fault = decide(operation, path);
    if (fault.kind == Fault::Kind::kError || fault.kind == Fault::Kind::kShortThenError) {
        throw StorageError(fault.error_number, operation, path);
    }
}

class FaultyFile final : public File {
public:
    FaultyFile(std::unique_ptr<File> inner, FaultyFileSystem::Decide decide)
        : File(inner->path()), inner_(std::move(inner)), decide_(std::move(decide))
    {
    }

    std::int64_t read_at(std::uint64_t offset, std::span<std::byte> out) override
    {
        const auto fault = decide_("read", path());
        if (fault.kind == Fault::Kind::kError || fault.kind == Fault::Kind::kShortThenError) {
            return -fault.error_number;
        }
        const auto moved = inner_->read_at(offset, out.first(length_for(fault, out.size())));
        if (fault.kind == Fault::Kind::kFlipped && moved > 0) {
            out.front() ^= std::byte{1};
        }
        return moved;
    }

    std::int64_t write_at(std::uint64_t offset, std::span<const std::byte> bytes) override
    {
        if (const auto error = next_error_.exchange(0)) {
            return -error;
        }
        const auto fault = decide_("write", path());
        if (fault.kind == Fault::Kind::kError) {
            return -fault.error_number;
        }
        if (fault.kind == Fault::Kind::kShortThenError) {
            // No disk tears a sector.
            const auto grain = bytes.size() % 512 == 0 ? std::size_t{512} : std::size_t{1};
            const auto part = bytes.size() / 3 / grain * grain;
            if (part == 0) {
                return -fault.error_number;
            }
            next_error_ = fault.error_number;
            return inner_->write_at(offset, bytes.first(part));
        }
        return inner_->write_at(offset, bytes.first(length_for(fault, bytes.size())));
    }

    std::int64_t copy_at(std::uint64_t offset, File& from, std::uint64_t from_offset,
                         std::uint64_t length) override
    {
        const auto fault = decide_("copy", path());
        if (fault.kind == Fault::Kind::kError || fault.kind == Fault::Kind::kShortThenError) {
            return -fault.error_number;
        }
        auto* source = dynamic_cast<FaultyFile*>(&from);
        return inner_->copy_at(offset, source ? *source->inner_ : from, from_offset,
                               length_for(fault, length));
    }

    void punch_hole(std::uint64_t offset, std::uint64_t length) override
    {
        fail_if_told(decide_, "punch hole in", path());
        inner_->punch_hole(offset, length);
    }
    void zero_range(std::uint64_t offset, std::uint64_t length) override
    {
        fail_if_told(decide_, "zero range of", path());
        inner_->zero_range(offset, length);
    }
    void truncate(std::uint64_t size) override
    {
        fail_if_told(decide_, "truncate", path());
        inner_->truncate(size);
    }
    void start_writing(std::uint64_t offset, std::uint64_t length) override
    {
        decide_("start writing", path());  // nobody learns that it fails
        inner_->start_writing(offset, length);
    }
    void sync_data() override
    {
        fail_if_told(decide_, "sync", path());
        inner_->sync_data();
    }
    void sync() override
    {
        fail_if_told(decide_, "sync", path());
        inner_->sync();
    }
    FileStatus status() override
    {
        fail_if_told(decide_, "stat", path());
        return inner_->status();
    }
    std::optional<std::uint64_t> seek_data(std::uint64_t offset) override
    {
        fail_if_told(decide_, "seek in", path());
        return inner_->seek_data(offset);
    }
    std::optional<std::uint64_t> seek_hole(std::uint64_t offset) override
    {
        fail_if_told(decide_, "seek in", path());
        return inner_->seek_hole(offset);
    }
    bool try_lock() override
    {
        fail_if_told(decide_, "lock", path());
        return inner_->try_lock();
    }

private:
    static std::size_t length_for(Fault fault, std::size_t length)
    {
        return fault.kind == Fault::Kind::kShort ? std::max<std::size_t>(1, length / 3) : length;
    }

    std::unique_ptr<File> inner_;
    FaultyFileSystem::Decide decide_;
    std::atomic<int> next_error_{0};
};

}  // namespace

std::unique_ptr<File> FaultyFileSystem::open(const std::string& path, OpenMode mode)
{
    check("open", path);
    return std::make_unique<FaultyFile>(inner_.open(path, mode), decide_);
}

std::unique_ptr<File> FaultyFileSystem::open_if_exists(const std::string& path, OpenMode mode)
{
    check("open", path);
    auto file = inner_.open_if_exists(path, mode);
    return file ? std::make_unique<FaultyFile>(std::move(file), decide_) : nullptr;
}

void FaultyFileSystem::rename(const std::string& from, const std::string& to)
{
    check("rename", from);
    inner_.rename(from, to);
}

bool FaultyFileSystem::unlink(const std::string& path)
{
    check("unlink", path);
    return inner_.unlink(path);
}

bool FaultyFileSystem::make_directory(const std::string& path)
{
    check("make directory", path);
    return inner_.make_directory(path);
}

std::vector<std::string> FaultyFileSystem::list_directory(const std::string& path)
{
    check("list", path);
    return inner_.list_directory(path);
}

void FaultyFileSystem::sync_directory(const std::string& path)
{
    check("sync", path);
    inner_.sync_directory(path);
}

std::optional<FileStatus> FaultyFileSystem::status(const std::string& path)
{
    check("stat", path);
    return inner_.status(path);
}

FileSystemSpace FaultyFileSystem::space(const std::string& path)
{
    check("statvfs", path);
    return inner_.space(path);
}

void FaultyFileSystem::check(std::string_view operation, const std::string& path)
{
    fail_if_told(decide_, operation, path);
}

}  // namespace amilab
