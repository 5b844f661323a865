#include "server/labs/disk_files.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "server/labs/reading.h"

namespace amilab::labs {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

/// The number that stands behind a word, spaces between; nothing when there is none.
std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view word)
{
    const auto at = text.find(word);
    if (at == text.npos) {
        return std::nullopt;
    }
    text.remove_prefix(at + word.size());
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() ? std::optional(number) : std::nullopt;
}

/// "40-8192, 9000"
void add_runs(std::string_view text, FreeBlocks& blocks)
{
    while (!text.empty()) {
        std::uint64_t first = 0;
        auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), first);
        if (error != std::errc()) {
            return;
        }
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        auto last = first;
        if (text.starts_with('-')) {
            text.remove_prefix(1);
            const auto more = std::from_chars(text.data(), text.data() + text.size(), last);
            text.remove_prefix(static_cast<std::size_t>(more.ptr - text.data()));
        }
        if (!blocks.runs.empty() && blocks.runs.back().second + 1 == first) {
            blocks.runs.back().second = last;  // groups meet there
        } else {
            blocks.runs.emplace_back(first, last);
        }
        text.remove_prefix(std::min(text.find_first_of("0123456789"), text.size()));
    }
}

/// Looks for a text in bytes that come in pieces, across their borders.
class TextSearch {
public:
    explicit TextSearch(std::string_view text) : text_(text) {}

    bool take(std::string_view piece)
    {
        const auto kept = std::min(rest_.size(), text_.size() - 1);
        rest_.erase(0, rest_.size() - kept);
        rest_ += piece;
        return rest_.find(text_) != std::string::npos;
    }
    /// What comes next does not follow what came.
    void begin_anew() { rest_.clear(); }

private:
    std::string_view text_;
    std::string rest_;
};

bool run_has(const LabDisk& disk, std::uint64_t begin, std::uint64_t end, TextSearch search)
{
    std::string piece;
    for (auto at = begin; at < end; at += piece.size()) {
        const auto data = disk.data_from(at);  // holes hold no text
        if (data >= end) {
            return false;
        }
        if (data > at) {
            search.begin_anew();
            at = data;
        }
        piece.resize(std::min<std::uint64_t>(kPieceBytes, end - at));
        disk.read(at, std::as_writable_bytes(std::span(piece.data(), piece.size())));
        if (search.take(piece)) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::optional<FreeBlocks> parse_free_blocks(std::string_view printed, std::uint64_t block_bytes)
{
    constexpr std::string_view kFree = "  Free blocks: ";
    if (printed.find("\nBlock size:") == printed.npos) {
        return std::nullopt;
    }
    FreeBlocks blocks{.block_bytes = block_bytes};
    each_line(printed, [&](std::string_view line) {
        if (line.starts_with(kFree)) {
            add_runs(line.substr(kFree.size()), blocks);
        }
    });
    return blocks;
}

bool runs_have(const LabDisk& disk, std::uint64_t offset, const FreeBlocks& blocks,
               std::string_view text)
{
    return std::any_of(blocks.runs.begin(), blocks.runs.end(), [&](const auto& run) {
        const auto begin = offset + run.first * blocks.block_bytes;
        const auto end = offset + (run.second + 1) * blocks.block_bytes;
        return run_has(disk, begin, std::min(end, disk.size_bytes()), TextSearch(text));
    });
}

std::optional<FileFacts> parse_file_facts(std::string_view printed)
{
    constexpr std::string_view kTarget = "Fast link dest: \"";
    if (!printed.starts_with("Inode: ")) {
        return std::nullopt;
    }
    FileFacts facts;
    const auto first_line = printed.substr(0, printed.find('\n'));
    if (first_line.find("Type: regular") != first_line.npos) {
        facts.kind = FileFacts::Kind::kRegular;
    } else if (first_line.find("Type: symlink") != first_line.npos) {
        facts.kind = FileFacts::Kind::kLink;
    }
    facts.size_bytes = number_behind(printed, " Size:").value_or(0);
    if (const auto at = printed.find(kTarget); at != printed.npos) {
        const auto rest = printed.substr(at + kTarget.size());
        facts.target = rest.substr(0, rest.rfind('"'));
    }
    return facts;
}

std::string fault_in(std::string_view errors)
{
    std::string fault;
    each_line(errors, [&](std::string_view line) {
        const bool is_version = line.starts_with("debugfs 1.") || line.starts_with("dumpe2fs 1.");
        const bool is_absent = line.find("File not found by ext2_lookup") != line.npos ||
                               line.find("Ext2 inode is not a directory") != line.npos;
        if (fault.empty() && !is_version && !is_absent) {
            // Of the scratch file's name nobody wants to know.
            const auto start = line.find(": ");
            const auto rest = start == line.npos ? line : line.substr(start + 2);
            fault = rest.substr(0, rest.find(" while trying to open"));
        }
    });
    return fault;
}

std::string link_target(std::string_view path, std::string_view target)
{
    return target.starts_with('/')
               ? std::string(target)
               : std::string(path.substr(0, path.rfind('/') + 1)) + std::string(target);
}

}  // namespace amilab::labs
