#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/tags/tag_rows.h"

/// Tags of what IAM keeps by the name that an account gave it.
namespace amilab {

struct IamTagRow {
    std::string owner{};
    /// Of what has the tag.
    std::string name{};
    std::string key{};
    std::string value{};
};

/// Those of one kind: of a table, whose column `name` says whose they are.
constexpr auto iam_tag_columns(std::string_view table, std::string_view name)
{
    return columns<IamTagRow>(table, "t", text<&IamTagRow::owner>("owner"),
                              text<&IamTagRow::name>(name), text<&IamTagRow::key>("key"),
                              text<&IamTagRow::value>("value"));
}

template <const auto& kColumns>
void insert_iam_tags(Database& db, const std::string& owner, const std::string& name,
                     const std::vector<TagRow>& tags)
{
    for (const auto& tag : tags) {
        insert_row<kColumns>(db,
                             {.owner = owner, .name = name, .key = tag.key, .value = tag.value});
    }
}

/// In the order of their keys.
template <const auto& kColumns>
std::vector<TagRow> select_iam_tags(Database& db, const std::string& owner, const std::string& name)
{
    static const auto tail = "FROM " + std::string(kColumns.table) + " t WHERE t.owner = ? AND t." +
                             std::string(column_name<&IamTagRow::name>(kColumns.all)) +
                             " = ? ORDER BY t.key";
    std::vector<TagRow> tags;
    for (auto& row : select_rows<kColumns>(db, tail, owner, name)) {
        tags.push_back({std::move(row.key), std::move(row.value)});
    }
    return tags;
}

}  // namespace amilab
