#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "storage/metadata/images/grantee.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/statement.h"

/// Who sees which images and snapshots: their owner, whom they are shared with, and everybody when
/// they are public. Source: EC2 API Reference, DescribeImages and DescribeSnapshots (documented).
namespace amilab {

/// How the rows of one kind of shared resource are reached in SQL.
struct SharedKind {
    std::string_view alias;
    /// Rows that an account can own.
    std::string_view owned;
    /// Rows of the catalogue among them.
    std::string_view catalogue;
    /// Rows that can be public.
    std::string_view published;
    /// Rows that can be shared one by one, with which accounts, and how the permission names them.
    std::string_view shared;
    std::string_view permission;
    std::string_view permission_key;
    /// Whether organizations and their units can be given permission.
    bool for_organizations;
};

inline constexpr SharedKind kSharedImages{
    "i",        "all_image", "catalogue.image", "all_image", "account_image", "launch_permission",
    "image_id", true};
inline constexpr SharedKind kSharedSnapshots{"s",
                                             "all_snapshot",
                                             "catalogue.snapshot",
                                             "all_snapshot",
                                             "account_snapshot",
                                             "create_volume_permission",
                                             "snapshot_id",
                                             false};

enum class Seen { kAsOwner, kAsOther, kEither };

/// Which of the rows that somebody sees are looked for.
struct VisibleParts {
    /// The viewer's, where the kind of resource is shared with organizations.
    std::vector<Grantee> memberships = {};
    /// False: no row of the viewer's own is wanted, no row of others is; what is not wanted is not
    /// looked for. Without its own, catalogue images of the viewer still are among the public ones.
    bool wants_own = true;
    bool wants_others = true;
    /// Adds " AND ..." on columns, of the alias that it is given, of the index that own rows are
    /// walked by: only what passes is read. Nothing: each row is.
    std::function<void(Query&, std::string_view)> append_walk = {};
};

/// Appends the SELECT of a page of what the query's owner sees in the region, each row once, in the
/// order of ids. `columns` begins with the id. Rows that are named are looked up, and then whether
/// they are seen. Others are a compound SELECT: each part walks an index in the order of ids, so
/// that a page costs what it holds. `append_rest` adds " AND ..." to each part, whatever else is
/// asked; of the query, it is the filters and what is `among`. `$now` in the columns is the query's
/// time.
void append_visible_page(Query& query, const SharedKind& kind, const ListQuery& wanted,
                         const VisibleParts& parts, std::string_view columns,
                         const std::function<void(Query&, Seen)>& append_rest);

template <const auto& kColumns>
auto select_visible_page(Database& db, const SharedKind& kind, const ListQuery& wanted,
                         const VisibleParts& parts,
                         const std::function<void(Query&, Seen)>& append_rest)
{
    Query query;
    append_visible_page(query, kind, wanted, parts, select_list<kColumns>(), append_rest);
    return rows_of<kColumns>(db, query);
}

/// False when a filter `name` on the owner, without wildcards, leaves out `account`.
bool may_own(std::span<const RowFilter> filters, std::string_view name, std::string_view account);

/// Appends " AND (...)": the row of the alias is one that `viewer` sees. For rows that are named.
void append_seen_by(Query& query, const SharedKind& kind, std::string_view viewer);

/// What a list of account ids, "self" and "all" names.
struct NamedUsers {
    bool is_all = false;
    /// The viewer, by the word or by its id.
    bool is_viewer = false;
    std::vector<std::string> others;
};
NamedUsers named_users(std::span<const std::string> users, std::string_view viewer);

/// Appends a condition: the row is explicitly shared with one of `accounts`, or with one of
/// `memberships`, what an account belongs to.
void append_shared_with(Query& query, const SharedKind& kind,
                        const std::vector<std::string>& accounts,
                        const std::vector<Grantee>& memberships);

}  // namespace amilab
