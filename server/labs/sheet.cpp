#include "server/labs/sheet.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "server/labs/lab_error.h"
#include "server/labs/reading.h"

namespace amilab::labs {

namespace {

constexpr std::string_view kFence = "```";

/// The number that `text` begins with, which is cut off it.
std::optional<unsigned> take_number(std::string_view& text)
{
    unsigned number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) {
        return std::nullopt;
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::string_view without_end(std::string_view line)
{
    const auto last = line.find_last_not_of(" \t\r");
    return line.substr(0, last == line.npos ? 0 : last + 1);
}

class SheetReader {
public:
    explicit SheetReader(std::string_view file) : file_(file) {}

    void take(std::string_view line)
    {
        ++line_;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        const auto text = without_end(line);
        if (block_) {
            take_in_block(line, text);
        } else if (text.starts_with(kFence)) {
            begin_block(line, text.substr(kFence.size()));
        } else {
            take_prose(text);
            show(line);
        }
    }

    LabSheet finish()
    {
        if (block_) {
            fail(begun_, "this block does not end");
        }
        if (sheet_.title.empty()) {
            fail(1, "the sheet has no title (# Title)");
        }
        if (sheet_.steps.empty()) {
            fail(line_, "the sheet has no step (## Step 1: title)");
        }
        return std::move(sheet_);
    }

private:
    enum class Block { kShown, kStart, kCommands };

    [[noreturn]] void fail(unsigned line, std::string_view what) const
    {
        throw LabFault(fmt::format("{}:{}: {}", file_, line, what));
    }

    void show(std::string_view line) { sheet_.shown.append(line).append("\n"); }

    void begin_block(std::string_view line, std::string_view kind)
    {
        begun_ = line_;
        if (kind == "sh start") {
            if (!sheet_.steps.empty() || !sheet_.start.empty()) {
                fail(line_, "there is one start state at most, and it comes before step 1");
            }
            block_ = Block::kStart;
            return;
        }
        block_ = kind == "sh" && !sheet_.steps.empty() ? Block::kCommands : Block::kShown;
        show(line);
    }

    void take_in_block(std::string_view line, std::string_view text)
    {
        const bool ends = text == kFence;
        if (block_ != Block::kStart) {
            show(line);
        }
        if (ends) {
            block_.reset();
        } else if (block_ == Block::kStart) {
            sheet_.start.append(line).append("\n");
        } else if (block_ == Block::kCommands) {
            sheet_.steps.back().commands.append(line).append("\n");
        }
    }

    void take_prose(std::string_view text)
    {
        constexpr std::string_view kTitle = "# ";
        constexpr std::string_view kStep = "## Step ";
        constexpr std::string_view kAbout = "About ";
        if (text.starts_with(kTitle) && sheet_.title.empty()) {
            sheet_.title = text.substr(kTitle.size());
        } else if (text.starts_with(kStep)) {
            begin_step(text.substr(kStep.size()));
        } else if (text.starts_with(kAbout) && text.ends_with(" minutes.")) {
            text.remove_prefix(kAbout.size());
            sheet_.minutes = take_number(text).value_or(0);
        }
    }

    void begin_step(std::string_view heading)
    {
        const auto number = take_number(heading);
        const auto wanted = sheet_.steps.size() + 1;
        if (number != wanted || !heading.starts_with(": ")) {
            fail(line_, fmt::format("expected ## Step {}: title", wanted));
        }
        sheet_.steps.push_back({.title = std::string(heading.substr(2)), .commands = {}});
    }

    std::string file_;
    LabSheet sheet_;
    unsigned line_ = 0;
    unsigned begun_ = 0;
    std::optional<Block> block_;
};

/// The name that a line sets, as "name=..." at its beginning; empty when it sets none.
std::string_view name_set_by(std::string_view line)
{
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";
    const auto end = line.find_first_not_of(kLetters);
    const bool is_name = end != line.npos && end > 0 && line[end] == '=' && line[0] > '9';
    return is_name ? line.substr(0, end) : std::string_view();
}

}  // namespace

LabSheet parse_sheet(std::string_view file, std::string_view text)
{
    SheetReader reader(file);
    each_line(text, [&](std::string_view line) { reader.take(line); });
    return reader.finish();
}

std::vector<std::string> variables_of(std::string_view commands)
{
    std::vector<std::string> names;
    each_line(commands, [&](std::string_view line) {
        constexpr std::string_view kExport = "export ";
        if (line.starts_with(kExport)) {
            line.remove_prefix(kExport.size());
        }
        const auto name = name_set_by(line);
        if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end()) {
            names.emplace_back(name);
        }
    });
    return names;
}

}  // namespace amilab::labs
