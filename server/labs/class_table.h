#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "server/labs/report.h"

/// What a teacher sees of a class.
namespace amilab::labs {

/// Names of parameters that nobody has, asked for before and after what the program itself calls in
/// an account, so that the ring of calls tells that from a student's work.
inline constexpr std::string_view kClassBegins = "/amilab/class-begins";
inline constexpr std::string_view kClassEnds = "/amilab/class-ends";
inline constexpr std::string_view kCheckBegins = "/amilab/check-begins";
inline constexpr std::string_view kCheckEnds = "/amilab/check-ends";

/// What an account did last, as far as the ring of calls goes back.
struct Activity {
    /// ISO 8601, by the server's clock; empty when there is no call.
    std::string last_call;
    /// "RunInstances InvalidAMIID.NotFound"; empty when there is none.
    std::string last_refusal;
};
/// `calls` are as the control API lists them. What the class's own table calls does not count; what
/// a student's checks call, and what empties the account when a lab is finished, is work, and none
/// of its refusals counts. A dry run that says yes is no refusal.
Activity activity_of(const boost::json::array& calls, std::string_view account);

/// One student's work on one lab.
struct ClassRow {
    std::string account;
    std::string name;  ///< empty: not known
    std::string lab;   ///< empty: none is begun
    std::vector<StepPoints> steps = {};
    Activity activity = {};
    /// Since the last call; nothing where there is none.
    std::optional<std::int64_t> idle_ms = {};
};

std::string class_text(std::span<const ClassRow> rows);
/// A header, and a line for each row; steps that a lab has not are empty.
std::string class_csv(std::span<const ClassRow> rows);
std::string class_json(std::span<const ClassRow> rows);

}  // namespace amilab::labs
