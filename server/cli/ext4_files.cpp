#include "server/cli/ext4_files.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <functional>

#include <fmt/format.h>

#include "server/cli/descriptor.h"
#include "server/cli/programs.h"
#include "server/cli/scratch.h"
#include "server/labs/lab_error.h"
#include "server/labs/partitions.h"
#include "storage/base/zeros.h"

namespace amilab::cli {

namespace {

constexpr std::uint64_t kMostFileBytes = std::uint64_t{64} << 20;
constexpr int kMostLinks = 8;

[[noreturn]] void damaged(const std::string& fault)
{
    throw labs::LookFault("its file system is damaged: " + fault);
}

/// Runs one of e2fsprogs's programs on a file. A program that damage ends has found it as well.
ProgramResult run_bounded(const char* program, const std::vector<std::string>& arguments)
{
    std::string path;
    try {
        path = find_program(program, "e2fsprogs");
    } catch (const std::runtime_error& error) {
        throw labs::LookFault(error.what());
    }
    return run_to_end(path, arguments, Bounds::kOfStrangers);
}

/// One file system, copied into a sparse file.
class FileSystemCopy {
public:
    FileSystemCopy(const labs::LabDisk& disk, const labs::Partition& partition)
        : name_(scratch_.file("partition"))
    {
        copy(disk, partition);
        file_.emplace(name_);
    }

    /// Nothing when there is no such file.
    std::optional<std::string> read_file(std::string path) const
    {
        for (int links = 0; links <= kMostLinks; ++links) {
            // What a link says may be anything; debugfs takes it for more than a path.
            const auto facts =
                path.find_first_of("\"\r\n") == path.npos ? facts_of(path) : std::nullopt;
            if (!facts) {
                return std::nullopt;
            }
            if (facts->kind == labs::FileFacts::Kind::kOther) {
                return std::string();
            }
            const bool is_link = facts->kind == labs::FileFacts::Kind::kLink;
            auto content = is_link && !facts->target.empty() ? facts->target : content_of(path);
            if (!is_link) {
                return content;
            }
            path = labs::link_target(path, content);
        }
        return std::nullopt;
    }

    bool free_blocks_have(std::string_view text) const
    {
        const auto done = run_bounded("dumpe2fs", {name_});
        const auto block_bytes = labs::ext4_block_bytes(*file_, {.length = file_->size_bytes()});
        const auto blocks = labs::parse_free_blocks(done.output, block_bytes);
        if (done.exit_code != 0 || !blocks) {
            const auto fault = labs::fault_in(done.errors);
            damaged(fault.empty() ? "dumpe2fs cannot read it" : fault);
        }
        return labs::runs_have(*file_, 0, *blocks, text);
    }

private:
    static constexpr std::size_t kPieceBytes = std::size_t{1} << 16;

    void copy(const labs::LabDisk& disk, const labs::Partition& partition)
    {
        const Descriptor file(open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (file.number() < 0) {
            throw_errno("create", name_);
        }
        if (ftruncate(file.number(), static_cast<off_t>(partition.length)) != 0) {
            throw_errno("write", name_);
        }
        const auto end = partition.offset + partition.length;
        std::vector<std::byte> piece(kPieceBytes);
        for (auto at = disk.data_from(partition.offset); at < end;
             at = disk.data_from(at + piece.size())) {
            piece.resize(std::min<std::uint64_t>(kPieceBytes, end - at));
            disk.read(at, piece);
            if (!is_zero(piece)) {
                write_all(file.number(), at - partition.offset, piece, name_);
            }
        }
    }

    /// What debugfs says to a command; nothing where it says that no such file is there.
    std::optional<std::string> ask(const char* command, const std::string& path) const
    {
        auto done = run_bounded("debugfs", {"-R", fmt::format("{} \"{}\"", command, path), name_});
        if (const auto fault = labs::fault_in(done.errors); !fault.empty()) {
            damaged(fault);
        }
        if (done.exit_code != 0) {
            damaged("debugfs cannot read it");
        }
        const bool is_absent = done.errors.find(path + ": ") != std::string::npos;
        return is_absent ? std::nullopt : std::optional(std::move(done.output));
    }

    std::optional<labs::FileFacts> facts_of(const std::string& path) const
    {
        const auto printed = ask("stat", path);
        if (!printed) {
            return std::nullopt;
        }
        const auto facts = labs::parse_file_facts(*printed);
        if (!facts) {
            damaged("debugfs does not say what is there");
        }
        if (facts->size_bytes > kMostFileBytes && facts->kind != labs::FileFacts::Kind::kOther) {
            throw labs::LookFault("the file has more than 64 MiB");
        }
        return facts;
    }

    std::string content_of(const std::string& path) const
    {
        auto content = ask("cat", path);
        if (!content) {
            damaged("a file is there and is not");
        }
        return std::move(*content);
    }

    Scratch scratch_;
    std::string name_;
    std::optional<labs::FileDisk> file_;
};

class Ext4Files : public labs::DiskFiles {
public:
    explicit Ext4Files(const labs::LabDisk& disk)
    {
        for (const auto& partition : labs::ext4_partitions_of(disk)) {
            copies_.push_back(std::make_unique<FileSystemCopy>(disk, partition));
        }
        if (copies_.empty()) {
            throw labs::LookFault("it has no ext4 file system");
        }
    }

    std::vector<std::string> read_files(const std::string& path) const override
    {
        std::vector<std::string> found;
        for (const auto& copy : copies_) {
            if (auto content = copy->read_file(path)) {
                found.push_back(std::move(*content));
            }
        }
        return found;
    }

    bool free_blocks_have(std::string_view text) const override
    {
        return std::any_of(copies_.begin(), copies_.end(),
                           [&](const auto& copy) { return copy->free_blocks_have(text); });
    }

private:
    std::vector<std::unique_ptr<FileSystemCopy>> copies_;
};

}  // namespace

std::unique_ptr<labs::DiskFiles> open_ext4(const labs::LabDisk& disk)
{
    return std::make_unique<Ext4Files>(disk);
}

}  // namespace amilab::cli
