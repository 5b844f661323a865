#include "storage/metadata/sql/children.h"

namespace amilab::children {

Selects::Selects(std::string_view from, std::string_view alias, std::span<const Column> columns,
                 std::string_view parent, std::string_view order)
{
    const auto prefix = std::string(alias) + ".";
    const auto key = prefix + std::string(parent);
    const auto begin = "SELECT " + column::select_list(columns, alias) + " FROM " +
                       std::string(from) + " AS " + std::string(alias) + " WHERE " + key;
    const auto end = " ORDER BY " + key + ", " + prefix + std::string(order);
    of_one = begin + " = ?" + end;
    of_list = begin + " IN (SELECT value FROM json_each(?))" + end;
}

}  // namespace amilab::children
