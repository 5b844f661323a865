#pragma once

#include <algorithm>
#include <vector>

namespace amilab::ec2 {

/// Of the child rows of a page, which are sorted by what they belong to, those of one: `owner_of`
/// tells whose a row is.
template <class Row, class Key, class OwnerOf>
std::vector<Row> rows_of(const std::vector<Row>& rows, const Key& key, OwnerOf owner_of)
{
    const auto begin =
        std::lower_bound(rows.begin(), rows.end(), key,
                         [&](const Row& row, const Key& one) { return owner_of(row) < one; });
    const auto end =
        std::find_if(begin, rows.end(), [&](const Row& row) { return owner_of(row) != key; });
    return {begin, end};
}

}  // namespace amilab::ec2
