#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/cli/answers.h"
#include "server/cli/commands.h"
#include "server/cli/local_server.h"
#include "server/control/paths.h"
#include "storage/base/text.h"

namespace amilab::cli {

namespace json = boost::json;

namespace {

constexpr std::string_view kRow = "{:<9} {:<24} {:<16} {:<22} {:>14} {:>14}{}\n";

std::string dollars(const json::value& usd)
{
    return usd.is_null() ? "no price" : fmt::format("{:.6f}", usd.to_number<double>());
}

std::string text_at(const json::object& row, std::string_view key)
{
    const auto* value = row.if_contains(key);
    return value != nullptr && value->is_string() ? one_line(std::string(value->get_string())) : "";
}

std::string gigabytes(const json::object& row, std::string_view key)
{
    constexpr double kGigabyte = 1 << 30;
    const auto* bytes = row.if_contains(key);
    return bytes == nullptr ? "?"
                            : fmt::format("{:.3f} GB", bytes->to_number<double>() / kGigabyte);
}

/// What of a resource its price hangs on.
std::string facts_of(const json::object& row)
{
    const auto kind = text_at(row, "kind");
    if (kind == "snapshot") {
        return fmt::format("{} {}", gigabytes(row, "stored_bytes"), text_at(row, "tier"));
    }
    if (kind == "volume") {
        return fmt::format("{} GB {}", row.at("size_gib").as_int64(), text_at(row, "type"));
    }
    if (kind == "copy") {
        return fmt::format("{} of {}", gigabytes(row, "bytes"), text_at(row, "source_region"));
    }
    return fmt::format("{} {}", text_at(row, "type"), text_at(row, "state"));
}

void print_resource(const json::object& row)
{
    const auto why = text_at(row, "why");
    const auto note = why.empty() ? "" : "  " + why;
    const bool is_copy = text_at(row, "kind") == "copy";
    fmt::print(kRow, text_at(row, "kind"), text_at(row, "id"), text_at(row, "region"),
               facts_of(row), dollars(row.at(is_copy ? "once_usd" : "monthly_usd")),
               is_copy ? "once" : dollars(row.at("gives_back_usd")), note);
}

void print_lineage(const json::object& row)
{
    fmt::print(kRow, "lineage", text_at(row, "image"), text_at(row, "region"),
               fmt::format("{}, {} snapshots", gigabytes(row, "stored_bytes"),
                           row.at("snapshots").as_int64()),
               dollars(row.at("monthly_usd")), dollars(row.at("gives_back_usd")), "");
}

void print_table(const json::object& bill)
{
    fmt::print(kRow, "USD", "id", "region", "", "a month", "gives back", "");
    for (const auto& row : bill.at("resources").as_array()) {
        print_resource(row.as_object());
    }
    for (const auto& row : bill.at("lineages").as_array()) {
        print_lineage(row.as_object());
    }
    fmt::print("a month of {} hours: {} USD, once for copies: {} USD, without a price: {}\n",
               bill.at("month_hours").as_int64(), dollars(bill.at("monthly_usd")),
               dollars(bill.at("once_usd")), bill.at("unpriced").as_int64());
    for (const auto& one : bill.at("not_told").as_array()) {
        fmt::print("not told: {}: {}\n", text_at(one.as_object(), "what"),
                   text_at(one.as_object(), "why"));
    }
    for (const auto& source : bill.at("sources").as_array()) {
        fmt::print("prices of {}: {}\n", text_at(source.as_object(), "date"),
                   text_at(source.as_object(), "page"));
    }
}

}  // namespace

int cost(const CostOptions& options)
{
    Target target(options.server, options.data, Target::Missing::kRefuse);
    auto& client = target.client();
    const auto said = client.fetch(kCostPath, parameters_of(options.place));
    read_answer(client.url(), kCostPath, said, [&](const json::value& answer) {
        require_of_amilab(answer.at("resources").is_array());
        if (options.as_json) {
            fmt::print("{}", said);
        } else {
            print_table(answer.as_object());
        }
    });
    return 0;
}

}  // namespace amilab::cli
