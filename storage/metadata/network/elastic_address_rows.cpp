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
