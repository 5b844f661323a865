#include "server/labs/labs.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "server/labs/lab_error.h"
#include "storage/base/unpacking.h"

// built_in.S has them.
extern "C" {
extern const char amilab_api_model_begin[];
extern const char amilab_api_model_end[];
extern const char amilab_labs_begin[];
extern const char amilab_labs_end[];
extern const char amilab_lab_disk_begin[];
extern const char amilab_lab_disk_end[];
}

namespace amilab::labs {

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

constexpr const char* kOrder = "order.txt";

/// What scripts/build_labs.py has packed: the number of its bytes in four, then zlib's.
std::string unpack(std::string_view packed)
{
    const auto byte_at = [&](std::size_t i) { return static_cast<unsigned char>(packed[i]); };
    std::size_t size = 0;
    for (const std::size_t i : {3U, 2U, 1U, 0U}) {
        size = size << 8U | byte_at(i);
    }
    std::string text(size, '\0');
    packed.remove_prefix(sizeof(std::uint32_t));
    const auto length =
        unpack_zlib(std::as_bytes(std::span(packed)), std::as_writable_bytes(std::span(text)));
    if (length != text.size()) {
        throw std::logic_error("what the program carries of labs is damaged");
    }
    return text;
}

/// File by name, as scripts/build_labs.py packs them.
const json::object& built_in_files()
{
    static const auto files = json::parse(unpack({amilab_labs_begin, amilab_labs_end})).as_object();
    return files;
}

std::string read_file(const fs::path& path)
{
    // A folder throws while it is read, and a pipe that nobody writes has no end.
    std::error_code error;
    if (!fs::is_regular_file(path, error)) {
        throw LabFault(fmt::format("cannot read {}: {}", path.string(),
                                   error ? error.message() : "it is no regular file"));
    }
    std::ifstream file(path, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    if (!file) {
        throw LabFault(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    }
    return text;
}

/// A name is a file's, and nothing that leads elsewhere.
bool is_name(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                                std::string_view::npos;
}

std::vector<std::string> names_in(const std::string& order)
{
    std::vector<std::string> names;
    std::istringstream lines(order);
    for (std::string line; std::getline(lines, line);) {
        if (is_name(line)) {
            names.push_back(line);
        } else if (!line.empty()) {
            throw LabFault(
                fmt::format("{}: {} is no name of a lab: small letters, digits and "
                            "hyphens",
                            kOrder, line));
        }
    }
    return names;
}

/// Whether a file reads like a sheet, and not like other text that lies beside labs.
bool has_steps(const fs::path& path)
{
    std::error_code error;
    return fs::is_regular_file(path, error) &&
           read_file(path).find("\n## Step 1:") != std::string::npos;
}

std::vector<std::string> names_found(const fs::path& folder)
{
    std::error_code error;
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto name = entry.path().stem().string();
        // A sheet alone is a lab that lacks something, and not to be passed over in silence.
        if (entry.path().extension() == ".md" && is_name(name) &&
            (fs::exists(folder / (name + ".json")) || has_steps(entry.path()))) {
            names.push_back(name);
        }
    }
    if (error) {
        throw LabFault(fmt::format("cannot look at {}: {}", folder.string(), error.message()));
    }
    if (names.empty()) {
        throw LabFault(
            fmt::format("there is no lab in {}: each is a NAME.md and a NAME.json, NAME in small "
                        "letters, digits and hyphens",
                        folder.string()));
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

unsigned Lab::points() const
{
    unsigned sum = 0;
    for (const auto& check : checks) {
        sum += check.points;
    }
    return sum;
}

Labs::Labs(const std::optional<std::string>& folder) : folder_(folder)
{
    const bool has_order =
        folder ? fs::exists(fs::path(*folder) / kOrder) : built_in_files().contains(kOrder);
    if (has_order) {
        names_ = names_in(read(kOrder));
    } else if (folder) {
        names_ = names_found(*folder);
    }
}

std::string Labs::read(std::string_view file) const
{
    if (folder_) {
        return read_file(fs::path(*folder_) / file);
    }
    const auto* text = built_in_files().if_contains(file);
    if (text == nullptr) {
        throw LabFault(fmt::format("{} is missing", file));
    }
    return std::string(text->as_string());
}

std::optional<std::string> Labs::name_of_number(std::string_view number) const
{
    const auto title = fmt::format("# Lab {}:", number);
    for (const auto& name : names_) {
        try {
            if (read(name + ".md").starts_with(title)) {
                return name;
            }
        } catch (const LabFault&) {
            // What is wrong with another lab is told of who asks for that.
        }
    }
    return std::nullopt;
}

Lab Labs::find(std::string_view name) const
{
    if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
        if (const auto numbered = name_of_number(name)) {
            throw LabFault(
                fmt::format("there is no lab {0}, but Lab {0} is named {1}; there are {2}", name,
                            *numbered, fmt::join(names_, ", ")));
        }
        throw LabFault(names_.empty() ? fmt::format("there is no lab {}, nor any other", name)
                                      : fmt::format("there is no lab {}; there are {}", name,
                                                    fmt::join(names_, ", ")));
    }
    const auto sheet = fmt::format("{}.md", name);
    const auto checks = fmt::format("{}.json", name);
    Lab lab;
    lab.name = name;
    lab.sheet = parse_sheet(sheet, read(sheet));
    lab.checks = parse_checks(checks, read(checks), built_in_model(), lab.sheet.steps.size());
    return lab;
}

const ApiModel& built_in_model()
{
    static const ApiModel model(unpack({amilab_api_model_begin, amilab_api_model_end}));
    return model;
}

std::string_view built_in_disk()
{
    return {amilab_lab_disk_begin, amilab_lab_disk_end};
}

}  // namespace amilab::labs
