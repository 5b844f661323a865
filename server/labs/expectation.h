#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "server/labs/api_model.h"

/// What a check wants of an answer.
namespace amilab::labs {

enum class Operator : std::uint8_t {
    kEquals,
    kNotEquals,
    kContains,
    kMatches,
    kExists,
    kAbsent,
    kLength,
    kAtLeast,
    kAtMost,
    kError,
};

struct Expectation {
    /// A JSON pointer (RFC 6901) in which `*` stands for any element of a list; empty for errors.
    std::string pointer;
    Operator wanted = Operator::kExists;
    boost::json::value value;
    /// Of kMatches.
    std::optional<std::regex> pattern = {};
};

/// Puts names in place, such as ${ACCOUNT}, in all texts of a value.
using Replace = std::function<std::string(std::string_view)>;
boost::json::value replaced(const boost::json::value& value, const Replace& replace);

/// Reads an entry's "expect". Throws LabFault: an unknown operator, no pointer, a value of the
/// wrong kind.
Expectation parse_expectation(const boost::json::object& entry);

/// What a pointer means in a value, each of it where `*` stands for several. Throws LabFault for a
/// pointer that is none.
std::vector<const boost::json::value*> select(const boost::json::value& root,
                                              std::string_view pointer);

/// Whether the answer is as expected; `replace` is for the value. A refusal is what kError names,
/// and nothing else.
bool holds(const Expectation& expectation, const ModelAnswer& answer, const Replace& replace);

}  // namespace amilab::labs
