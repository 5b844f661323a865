#include "storage/metadata/snapshots/snapshot_search.h"

#include <algorithm>
#include <string>

#include "storage/metadata/images/visibility.h"

namespace amilab {

namespace {

std::vector<std::string> among(const ListQuery& wanted, std::string_view name)
{
    for (const auto& [column, values] : wanted.among) {
        if (column == name) {
            return values;
        }
    }
    return {};
}

/// Source: EC2 API Reference, DescribeSnapshots (documented).
void append_restorable_by(Query& query, const ListQuery& wanted)
{
    const auto users = among(wanted, kAmongRestorers);
    if (users.empty()) {
        return;
    }
    const auto named = named_users(users, wanted.owner);
    query.sql(named.is_all ? " AND (s.public = 1" : " AND (0");
    if (named.is_viewer) {
        query.sql(" OR s.owner = ").value(wanted.owner).sql(" OR ");
        append_shared_with(query, kSharedSnapshots, {std::string(wanted.owner)}, {});
    }
    if (!named.others.empty()) {
        query.sql(" OR s.owner = ").value(wanted.owner).sql(" AND ");
        append_shared_with(query, kSharedSnapshots, named.others, {});
    }
    query.sql(")");
}

/// Snapshots of the viewer's are looked for unless others' accounts alone are named.
VisibleQuery whose(const ListQuery& wanted, const std::vector<std::string>& owners,
                   bool names_viewer)
{
    const bool names_alias = std::any_of(owners.begin(), owners.end(), [](const auto& owner) {
        return owner.find_first_not_of("0123456789") != std::string::npos;
    });
    const bool is_any = owners.empty();
    return {.viewer = wanted.owner,
            .region = wanted.region,
            .wants_own = (is_any || names_viewer || names_alias) &&
                         may_own(wanted.filters, "owner-id", wanted.owner),
            .wants_others = is_any || !names_viewer || owners.size() > 1};
}

}  // namespace

std::vector<SnapshotRow> select_snapshots(Database& db, const ListQuery& wanted)
{
    static const auto filters = listing::resolve(kSnapshotList);
    const auto& columns = select_list<kDescribedSnapshotColumns>();
    const auto owners = among(wanted, kAmongOwners);
    const bool names_viewer = std::find(owners.begin(), owners.end(), wanted.owner) != owners.end();
    const auto append_rest = [&](Query& query, Seen seen) {
        if (!owners.empty() && !(seen == Seen::kAsOwner && names_viewer)) {
            query.sql(" AND (s.owner IN ").list(owners);
            query.sql(" OR s.owner_alias IN ").list(owners).sql(")");
        }
        append_restorable_by(query, wanted);
        append_filters(query, wanted.filters, filters, kSnapshotList.key, wanted.owner);
        if (!wanted.after.empty()) {
            query.sql(" AND s.id > ").value(wanted.after);
        }
    };
    Query query;
    query.at(wanted.now_ms);
    if (wanted.ids.empty()) {
        append_visible(query, kSharedSnapshots, whose(wanted, owners, names_viewer), columns,
                       append_rest);
    } else {
        query.sql("SELECT s.id, ").part(columns).sql(" FROM all_snapshot AS s WHERE s.region = ");
        query.value(wanted.region).sql(" AND s.id IN ").list(wanted.ids);
        append_seen_by(query, kSharedSnapshots, wanted.owner);
        append_rest(query, Seen::kEither);
    }
    query.sql(" ORDER BY 1 LIMIT ").value(wanted.limit);
    auto select = query.on(db);
    std::vector<SnapshotRow> rows;
    while (select.step()) {
        auto values = select.row();
        values.view();  // the id that they are ordered by
        rows.push_back(read_row(kDescribedSnapshotColumns, std::move(values)));
    }
    return rows;
}

}  // namespace amilab
