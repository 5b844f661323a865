#include "storage/metadata/s3/object_list_rows.h"

#include <algorithm>
#include <utility>

namespace amilab {

namespace {

constexpr auto kListColumns =
    columns<ObjectListRow>("s3_object", "o", text<&ObjectListRow::key>("key"),
                           integer<&ObjectListRow::size_bytes>("size_bytes"),
                           time<&ObjectListRow::modified_ms>("modified_ms"),
                           text<&ObjectListRow::etag>("etag"), text<&ObjectListRow::owner>("owner"),
                           text<&ObjectListRow::checksum_algorithm>("checksum_algorithm"),
                           text<&ObjectListRow::checksum_type>("checksum_type"));

/// Where a list goes on: at a key, and of what has that key behind an id.
struct Place {
    std::string key;
    std::string after_id;
    /// Whether what has the key is told already, whatever its id.
    bool is_behind = false;
    /// When the upload `after_id` began. A value, not a SELECT: beside one the index is not used to
    /// begin at an upload.
    TimeMs after_started_ms = 0;
};

/// What keys with this one are told by; empty when that is the key itself.
std::string_view common_prefix(const KeyListQuery& query, std::string_view key)
{
    if (query.delimiter.empty() || !key.starts_with(query.prefix)) {
        return {};
    }
    const auto at = key.find(query.delimiter, query.prefix.size());
    return at == std::string_view::npos ? std::string_view()
                                        : key.substr(0, at + query.delimiter.size());
}

Place first_place(const KeyListQuery& query, std::string_view after_id)
{
    if (query.after < query.prefix || query.after.empty()) {
        return {std::string(query.prefix), {}, false};
    }
    if (common_prefix(query, query.after) == query.after) {
        return {end_of_prefix(query.after), {}, false};
    }
    return {std::string(query.after), std::string(after_id), after_id.empty()};
}

/// How many rows are read at a time where the next may be sought anew.
std::int64_t rows_at_once(const KeyListQuery& query, std::int64_t most)
{
    constexpr std::int64_t kFew = 16;
    return query.delimiter.empty() ? most : std::min(most, kFew);
}

/// Takes rows until there are enough, or a common prefix has them sought anew behind it. `begin`
/// makes a SELECT that goes on at a place, `behind` tells the place behind a row.
template <class Row, class Begin, class Behind>
KeyList<Row> list_keys(const KeyListQuery& query, Place place, const Begin& begin,
                       const Behind& behind)
{
    KeyList<Row> list;
    const auto told = [&] {
        return static_cast<std::int64_t>(list.rows.size() + list.prefixes.size());
    };
    for (bool goes_on = true; goes_on;) {
        const auto wanted = rows_at_once(query, query.most - told() + 1);
        auto rows = begin(place, wanted);
        goes_on = static_cast<std::int64_t>(rows.size()) == wanted;
        for (auto& row : rows) {
            if (told() == query.most) {
                list.has_more = true;
                return list;
            }
            if (const auto prefix = common_prefix(query, row.key); !prefix.empty()) {
                list.prefixes.emplace_back(prefix);
                list.last = prefix;
                place = {end_of_prefix(prefix), {}, false};
                goes_on = !place.key.empty();
                break;
            }
            list.last = row.key;
            place = behind(row);
            list.rows.push_back(std::move(row));
        }
    }
    return list;
}

}  // namespace

std::string end_of_prefix(std::string_view prefix)
{
    std::string end(prefix);
    while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) {
        end.pop_back();
    }
    if (!end.empty()) {
        end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    }
    return end;
}

KeyList<ObjectListRow> list_objects(Database& db, const KeyListQuery& query)
{
    const auto end = end_of_prefix(query.prefix);
    const auto begin = [&](const Place& place, std::int64_t most) {
        Query select("SELECT ");
        select.sql(select_list<kListColumns>())
            .part(" FROM s3_object o WHERE o.bucket = ?", query.bucket)
            .part(place.is_behind ? " AND o.key > ?" : " AND o.key >= ?", place.key);
        if (!end.empty()) {
            select.part(" AND o.key < ?", end);
        }
        return rows_of<kListColumns>(db, select.part(" ORDER BY o.key LIMIT ?", most));
    };
    if (query.most <= 0) {
        return {};
    }
    return list_keys<ObjectListRow>(query, first_place(query, {}), begin,
                                    [](const ObjectListRow& row) {
                                        return Place{row.key, {}, true};
                                    });
}

KeyList<UploadRow> list_uploads(Database& db, const KeyListQuery& query, std::string_view after_id)
{
    const auto end = end_of_prefix(query.prefix);
    const auto begin = [&](const Place& place, std::int64_t most) {
        Query select("SELECT ");
        select.sql(select_list<kUploadColumns>())
            .part(" FROM s3_upload u WHERE u.bucket = ?", query.bucket);
        if (place.is_behind) {
            select.part(" AND u.key > ?", place.key);
        } else if (place.after_id.empty()) {
            select.part(" AND u.key >= ?", place.key);
        } else {
            select.part(" AND (u.key, u.started_ms, u.upload_id) > (?, ?, ?)", place.key,
                        place.after_started_ms, place.after_id);
        }
        if (!end.empty()) {
            select.part(" AND u.key < ?", end);
        }
        return rows_of<kUploadColumns>(
            db, select.part(" ORDER BY u.key, u.started_ms, u.upload_id LIMIT ?", most));
    };
    if (query.most <= 0) {
        return {};
    }
    auto place = first_place(query, after_id);
    if (!place.after_id.empty()) {
        // Who ends uploads page by page goes on behind one that is there no more.
        const auto last = select_upload(db, place.after_id);
        if (last && last->bucket == query.bucket && last->key == place.key) {
            place.after_started_ms = last->started_ms;
        } else {
            place.after_id.clear();
        }
    }
    return list_keys<UploadRow>(query, std::move(place), begin, [](const UploadRow& row) {
        return Place{row.key, row.id, false, row.started_ms};
    });
}

}  // namespace amilab
