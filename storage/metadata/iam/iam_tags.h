#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/tags/tag_rows.h"

/// Tags of what IAM keeps by the name that an account gave it. Their keys are found however they
/// are capitalized.
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

/// The tags of one kind, in the order of their keys: of one owner, and by `also` of one name.
constexpr Listing<IamTagRow> iam_tag_list(const Columns<IamTagRow>& columns)
{
    return {.key = "t.key", .region = "-", .columns = columns};
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

/// Nothing where there is no such key.
template <const auto& kColumns>
void delete_iam_tag(Database& db, const std::string& owner, const std::string& name,
                    const std::string& key)
{
    static const auto sql = "DELETE FROM " + std::string(kColumns.table) + " WHERE owner = ? AND " +
                            std::string(column_name<&IamTagRow::name>(kColumns.all)) +
                            " = ? AND key = ? COLLATE NOCASE";
    Statement(db, sql).execute(owner, name, key);
}

/// In place of those with these keys.
template <const auto& kColumns>
void put_iam_tags(Database& db, const std::string& owner, const std::string& name,
                  const std::vector<TagRow>& tags)
{
    for (const auto& tag : tags) {
        delete_iam_tag<kColumns>(db, owner, name, tag.key);
    }
    insert_iam_tags<kColumns>(db, owner, name, tags);
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
