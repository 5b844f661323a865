#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/database.h"

/// What has been deleted and can still be restored.
namespace amilab {

struct RecycledRow {
    std::string resource_id;
    /// image, snapshot or volume
    std::string resource_type;
    std::string region;
    std::string owner;
    /// What it was before.
    std::string state;
    TimeMs enter_time_ms;
    TimeMs exit_time_ms;
};

void insert_recycled(Database& db, const RecycledRow& row);
std::optional<RecycledRow> select_recycled(Database& db, std::string_view owner,
                                           std::string_view region, std::string_view resource_id);
void delete_recycled(Database& db, std::string_view resource_id);
/// Deletes the row and returns it; nothing when it is not there, or not until later.
std::optional<RecycledRow> take_expired(Database& db, std::string_view resource_id, TimeMs now_ms);

struct RecycledQuery {
    std::string_view owner;
    std::string_view region;
    std::string_view resource_type;
    /// Only these; empty: all.
    std::vector<std::string> ids;
    std::string_view after;
    std::int64_t limit;
};

/// In the order of their ids.
std::vector<RecycledRow> select_recycled_page(Database& db, const RecycledQuery& query);

/// Puts the image's launch permissions aside, so that nobody sees it by them; the row in the bin is
/// there before.
void set_launch_permissions_aside(Database& db, const ImageId& id);
/// Gives them back; the row in the bin is still there.
void restore_launch_permissions(Database& db, const ImageId& id);

}  // namespace amilab
