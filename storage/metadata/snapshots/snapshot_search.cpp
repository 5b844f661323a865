#include "storage/metadata/snapshots/snapshot_search.h"

#include <algorithm>
#include <string>

#include "storage/metadata/images/visibility.h"

namespace amilab {

namespace {

/// Source: EC2 API Reference, DescribeSnapshots (documented).
void append_restorable_by(Query& query, const ListQuery& wanted)
{
    const auto users = wanted.values_among(kAmongRestorers);
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
VisibleParts parts_of(const ListQuery& wanted, std::span<const std::string> owners,
                      bool names_viewer)
{
    const bool names_alias = std::any_of(owners.begin(), owners.end(), [](const auto& owner) {
        return owner.find_first_not_of("0123456789") != std::string::npos;
    });
    const bool is_any = owners.empty();
    return {.wants_own = (is_any || names_viewer || names_alias) &&
                         may_own(wanted.filters, "owner-id", wanted.owner),
            .wants_others = is_any || !names_viewer || owners.size() > 1};
}

}  // namespace

std::vector<SnapshotRow> select_snapshots(Database& db, const ListQuery& wanted)
{
    const auto& filters = listing::sql_of<kSnapshotList>().filters();
    const auto owners = wanted.values_among(kAmongOwners);
    const bool names_viewer = std::find(owners.begin(), owners.end(), wanted.owner) != owners.end();
    const auto append_rest = [&](Query& query, Seen seen) {
        if (!owners.empty() && !(seen == Seen::kAsOwner && names_viewer)) {
            query.sql(" AND (s.owner IN ").list(owners);
            query.sql(" OR s.owner_alias IN ").list(owners).sql(")");
        }
        append_restorable_by(query, wanted);
        append_filters(query, wanted.filters, filters, kSnapshotList.key, wanted.owner);
    };
    return select_visible_page<kDescribedSnapshotColumns>(
        db, kSharedSnapshots, wanted, parts_of(wanted, owners, names_viewer), append_rest);
}

}  // namespace amilab
