#include "storage/metadata/network/elastic_address_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<ElasticAddressRow> select_elastic_address(Database& db, const AllocationId& id)
{
    static const auto tail = "FROM " + std::string(kElasticAddressFrom) + " WHERE l.id = ?";
    return select_row<kElasticAddressColumns>(db, tail, id);
}

void associate_elastic_address(Database& db, const ElasticAddressRow& row,
                               const AddressAssociationId& association,
                               const NetworkInterfaceId& interface_id, std::string_view address)
{
    Statement(db,
              "UPDATE interface_address SET public_ip = ?, allocation_id = ?, association_id = ?"
              " WHERE interface_id = ? AND address = ?")
        .execute(row.public_ip, row.id, association, interface_id, address);
}

bool may_recover_address(Database& db, std::string_view owner, std::string_view region,
                         std::string_view public_ip)
{
    Statement select(db,
                     "SELECT 1 FROM released_address r"
                     " WHERE r.public_ip = ?1 AND r.region = ?2 AND r.owner = ?3"
                     " AND NOT EXISTS (SELECT 1 FROM elastic_address WHERE public_ip = ?1)"
                     " AND NOT EXISTS (SELECT 1 FROM interface_address WHERE public_ip = ?1)");
    select.bind(public_ip, region, owner);
    return select.step();
}

void note_released_address(Database& db, const ElasticAddressRow& row, TimeMs now_ms)
{
    Statement(db,
              "INSERT OR REPLACE INTO released_address (public_ip, region, owner, release_time_ms)"
              " VALUES (?, ?, ?, ?)")
        .execute(row.public_ip, row.region, row.owner, now_ms);
    Statement(db,
              "DELETE FROM released_address WHERE public_ip IN (SELECT public_ip FROM"
              " (SELECT public_ip, row_number() OVER (ORDER BY release_time_ms DESC, public_ip)"
              "  AS place FROM released_address WHERE region = ? AND owner = ?)"
              " WHERE place > 100)")
        .execute(row.region, row.owner);
}

void forget_released_address(Database& db, std::string_view public_ip)
{
    Statement(db, "DELETE FROM released_address WHERE public_ip = ?").execute(public_ip);
}

std::optional<std::string> select_address_owner(Database& db, std::string_view public_ip)
{
    Statement select(db, "SELECT owner FROM elastic_address WHERE public_ip = ?");
    select.bind(public_ip);
    return select.step() ? std::optional(select.row().text()) : std::nullopt;
}

void set_domain_name(Database& db, const AllocationId& id, const std::optional<std::string>& name)
{
    Statement(db, "UPDATE elastic_address SET domain_name = ? WHERE id = ?").execute(name, id);
}

void disassociate_elastic_address(Database& db, const AllocationId& id)
{
    Statement(db,
              "UPDATE interface_address SET public_ip = NULL, allocation_id = NULL,"
              " association_id = NULL WHERE allocation_id = ?")
        .execute(id);
}

}  // namespace amilab
