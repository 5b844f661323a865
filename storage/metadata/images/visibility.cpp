#include "storage/metadata/images/visibility.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace amilab {

namespace {

void append_grantees(Query& query, std::span<const Grantee> grantees, std::string_view alias)
{
    query.sql("(0");
    for (const auto& grantee : grantees) {
        query.sql(fmt::format(" OR ({}.kind = ", alias)).value(grantee.kind);
        query.sql(fmt::format(" AND {}.value = ", alias)).value(grantee.value).sql(")");
    }
    query.sql(")");
}

/// Whom a permission names to give it to `account`.
std::vector<Grantee> grantees_of(const SharedKind& kind, std::string_view account,
                                 const std::vector<Grantee>& memberships)
{
    std::vector<Grantee> grantees = {{GranteeKind::kUserId, std::string(account)}};
    if (kind.for_organizations) {
        grantees.insert(grantees.end(), memberships.begin(), memberships.end());
    }
    return grantees;
}

void append_own(Query& query, const SharedKind& kind, const ListQuery& wanted,
                std::string_view columns)
{
    const auto i = kind.alias;
    query.part(fmt::format("SELECT {0}.id AS id, {1} FROM {2} AS {0} WHERE {0}.region = ", i,
                           columns, kind.owned));
    query.value(wanted.region).sql(fmt::format(" AND {}.owner = ", i)).value(wanted.owner);
}

/// A table without row ids is read before its conditions on an index are looked at: hence the keys
/// first, which are all in the index, and then the rows of those that pass.
void append_own_walk(Query& query, const SharedKind& kind, const ListQuery& wanted,
                     const VisibleParts& parts, std::string_view columns)
{
    query.part(
        fmt::format("SELECT k.id AS id, {1} FROM {2} AS k CROSS JOIN {2} AS {0}"
                    " ON {0}.id = k.id WHERE k.region = ",
                    kind.alias, columns, kind.shared));
    query.value(wanted.region).sql(" AND k.owner = ").value(wanted.owner);
    parts.append_walk(query, "k");
    if (!wanted.after.empty()) {
        query.sql(" AND k.id > ").value(wanted.after);
    }
}

/// The few of the catalogue that are the viewer's.
void append_own_of_catalogue(Query& query, const SharedKind& kind, const ListQuery& wanted,
                             std::string_view columns)
{
    query.part(
        fmt::format("SELECT {0}.id AS id, {1} FROM {2} AS {0} WHERE {0}.id IN"
                    " (SELECT id FROM {3} WHERE region = ",
                    kind.alias, columns, kind.owned, kind.catalogue));
    query.value(wanted.region).sql(" AND owner = ").value(wanted.owner).sql(")");
}

void append_public(Query& query, const SharedKind& kind, const ListQuery& wanted,
                   const VisibleParts& parts, std::string_view columns)
{
    const auto i = kind.alias;
    query.part(fmt::format("SELECT {0}.id AS id, {1} FROM {2} AS {0} WHERE {0}.region = ", i,
                           columns, kind.published));
    query.value(wanted.region).sql(fmt::format(" AND {}.public = 1", i));
    if (parts.wants_own) {
        query.sql(fmt::format(" AND {}.owner <> ", i)).value(wanted.owner);
    }
}

/// What the last of `grantees` is given and none of those before it.
void append_granted(Query& query, const SharedKind& kind, const ListQuery& wanted,
                    std::string_view columns, std::span<const Grantee> grantees)
{
    const auto i = kind.alias;
    const auto key = kind.permission_key;
    // CROSS JOIN: permissions first, in the order of ids.
    query.part(
        fmt::format("SELECT p.{1}, {2} FROM {3} AS p CROSS JOIN {4} AS {0}"
                    " ON {0}.id = p.{1} WHERE p.kind = ",
                    i, key, columns, kind.permission, kind.shared));
    query.value(grantees.back().kind).sql(" AND p.value = ").value(grantees.back().value);
    query.sql(fmt::format(" AND {}.region = ", i)).value(wanted.region);
    query.sql(fmt::format(" AND {0}.public = 0 AND {0}.owner <> ", i)).value(wanted.owner);
    if (grantees.size() > 1) {
        query.sql(fmt::format(" AND NOT EXISTS (SELECT 1 FROM {0} AS q WHERE q.{1} = p.{1} AND ",
                              kind.permission, key));
        append_grantees(query, grantees.first(grantees.size() - 1), "q");
        query.sql(")");
    }
}

using AppendRest = std::function<void(Query&, Seen)>;

/// The viewer's own rows, as the parts want them found.
void append_owned(Query& query, const SharedKind& kind, const ListQuery& wanted,
                  const VisibleParts& parts, std::string_view columns,
                  const AppendRest& append_rest)
{
    if (!parts.append_walk) {
        append_own(query, kind, wanted, columns);
        append_rest(query, Seen::kAsOwner);
        return;
    }
    append_own_walk(query, kind, wanted, parts, columns);
    append_rest(query, Seen::kAsOwner);
    query.sql(" UNION ALL ");
    append_own_of_catalogue(query, kind, wanted, columns);
    append_rest(query, Seen::kAsOwner);
}

/// Rows of others that are public or shared with the viewer.
void append_others(Query& query, const SharedKind& kind, const ListQuery& wanted,
                   const VisibleParts& parts, std::string_view columns,
                   const AppendRest& append_rest)
{
    append_public(query, kind, wanted, parts, columns);
    append_rest(query, Seen::kAsOther);
    const auto grantees = grantees_of(kind, wanted.owner, parts.memberships);
    for (std::size_t count = 1; count <= grantees.size(); ++count) {
        query.sql(" UNION ALL ");
        append_granted(query, kind, wanted, columns, std::span(grantees).first(count));
        append_rest(query, Seen::kAsOther);
    }
}

/// A compound SELECT of what the viewer sees, each row once. `columns` stand behind the id, which
/// the parts are merged by.
void append_visible(Query& query, const SharedKind& kind, const ListQuery& wanted,
                    const VisibleParts& parts, std::string_view columns,
                    const AppendRest& append_rest)
{
    if (parts.wants_own) {
        append_owned(query, kind, wanted, parts, columns, append_rest);
    }
    if (parts.wants_others) {
        query.sql(parts.wants_own ? " UNION ALL " : "");
        append_others(query, kind, wanted, parts, columns, append_rest);
    }
    if (!parts.wants_own && !parts.wants_others) {
        query.part(fmt::format("SELECT {0}.id AS id, {1} FROM {2} AS {0} WHERE 0", kind.alias,
                               columns, kind.owned));
    }
}

void append_named(Query& query, const SharedKind& kind, const ListQuery& wanted,
                  std::string_view columns)
{
    query.part(fmt::format("SELECT {0}.id AS id, {1} FROM {2} AS {0} WHERE {0}.region = ",
                           kind.alias, columns, kind.owned));
    query.value(wanted.region).sql(fmt::format(" AND {}.id", kind.alias));
    // What waiters ask for, without the table that a list makes.
    if (wanted.ids.size() == 1) {
        query.sql(" = ").value(wanted.ids.front());
    } else {
        query.sql(" IN ").list(wanted.ids);
    }
    append_seen_by(query, kind, wanted.owner);
}

}  // namespace

void append_visible_page(Query& query, const SharedKind& kind, const ListQuery& wanted,
                         const VisibleParts& parts, std::string_view columns,
                         const AppendRest& append_rest)
{
    const auto append_whole_rest = [&](Query& part, Seen seen) {
        append_rest(part, seen);
        if (!wanted.after.empty()) {
            part.sql(fmt::format(" AND {}.id > ", kind.alias)).value(wanted.after);
        }
    };
    const auto behind_id = columns.substr(fmt::format("{}.id, ", kind.alias).size());
    query.at(wanted.now_ms);
    if (wanted.ids.empty()) {
        append_visible(query, kind, wanted, parts, behind_id, append_whole_rest);
    } else {
        append_named(query, kind, wanted, behind_id);
        append_whole_rest(query, Seen::kEither);
    }
    // Ids are unique: one row needs no sorting.
    query.sql(wanted.ids.size() == 1 ? " LIMIT " : " ORDER BY 1 LIMIT ").value(wanted.limit);
}

bool may_own(std::span<const RowFilter> filters, std::string_view name, std::string_view account)
{
    return std::all_of(filters.begin(), filters.end(), [&](const RowFilter& filter) {
        return filter.name != name ||
               std::any_of(filter.values.begin(), filter.values.end(), [&](const auto& value) {
                   return value == account || value.find_first_of("*?\\") != std::string::npos;
               });
    });
}

void append_seen_by(Query& query, const SharedKind& kind, std::string_view viewer)
{
    const auto i = kind.alias;
    query.sql(fmt::format(" AND ({0}.public = 1 OR {0}.owner = ", i)).value(viewer);
    query.sql(
        fmt::format(" OR EXISTS (SELECT 1 FROM {0} AS p WHERE p.{1} = {2}.id"
                    " AND p.kind = ",
                    kind.permission, kind.permission_key, i));
    query.value(GranteeKind::kUserId).sql(" AND p.value = ").value(viewer).sql(")");
    if (kind.for_organizations) {
        query.sql(
            fmt::format(" OR EXISTS (SELECT 1 FROM account_membership AS m JOIN {0} AS p"
                        " ON p.{1} = {2}.id AND p.kind = m.kind AND p.value = m.value"
                        " WHERE m.account = ",
                        kind.permission, kind.permission_key, i));
        query.value(viewer).sql(")");
    }
    query.sql(")");
}

NamedUsers named_users(std::span<const std::string> users, std::string_view viewer)
{
    NamedUsers named;
    for (const auto& user : users) {
        if (user == kEverybody) {
            named.is_all = true;
        } else if (user == kSelf || user == viewer) {
            named.is_viewer = true;
        } else {
            named.others.push_back(user);
        }
    }
    return named;
}

void append_shared_with(Query& query, const SharedKind& kind,
                        const std::vector<std::string>& accounts,
                        const std::vector<Grantee>& memberships)
{
    const auto select = fmt::format("SELECT p.{} FROM {} AS p WHERE p.kind = ", kind.permission_key,
                                    kind.permission);
    // Each kind by the index: with OR between them SQLite reads all permissions.
    query.sql(fmt::format("{}.id IN (", kind.alias));
    query.sql(select).value(GranteeKind::kUserId).sql(" AND p.value IN ").list(accounts);
    for (const auto& grantee : memberships) {
        query.sql(" UNION ALL ").sql(select).value(grantee.kind);
        query.sql(" AND p.value = ").value(grantee.value);
    }
    query.sql(")");
}

}  // namespace amilab
