#include "server/labs/class_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/labs/reading.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

/// How EC2 says that a dry run would have succeeded.
constexpr std::string_view kDryRunCode = "DryRunOperation";

constexpr std::int64_t kMsPerSecond = 1000;

/// The parameter that a call asks the Parameter Store for; empty for other calls.
std::string_view parameter_of(const json::object& call)
{
    const auto* parameters = call.if_contains("parameters");
    return text_of(call, "service") == "ssm" && parameters != nullptr && parameters->is_object()
               ? text_of(parameters->get_object(), "Name")
               : std::string_view();
}

StepPoints sum_of(const ClassRow& row)
{
    StepPoints sum;
    for (const auto& step : row.steps) {
        sum.points += step.points;
        sum.of += step.of;
    }
    return sum;
}

/// A mark for each step: done, begun, or not.
std::string marks_of(const ClassRow& row)
{
    std::string marks;
    for (const auto& step : row.steps) {
        marks += step.points == step.of ? '#' : step.points > 0 ? '+' : '.';
    }
    return marks;
}

std::string idle_text(const std::optional<std::int64_t>& idle_ms)
{
    if (!idle_ms) {
        return "-";
    }
    const auto seconds = *idle_ms / kMsPerSecond;
    return seconds < 120 ? fmt::format("{}s", seconds) : fmt::format("{}m", seconds / 60);
}

/// Source: RFC 4180; a text that a spreadsheet would take for a formula has a quote before it.
std::string csv_field(std::string_view text)
{
    std::string field = "\"";
    if (!text.empty() && std::string_view("=+-@").find(text.front()) != std::string_view::npos) {
        field += '\'';
    }
    for (const char c : text) {
        field += c == '"' ? "\"\"" : std::string(1, c);
    }
    return field + "\"";
}

unsigned last_step(std::span<const ClassRow> rows)
{
    unsigned last = 0;
    for (const auto& row : rows) {
        for (const auto& step : row.steps) {
            last = std::max(last, step.step);
        }
    }
    return last;
}

}  // namespace

Activity activity_of(const json::array& calls, std::string_view account)
{
    Activity found;
    bool is_ours = false;
    bool is_check = false;
    for (const auto& one : calls) {
        const auto& call = one.as_object();
        if (text_of(call, "account") != account) {
            continue;
        }
        const auto parameter = parameter_of(call);
        if (parameter == kClassBegins || parameter == kClassEnds) {
            is_ours = parameter == kClassBegins;
            continue;
        }
        if (is_ours) {
            continue;
        }
        found.last_call = text_of(call, "time");
        if (parameter == kCheckBegins || parameter == kCheckEnds) {
            is_check = parameter == kCheckBegins;
        } else if (const auto code = text_of(call, "code"); !is_check && !code.empty() &&
                                                            code != kDryRunCode &&
                                                            !parameter.starts_with("/amilab/")) {
            found.last_refusal = fmt::format("{} {}", text_of(call, "operation"), code);
        }
    }
    return found;
}

std::string class_text(std::span<const ClassRow> rows)
{
    std::size_t name_width = 4;
    std::size_t mark_width = 5;
    for (const auto& row : rows) {
        name_width = std::max(name_width, row.name.size());
        mark_width = std::max(mark_width, row.steps.size());
    }
    auto text =
        fmt::format("{:<12}  {:<{}}  {:<10}  {:<{}}  {:>7}  {:>5}  {}\n", "account", "name",
                    name_width, "lab", "steps", mark_width, "points", "idle", "last refusal");
    for (const auto& row : rows) {
        const auto sum = sum_of(row);
        text += fmt::format("{:<12}  {:<{}}  {:<10}  {:<{}}  {:>7}  {:>5}  {}\n", row.account,
                            row.name.empty() ? "-" : row.name, name_width,
                            row.lab.empty() ? "-" : row.lab, marks_of(row), mark_width,
                            row.lab.empty() ? "-" : fmt::format("{}/{}", sum.points, sum.of),
                            idle_text(row.idle_ms),
                            row.activity.last_refusal.empty() ? "-" : row.activity.last_refusal);
    }
    return text + "steps: # right, + begun, . not yet\n";
}

std::string class_csv(std::span<const ClassRow> rows)
{
    const auto last = last_step(rows);
    std::string text = "account,name,lab,points,of,idle_seconds,last_call,last_refusal";
    for (unsigned step = 1; step <= last; ++step) {
        text += fmt::format(",step_{}", step);
    }
    text += "\n";
    for (const auto& row : rows) {
        const auto sum = sum_of(row);
        text += fmt::format(
            "{},{},{},{},{},{},{},{}", row.account, csv_field(row.name), csv_field(row.lab),
            sum.points, sum.of,
            row.idle_ms ? fmt::format("{}", *row.idle_ms / kMsPerSecond) : std::string(),
            row.activity.last_call, csv_field(row.activity.last_refusal));
        for (unsigned step = 1; step <= last; ++step) {
            const auto found = std::find_if(row.steps.begin(), row.steps.end(),
                                            [&](const auto& one) { return one.step == step; });
            text += found == row.steps.end() ? "," : fmt::format(",{}", found->points);
        }
        text += "\n";
    }
    return text;
}

std::string class_json(std::span<const ClassRow> rows)
{
    const auto text_or_null = [](const std::string& text) {
        return text.empty() ? json::value() : json::value(json::string(text));
    };
    json::array all;
    for (const auto& row : rows) {
        json::array steps;
        for (const auto& step : row.steps) {
            steps.push_back({{"step", step.step}, {"points", step.points}, {"of", step.of}});
        }
        const auto sum = sum_of(row);
        json::object made = {{"account", row.account},
                             {"name", text_or_null(row.name)},
                             {"lab", text_or_null(row.lab)},
                             {"points", sum.points},
                             {"of", sum.of},
                             {"steps", std::move(steps)},
                             {"last_call", text_or_null(row.activity.last_call)},
                             {"last_refusal", text_or_null(row.activity.last_refusal)},
                             {"idle_ms", nullptr}};
        if (row.idle_ms) {
            made["idle_ms"] = *row.idle_ms;
        }
        all.push_back(std::move(made));
    }
    return json::serialize(all) + "\n";
}

}  // namespace amilab::labs
