#pragma once

#include <optional>
#include <string>

#include "storage/base/clock.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// The password of a Windows instance's administrator, which nobody knows but who has the key.
struct InstancePasswordRow {
    InstanceId instance_id{};
    /// Base64.
    std::string password_data{};
    /// Nobody is told before.
    TimeMs available_ms = 0;
};

inline constexpr auto kInstancePasswordColumns = columns<InstancePasswordRow>(
    "instance_password", "p", text<&InstancePasswordRow::instance_id>("instance_id"),
    text<&InstancePasswordRow::password_data>("password_data"),
    time<&InstancePasswordRow::available_ms>("available_ms"));

inline std::optional<InstancePasswordRow> select_instance_password(Database& db,
                                                                   const InstanceId& id)
{
    return select_row<kInstancePasswordColumns>(
        db, "FROM instance_password p WHERE p.instance_id = ?", id);
}

}  // namespace amilab
