#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"
#include "storage/metadata/parameters/parameter_rows.h"

/// Names, versions and labels of parameters, as requests say them.
namespace amilab::ssm {

/// What a request asks for: a name or an ARN, and behind a colon a version or a label.
struct ParameterReference {
    std::string name;
    /// Where the first is not there. An ARN says nothing about a leading slash: that comes first,
    /// then without; outside hierarchies a name stands for the one with the slash and the one
    /// without, and comes first as it is written. Source: observed.
    std::optional<std::string> other_name;
    std::optional<std::string> selector;
    /// An ARN of another account or region: nobody shares parameters here.
    bool is_elsewhere = false;
};

/// Throws ValidationException for a name with spaces inside.
ParameterReference parse_reference(Session& session, std::string_view text);

/// Why a parameter was not found.
enum class Missing { kParameter, kVersion };
struct Found {
    std::optional<ParameterRow> row;
    Missing missing = Missing::kParameter;
};
/// Looks among own and public parameters alike.
Found find_parameter(Session& session, const ParameterReference& reference);
/// find_parameter() that throws ParameterNotFound and ParameterVersionNotFound.
ParameterRow require_parameter(Session& session, const ParameterReference& reference);

/// The name of the caller's own parameter that is meant, which may be another by a leading slash;
/// the text without spaces where there is none.
std::string own_name(Session& session, std::string_view text);

/// Whether the name is one of AWS's own.
bool is_public_name(std::string_view name);

/// Without spaces at both ends.
std::string trimmed(std::string_view text);

/// Throws unless an account may have a parameter of that name.
/// Source: Systems Manager User Guide, "Requirements and constraints for parameter names"
/// (documented).
void check_name(std::string_view name);
/// Throws unless it is the path of a hierarchy.
void check_path(std::string_view path);

}  // namespace amilab::ssm
