#include "storage/metadata/store_image_tasks/store_image_task_rows.h"

namespace amilab {

namespace {

constexpr auto kUnderWayOf =
    " FROM store_image_task WHERE state = " + sql_word<StoreImageTaskState::kInProgress> +
    " AND owner = ?";
constexpr auto kSumUnderWay = "SELECT COALESCE(SUM(size_gib), 0)" + kUnderWayOf;
constexpr auto kUnderWayTo = "SELECT 1" + kUnderWayOf + " AND bucket = ? AND object_key = ?";

constexpr auto kTagColumns = columns<TagRow>("store_image_task_tag", "g", text<&TagRow::key>("key"),
                                             text<&TagRow::value>("value"));

}  // namespace

void insert_store_image_task(Database& db, const StoreImageTaskRow& row,
                             const std::vector<TagRow>& tags)
{
    insert_row<kStoreImageTaskColumns>(db, row);
    std::int64_t position = 0;
    for (const auto& tag : tags) {
        Statement(db,
                  "INSERT INTO store_image_task_tag (task_id, position, key, value)"
                  " VALUES (?, ?, ?, ?)")
            .execute(row.id, position, tag.key, tag.value);
        ++position;
    }
}

std::optional<StoreImageTaskRow> select_store_image_task(Database& db, const StoreImageTaskId& id)
{
    return select_row<kStoreImageTaskColumns>(db, "FROM store_image_task t WHERE t.id = ?", id);
}

std::vector<TagRow> select_store_image_task_tags(Database& db, const StoreImageTaskId& id)
{
    return select_rows<kTagColumns>(
        db, "FROM store_image_task_tag g WHERE g.task_id = ? ORDER BY g.position", id);
}

std::int64_t sum_store_image_task_gib(Database& db, std::string_view owner)
{
    Statement select(db, kSumUnderWay);
    select.bind(owner);
    select.step();
    return select.row().integer();
}

bool is_image_being_stored(Database& db, std::string_view owner, std::string_view bucket,
                           std::string_view object_key)
{
    Statement select(db, kUnderWayTo);
    select.bind(owner, bucket, object_key);
    return select.step();
}

void set_store_image_task_percent(Database& db, const StoreImageTaskId& id, std::int64_t percent)
{
    Statement(db, "UPDATE store_image_task SET percent = ? WHERE id = ? AND state = ?")
        .execute(percent, id, StoreImageTaskState::kInProgress);
}

void end_store_image_task(Database& db, const StoreImageTaskId& id,
                          const std::optional<std::string>& failure)
{
    Statement(db,
              "UPDATE store_image_task SET state = ?, failure = ?,"
              " percent = iif(?2 IS NULL, 100, percent) WHERE id = ? AND state = ?")
        .execute(failure ? StoreImageTaskState::kFailed : StoreImageTaskState::kCompleted, failure,
                 id, StoreImageTaskState::kInProgress);
}

}  // namespace amilab
