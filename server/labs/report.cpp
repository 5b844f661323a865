#include "server/labs/report.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "server/wire/types.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

/// Damage has what is on a student's disk in it: without what a terminal would obey, and what no
/// XML can hold.
std::string shown(std::string text)
{
    const bool is_text = wire::is_utf8(text);
    for (char& c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7F) {
            c = ' ';
        } else if (byte >= 0x80 && !is_text) {
            c = '?';
        }
    }
    return text;
}

void count(const CheckOutcome& outcome, StepPoints& points)
{
    points.of += outcome.points;
    points.points += outcome.is_right ? outcome.points : 0;
}

const std::string& title_of(const Lab& lab, unsigned step)
{
    return lab.sheet.steps.at(step - 1).title;
}

bool is_right(std::span<const CheckOutcome> outcomes, unsigned step)
{
    return std::all_of(outcomes.begin(), outcomes.end(),
                       [&](const auto& one) { return one.step != step || one.is_right; });
}

json::object check_object(const CheckOutcome& outcome)
{
    json::object made = {{"title", outcome.title},
                         {"right", outcome.is_right},
                         {"points", outcome.is_right ? outcome.points : 0},
                         {"of", outcome.points}};
    if (!outcome.is_right) {
        made["hint"] = outcome.hint;
    }
    if (!outcome.is_right && !outcome.fault.empty()) {
        made["fault"] = shown(outcome.fault);
    }
    return made;
}

}  // namespace

std::vector<StepPoints> points_by_step(std::span<const CheckOutcome> outcomes)
{
    std::vector<StepPoints> steps;
    for (const auto& outcome : outcomes) {
        auto found = std::find_if(steps.begin(), steps.end(),
                                  [&](const auto& one) { return one.step == outcome.step; });
        if (found == steps.end()) {
            found = steps.insert(steps.end(), {.step = outcome.step});
        }
        count(outcome, *found);
    }
    std::sort(steps.begin(), steps.end(),
              [](const auto& one, const auto& other) { return one.step < other.step; });
    return steps;
}

StepPoints points_of(std::span<const CheckOutcome> outcomes)
{
    StepPoints sum;
    for (const auto& outcome : outcomes) {
        count(outcome, sum);
    }
    return sum;
}

std::string text_report(const Lab& lab, const Student& student,
                        std::span<const CheckOutcome> outcomes)
{
    auto text = fmt::format("{}: {}\naccount {}, {}\n", lab.name, lab.sheet.title, student.account,
                            student.region);
    for (const auto& step : points_by_step(outcomes)) {
        text += fmt::format("  {:>2}  {:<7}  {:>2}/{:<2}  {}\n", step.step,
                            is_right(outcomes, step.step) ? "right" : "not yet", step.points,
                            step.of, title_of(lab, step.step));
        for (const auto& outcome : outcomes) {
            if (outcome.step == step.step && !outcome.is_right) {
                text += fmt::format("      {}: {}\n", shown(outcome.title), shown(outcome.hint));
                text +=
                    outcome.fault.empty() ? "" : fmt::format("      ({})\n", shown(outcome.fault));
            }
        }
    }
    const auto sum = points_of(outcomes);
    return text + fmt::format("points: {} of {}\n", sum.points, sum.of);
}

std::string json_report(const Lab& lab, const Student& student,
                        std::span<const CheckOutcome> outcomes)
{
    json::array steps;
    for (const auto& step : points_by_step(outcomes)) {
        json::array checks;
        for (const auto& outcome : outcomes) {
            if (outcome.step == step.step) {
                checks.push_back(check_object(outcome));
            }
        }
        steps.push_back({{"step", step.step},
                         {"title", title_of(lab, step.step)},
                         {"right", is_right(outcomes, step.step)},
                         {"points", step.points},
                         {"of", step.of},
                         {"checks", std::move(checks)}});
    }
    const auto sum = points_of(outcomes);
    return json::serialize(json::object{{"lab", lab.name},
                                        {"title", lab.sheet.title},
                                        {"account", student.account},
                                        {"region", student.region},
                                        {"points", sum.points},
                                        {"of", sum.of},
                                        {"steps", std::move(steps)}}) +
           "\n";
}

std::string junit_report(const Lab& lab, const Student& student,
                         std::span<const CheckOutcome> outcomes)
{
    pugi::xml_document document;
    auto suite = document.append_child("testsuites").append_child("testsuite");
    suite.append_attribute("name") = fmt::format("{} of {}", lab.name, student.account).c_str();
    suite.append_attribute("tests") = static_cast<unsigned>(outcomes.size());
    suite.append_attribute("failures") = static_cast<unsigned>(std::count_if(
        outcomes.begin(), outcomes.end(), [](const auto& one) { return !one.is_right; }));
    for (const auto& outcome : outcomes) {
        auto test = suite.append_child("testcase");
        test.append_attribute("classname") = lab.name.c_str();
        test.append_attribute("name") =
            fmt::format("step {}: {}", outcome.step, shown(outcome.title)).c_str();
        if (!outcome.is_right) {
            auto failure = test.append_child("failure");
            failure.append_attribute("message") = shown(outcome.hint).c_str();
            failure.text() = shown(outcome.fault).c_str();
        }
    }
    // Texts are escaped here, unlike those of answers, which are when they are appended.
    std::ostringstream text;
    text << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    document.save(text, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
    return text.str() + "\n";
}

}  // namespace amilab::labs
