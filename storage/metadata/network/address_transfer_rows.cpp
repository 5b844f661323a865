#include "storage/metadata/network/address_transfer_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<AddressTransferRow> select_address_offer(Database& db, std::string_view public_ip,
                                                       std::string_view account,
                                                       std::string_view region, TimeMs now_ms)
{
    return select_row<kAddressTransferColumns>(
        db,
        "FROM address_transfer t WHERE t.public_ip = ? AND t.transfer_account = ?"
        " AND t.region = ? AND t.accepted_time_ms IS NULL AND t.expiration_time_ms > ?",
        public_ip, account, region, now_ms);
}

void replace_address_transfer(Database& db, const AddressTransferRow& row)
{
    delete_address_transfer(db, row);
    insert_row<kAddressTransferColumns>(db, row);
}

void delete_address_transfer(Database& db, const AddressTransferRow& row)
{
    Statement(db,
              "DELETE FROM address_transfer WHERE region = ? AND owner = ? AND allocation_id = ?")
        .execute(row.region, row.owner, row.allocation_id);
}

void delete_unseen_address_transfers(Database& db, const AllocationId& id, TimeMs now_ms)
{
    Statement(db, "DELETE FROM address_transfer WHERE allocation_id = ? AND seen_until_ms <= ?")
        .execute(id, now_ms);
}

}  // namespace amilab
