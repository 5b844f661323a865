#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/api_error.h"
#include "storage/metadata/snapshots/snapshot_ids.h"

/// Refusals that calls of several services say. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab {

ApiError invalid_parameter_combination(std::string_view message);
ApiError invalid_request(std::string_view message);
ApiError invalid_parameter_value(std::string_view message);
/// "Value (x) for parameter y is invalid. why"
ApiError invalid_value(std::string_view value, std::string_view parameter,
                       std::string_view why = {});
/// `parameter` makes sense beside `required` alone.
ApiError invalid_parameter_dependency(std::string_view parameter, std::string_view required);
/// Source: observed of DescribeImages and DescribeVpcs, assumed of EC2's other lists.
ApiError invalid_next_token(std::string_view token);
ApiError idempotent_parameter_mismatch();

ApiError encryption_not_removable();
ApiError unencrypted_copy(const SnapshotId& source);
ApiError invalid_kms_key(std::string_view text, std::string_view why);

ApiError tag_limit_exceeded();
/// The key begins with `aws:`; CreateTags and DeleteTags name it.
ApiError reserved_tag_key();
ApiError reserved_tag_key(std::string_view key);
ApiError tag_key_too_long(std::size_t limit);
ApiError tag_value_too_long(std::size_t limit);
ApiError duplicate_tag_key(std::string_view key);

}  // namespace amilab
