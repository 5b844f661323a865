#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/calls/resource_tags.h"
#include "server/calls/session.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/tags/tag_rows.h"

/// What families do with resources that are a row of their owner's and nothing else. `kList` is
/// their Listing, `kColumns` what it reads; rows have an `id`, an `owner` and a `region`.
namespace amilab::ec2 {

/// The caller's row in which the member has the value, if there is one.
template <const auto& kList, auto kMember, class Value>
auto find_own(Session& session, const Value& value)
{
    return select_own<kList, kMember>(session.db(), session.account(), session.region(), value);
}

/// The caller's row in which the member has the value. Throws `refusal` of the value.
template <const auto& kList, auto kMember, auto refusal, class Value>
auto require_own(Session& session, const Value& value)
{
    auto row = find_own<kList, kMember>(session, value);
    if (!row) {
        throw refusal(value);
    }
    return std::move(*row);
}

/// The caller's row with the id. Throws `not_found` of it.
template <const auto& kList, class IdType, ApiError (*not_found)(const IdType&)>
auto require_own(Session& session, const IdType& id)
{
    return require_own<kList, &RowOf<kList>::id, not_found, IdType>(session, id);
}

/// How many rows the caller has in the region.
template <const auto& kList>
std::int64_t count_own(Session& session)
{
    return count_own<kList>(session.db(), session.account(), session.region());
}

/// Makes the row the caller's, in the call's region, with an id.
template <class Row>
void make_own(Session& session, Row& row)
{
    row.id = session.next_id<decltype(row.id)>();
    row.region = session.region();
    row.owner = session.account();
}

/// Makes the row the caller's, with an id, and inserts it and its tags. False when a constraint
/// forbids the row.
template <const auto& kColumns, class Row>
bool insert_own(Session& session, Row& row, const std::vector<TagRow>& tags)
{
    make_own(session, row);
    if (!insert_unless_there<kColumns>(session.db(), row)) {
        return false;
    }
    store_tags(session, row.id, tags);
    return true;
}

/// Deletes the row and its tags.
template <const auto& kColumns, class IdType>
void delete_own(Session& session, const IdType& id)
{
    delete_all_tags(session.db(), id.text());
    delete_row<kColumns>(session.db(), id);
}

}  // namespace amilab::ec2
