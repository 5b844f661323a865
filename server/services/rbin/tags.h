#pragma once

#include <string>
#include <vector>

#include "server/calls/family.h"
#include "server/wire/rbin/shared.h"
#include "storage/metadata/recycle_bin/recycle_rule_rows.h"

/// Tags of retention rules.
namespace amilab::rbin {

extern const Family kTags;

/// `existing` with `tags` put over them. Throws ValidationException for a key or value that is none
/// or a key that comes twice, ServiceQuotaExceededException above 50 tags.
/// Source: characters and quota documented; that `aws:` is reserved, assumed.
std::vector<RecycleRuleTag> with_tags(std::vector<RecycleRuleTag> existing,
                                      const std::vector<Tag>& tags);
std::vector<Tag> to_tags(const std::vector<RecycleRuleTag>& rows);

/// "arn:aws:rbin:us-east-1:123456789012:rule/6lsJ2Fa9nh9". Source: documented.
std::string rule_arn(const RecycleRuleRow& row);

}  // namespace amilab::rbin
