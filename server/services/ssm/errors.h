#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/wire/api_error.h"

/// The refusals of Parameter Store. Here alone their codes and messages are spelled.
namespace amilab::ssm {

/// Source: observed; the message is empty.
ApiError parameter_not_found();
/// `version` is a number or a label. Source: observed for numbers, assumed for labels.
ApiError parameter_version_not_found(std::string_view name, std::string_view version);
/// Source: observed.
ApiError parameter_already_exists();
/// Source: code documented, text assumed.
ApiError parameter_limit_exceeded();
/// A call would take its account beyond what one may hold.
ApiError over_limit(std::string_view operation, const std::string& message);
/// Source: observed.
ApiError oldest_version_has_label(std::string_view name, std::int64_t version);
/// Source: observed.
ApiError too_many_labels();
/// Source: documented.
ApiError too_many_levels();
/// Source: documented.
ApiError type_changed();

/// Source: observed, as are the texts below unless they say otherwise.
ApiError invalid_name();
ApiError name_not_qualified();
ApiError name_with_spaces();
ApiError reserved_name(std::string_view name);
ApiError invalid_path();
ApiError name_too_long();
ApiError type_missing();
ApiError value_too_long(std::string_view tier, std::size_t most);
ApiError value_nests_parameters();
ApiError unsupported_data_type(std::string_view data_type);
/// Ours: AWS takes the value, and creates nothing.
ApiError value_is_no_image(std::string_view value);
/// Source: assumed.
ApiError data_type_changed();
ApiError tier_lowered();
/// Source: assumed.
ApiError image_type_of_secret();
/// Ours: AWS has these types and amilab does not.
ApiError data_type_not_offered(std::string_view data_type);

/// Of a key for what is no secret. Source: observed.
ApiError key_of_no_secret();
/// Source: code documented, text assumed.
ApiError invalid_key(std::string_view key_id);
/// Source: observed.
ApiError pattern_mismatch(std::string_view pattern);
/// Source: code documented, text assumed.
ApiError invalid_pattern(std::string_view pattern);

/// Source: observed.
ApiError tags_with_overwrite();
/// Source: codes documented, texts assumed.
ApiError invalid_tag(std::string_view key);
ApiError too_many_tags();
ApiError resource_not_found();
/// Ours: AWS has tags on these resources too.
ApiError resource_type_not_offered(std::string_view type);

/// Source: the code is documented, the text assumed.
ApiError invalid_list_token(std::string_view token);
ApiError invalid_filter_key(std::string_view key, std::string_view valid);
ApiError invalid_filter_option(std::string_view option, std::string_view valid);
ApiError filter_values_missing(std::string_view key);
ApiError both_kinds_of_filters();

}  // namespace amilab::ssm
