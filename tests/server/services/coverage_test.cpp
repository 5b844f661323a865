#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/wire/schema.h"
#include "tests/server/services/service_trials.h"
#include "tests/support/emulator_fixture.h"

// docs/coverage.md is what this makes of the tables of operations, the schema, and the reasons for
// which trials let a parameter have no effect.
namespace amilab::test {
namespace {

constexpr const char* kDocument = AMILAB_SOURCE_DIR "/docs/coverage.md";

constexpr const char* kPreface =
    "# What amilab serves\n"
    "\n"
    "Made from the tables of operations and the schema: do not edit. When they change, run\n"
    "`AMILAB_UPDATE=1 build/dev/schema_tests --gtest_filter=Coverage.*`.\n"
    "\n"
    "An operation that exists at AWS and is not served answers `UnsupportedOperation`; so does a\n"
    "parameter that is not offered, unless its value is the documented default given here. "
    "Anything\n"
    "else that AWS does not know is refused as AWS refuses it. Below the operations stands which\n"
    "parameters are taken though they change nothing here, and why.\n";

/// Words in lines of at most 100 columns.
std::string wrapped(const std::vector<std::string>& words)
{
    constexpr std::size_t kColumns = 100;
    std::string text;
    std::size_t column = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto word = words[i] + (i + 1 < words.size() ? "," : "");
        if (column != 0 && column + 1 + word.size() > kColumns) {
            text += '\n';
            column = 0;
        }
        text += (column == 0 ? "" : " ") + word;
        column += (column == 0 ? 0 : 1) + word.size();
    }
    return text + "\n";
}

/// What may be sent below a member that is not offered: documented defaults.
void append_accepted(const wire::Member& member, const std::string& path,
                     std::vector<std::string>& lines)
{
    if (member.accepted.data() != nullptr) {
        lines.push_back(fmt::format("`{}` ({})", path,
                                    member.accepted.empty()
                                        ? std::string("empty is taken")
                                        : fmt::format("`{}` is taken", member.accepted)));
    }
    if (member.members == nullptr) {
        return;
    }
    const bool is_list = member.kind == wire::Kind::kList;
    for (const auto& below : member.members->rows) {
        append_accepted(below, is_list ? path : fmt::format("{}.{}", path, below.name), lines);
    }
}

/// The topmost members that are not offered.
void append_missing(const wire::Member& member, const std::string& path,
                    std::vector<std::string>& lines)
{
    if (!member.offered) {
        if (member.accepted.data() == nullptr) {
            lines.push_back(fmt::format("`{}`", path));
        }
        append_accepted(member, path, lines);
        return;
    }
    if (member.members == nullptr) {
        return;
    }
    const bool is_list = member.kind == wire::Kind::kList;
    for (const auto& below : member.members->rows) {
        append_missing(below, is_list ? path + ".N" : fmt::format("{}.{}", path, below.name),
                       lines);
    }
}

std::string_view kind_name(OperationKind kind)
{
    switch (kind) {
        case OperationKind::kRead:
            return "reads";
        case OperationKind::kWrite:
            return "writes";
        case OperationKind::kBytes:
            return "moves bytes";
        case OperationKind::kStream:
            return "streams";
    }
    return {};
}

std::string operation_row(const Operation& operation)
{
    std::vector<std::string> missing;
    for (const auto& member : operation.schema->input->rows) {
        append_missing(member, std::string(member.name), missing);
    }
    return fmt::format(
        "| {} | {} | {} |\n", operation.schema->name, kind_name(operation.kind),
        missing.empty() ? "all parameters" : fmt::format("all but {}", fmt::join(missing, ", ")));
}

/// Parameters that are taken and change nothing.
std::string without_effect_table(std::string_view service)
{
    auto all = without_effect_of(service);
    if (all.empty()) {
        return {};
    }
    std::ranges::sort(all, {}, &WithoutEffect::parameter);
    std::string text = "\n| without effect | why |\n|---|---|\n";
    for (const auto& [parameter, why] : all) {
        text += fmt::format("| {} | {} |\n", parameter, why);
    }
    return text;
}

std::string service_section(const Service& service)
{
    auto text = fmt::format(
        "\n## {} ({})\n\n{} of {} operations.\n\n| operation | | offers |\n"
        "|---|---|---|\n",
        service.schema.name, service.schema.version, service.schema.operations.size(),
        service.schema.operation_names.size());
    std::vector<std::string> absent(service.schema.operation_names.begin(),
                                    service.schema.operation_names.end());
    for (const auto* schema : service.schema.operations) {
        text += operation_row(*test_services().find_operation(service, schema->name));
        std::erase(absent, schema->name);
    }
    text += without_effect_table(service.schema.name);
    return absent.empty() ? text : text + "\nNot served:\n\n" + wrapped(absent);
}

std::string coverage()
{
    std::map<std::string_view, const Service*> by_name;
    for (const auto* service : test_services().all()) {
        by_name.emplace(service->schema.name, service);
    }
    auto text = std::string(kPreface);
    for (const auto& [name, service] : by_name) {
        text += service_section(*service);
    }
    return text;
}

TEST(Coverage, TheDocumentIsCurrent)
{
    const auto text = coverage();
    if (std::getenv("AMILAB_UPDATE") != nullptr) {
        std::ofstream(kDocument) << text;
    }
    std::ifstream file(kDocument);
    const std::string kept{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(kept, text) << "run AMILAB_UPDATE=1 build/dev/schema_tests --gtest_filter=Coverage.*";
}

}  // namespace
}  // namespace amilab::test
