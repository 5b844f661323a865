#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <string_view>

#include "storage/metadata/sql/columns.h"

/// The columns of the views in connection.cpp that lay the catalogue's rows beside the database's
/// own. Rows that are read from such a view name these columns: see names_columns().
namespace amilab {

/// A column of a view, and the SQL that gives it where a half has no column of that name.
struct ViewColumn {
    std::string_view name;
    std::string_view own = {};
    std::string_view catalogue = {};
};

// SQLite pushes what a query asks of a view into both halves and merges them in key order, but only
// where the halves' columns have the same affinity: hence the casts.

inline constexpr std::string_view kNullText = "CAST(NULL AS TEXT)";
inline constexpr std::string_view kNullInteger = "CAST(NULL AS INTEGER)";
inline constexpr std::string_view kZeroInteger = "CAST(0 AS INTEGER)";

/// Of all_image and account_image. Catalogue images are available.
inline constexpr ViewColumn kImageViewColumns[] = {
    {"id"},
    {"region"},
    {"owner"},
    {"owner_alias"},
    {"name"},
    {"description"},
    {"location"},
    {"architecture"},
    {"image_type"},
    {"public"},
    {"state", {}, "CAST('available' AS TEXT)"},
    {"root_device_name"},
    {"root_device_type"},
    {"virtualization_type"},
    {"hypervisor"},
    {"boot_mode"},
    {"imds_support"},
    {"tpm_support"},
    {"ena_support"},
    {"sriov_net_support"},
    {"platform"},
    {"platform_details"},
    {"usage_operation"},
    {"kernel_id"},
    {"ramdisk_id"},
    {"creation_time_ms"},
    {"deprecation_time_ms"},
    {"last_launched_time_ms", {}, kNullInteger},
    {"launched_before_ms", {}, kNullInteger},
    {"source_instance_id", {}, kNullText},
    {"source_image_id", {}, kNullText},
    {"source_image_region", {}, kNullText},
    {"free_tier_eligible"},
    {"public_ssm_parameter_name", kNullText, {}},
    {"deregistration_protection", {}, "CAST('disabled' AS TEXT)"},
    {"state_reason_code", {}, kNullText},
    {"state_reason_message", {}, kNullText},
    {"annotated", {}, kZeroInteger},
};

/// Of all_snapshot and account_snapshot. Catalogue snapshots are completed.
inline constexpr ViewColumn kSnapshotViewColumns[] = {
    {"id"},
    {"region"},
    {"owner"},
    {"owner_alias"},
    {"layer_id", {}, kNullInteger},
    {"volume_id", {}, "CAST('vol-ffffffff' AS TEXT)"},
    {"volume_size_gib"},
    {"description"},
    {"state", {}, "CAST('completed' AS TEXT)"},
    {"start_time_ms"},
    {"due_time_ms", {}, kNullInteger},
    {"completion_time_ms", {}, "start_time_ms"},
    {"encrypted"},
    {"kms_key_id", {}, kNullText},
    {"data_key_id", {}, kNullText},
    {"transfer_type", {}, kNullText},
    {"completion_duration_minutes", {}, kNullInteger},
    {"status_message", {}, kNullText},
    {"full_size_bytes", {}, kZeroInteger},
    {"public"},
};

/// Whether a row's columns are a view's, in its order.
template <std::size_t kCount>
constexpr bool names_columns(std::span<const Column> columns, const ViewColumn (&view)[kCount])
{
    return std::equal(
        columns.begin(), columns.end(), std::begin(view), std::end(view),
        [](const Column& column, const ViewColumn& one) { return column.name == one.name; });
}

}  // namespace amilab
