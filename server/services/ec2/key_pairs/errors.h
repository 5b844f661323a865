#pragma once

#include <string_view>

#include "server/services/ec2/common/ids.h"
#include "storage/metadata/key_pairs/key_pair_rows.h"

/// Refusals that are about key pairs. docs/fidelity.md says for each whether it is documented,
/// observed or assumed.
namespace amilab::ec2 {

template <>
ApiError malformed_id<KeyPairId>(std::string_view text, std::string_view parameter);
ApiError not_found(const KeyPairId& id);
ApiError key_pair_not_found(std::string_view name);
ApiError key_pair_name_taken();
ApiError key_pair_not_named();
ApiError key_name_not_trimmed(std::string_view name);
ApiError public_key_malformed();
/// A key of this type was named at a launch of Windows.
ApiError key_type_not_for_windows();

}  // namespace amilab::ec2
