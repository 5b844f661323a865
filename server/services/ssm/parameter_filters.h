#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "server/wire/ssm/parameters.h"
#include "storage/metadata/parameters/parameter_rows.h"

namespace amilab::ssm {

/// Which operation's filters they are: each has keys of its own.
enum class FiltersOf { kDescriptions, kValuesByPath };

/// Throws InvalidFilterKey, InvalidFilterOption, InvalidFilterValue, ValidationException.
/// Source: Systems Manager API Reference, ParameterStringFilter (documented).
std::vector<ParameterFilter> parse_filters(std::span<const ParameterStringFilter> filters,
                                           FiltersOf operation);
/// The deprecated form, whose names are beginnings. Source: the model; beginnings observed.
std::vector<ParameterFilter> parse_old_filters(std::span<const ParametersFilter> filters);

/// Whether all that the filters can match are AWS's own parameters.
bool want_public(std::span<const ParameterFilter> filters);

}  // namespace amilab::ssm
