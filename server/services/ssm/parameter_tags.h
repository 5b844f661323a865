#pragma once

#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ssm/shared.h"
#include "storage/metadata/parameters/parameter_rows.h"

/// Tags on parameters.
namespace amilab::ssm {

extern const Family kParameterTags;

/// Sets them on a parameter that is there. Throws ApiError: ValidationException, TooManyTagsError.
/// Source: 50 at most; letters, digits and spaces of any script, and _.:/=+-@ (documented).
void set_tags(Session& session, const ParameterKey& key, const std::vector<Tag>& tags);

}  // namespace amilab::ssm
