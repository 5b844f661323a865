#include "storage/metadata/key_pairs/key_pair_rows.h"

namespace amilab {

bool insert_key_pair(Database& db, const KeyPairRow& row)
{
    return insert_unless_there<kKeyPairColumns>(db, row);
}

void delete_key_pair(Database& db, const KeyPairId& id)
{
    Statement(db, "DELETE FROM key_pair WHERE id = ?").execute(id);
}

std::optional<KeyPairRow> select_key_pair(Database& db, std::string_view owner,
                                          std::string_view region, const KeyPairId& id)
{
    return select_row<kKeyPairColumns>(
        db, "FROM key_pair k WHERE k.id = ? AND k.owner = ? AND k.region = ?", id, owner, region);
}

std::optional<KeyPairRow> select_key_pair_named(Database& db, std::string_view owner,
                                                std::string_view region, std::string_view name)
{
    return select_row<kKeyPairColumns>(
        db, "FROM key_pair k WHERE k.name = ? AND k.owner = ? AND k.region = ?", name, owner,
        region);
}

std::int64_t count_key_pairs(Database& db, std::string_view owner, std::string_view region)
{
    Statement select(db, "SELECT COUNT(*) FROM key_pair WHERE owner = ? AND region = ?");
    select.bind(owner, region);
    select.step();
    return select.row().integer();
}

}  // namespace amilab
