#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/cli/commands.h"
#include "server/cli/help_pages.h"
#include "server/cli/wrong_option.h"
#include "storage/base/nearest.h"
#include "storage/base/text.h"

namespace amilab::cli {

namespace {

/// What the page says of one operation.
struct Covered {
    std::string service;
    std::string name;
    /// "reads"; empty where AWS has the operation and amilab does not.
    std::string kind;
    std::string offers;
};

struct Coverage {
    std::vector<Covered> operations;
    /// "ec2: 155 of 830 operations."
    std::vector<std::string> sums;
};

std::string_view page_text()
{
    const auto pages = help_pages();
    const auto page = std::find_if(pages.begin(), pages.end(),
                                   [](const HelpPage& one) { return one.name == "coverage"; });
    return page->text;
}

std::string trimmed(std::string_view text)
{
    return std::string(amilab::trimmed(text, " ,"));
}

std::vector<std::string> trimmed_parts(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    for (const auto part : split(text, separator)) {
        parts.push_back(trimmed(part));
    }
    return parts;
}

/// Reads the page: headings of services, rows of a table, and words of what is not served.
class PageReader {
public:
    void take(std::string_view line)
    {
        constexpr std::string_view kHeading = "## ";
        if (line.starts_with(kHeading)) {
            service_ = trimmed(line.substr(kHeading.size(), line.find(" (") - kHeading.size()));
        } else if (service_.empty()) {
            return;
        } else if (line.find(" operations.") != std::string_view::npos) {
            read_.sums.push_back(fmt::format("{}: {}", service_, line));
        } else if (line.starts_with("| ")) {
            take_row(line);
        } else {
            take_names(line);
        }
    }
    Coverage take_all() { return std::move(read_); }

private:
    void take_row(std::string_view line)
    {
        constexpr std::size_t kToldCells = 3;
        const auto cells = trimmed_parts(line.substr(1), '|');  // the last is behind the row
        if (cells.size() > kToldCells && cells.front() != "operation") {
            read_.operations.push_back({service_, cells[0], cells[1], cells[2]});
        }
    }
    void take_names(std::string_view line)
    {
        for (const auto& name : trimmed_parts(line, ',')) {
            if (!name.empty() && has_only(name, "")) {
                read_.operations.push_back({service_, name, "", ""});
            }
        }
    }

    std::string service_;
    Coverage read_;
};

Coverage read_coverage()
{
    PageReader reader;
    for (const auto line : split(page_text(), '\n')) {
        reader.take(line);
    }
    return reader.take_all();
}

void print_operation(const Covered& operation)
{
    if (operation.kind.empty()) {
        fmt::print("{} {}: not offered; calls are refused with UnsupportedOperation\n",
                   operation.service, operation.name);
        return;
    }
    constexpr std::string_view kBut = "all but ";
    const std::string_view offers = operation.offers;
    if (!offers.starts_with(kBut)) {
        fmt::print("{} {}: {}; offers {}\n", operation.service, operation.name, operation.kind,
                   offers);
        return;
    }
    fmt::print("{} {}: {}; offers all parameters but\n", operation.service, operation.name,
               operation.kind);
    for (auto name : trimmed_parts(offers.substr(kBut.size()), ',')) {
        std::erase(name, '`');
        fmt::print("  {}\n", name);
    }
}

}  // namespace

int coverage(const std::optional<std::string>& operation)
{
    const auto all = read_coverage();
    if (!operation) {
        for (const auto& sum : all.sums) {
            fmt::print("{}\n", sum);
        }
        fmt::print(
            "amilab coverage OPERATION says what of one is offered, amilab help coverage "
            "lists all.\n");
        return 0;
    }
    bool is_found = false;
    std::vector<std::string> names;
    for (const auto& one : all.operations) {
        names.push_back(one.name);
        if (one.name == *operation) {
            print_operation(one);
            is_found = true;
        }
    }
    if (!is_found) {
        const auto near = nearest(*operation, names);
        throw WrongOption(fmt::format("there is no operation {}{}", *operation,
                                      near ? fmt::format("; did you mean {}?", *near)
                                           : std::string(" of the services that amilab has")));
    }
    return 0;
}

}  // namespace amilab::cli
