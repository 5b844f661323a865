#include "storage/metadata/network/subnet_cidr_reservation_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

template <class Block>
ReservedBlocks<Block> select_reserved(Database& db, const SubnetId& subnet)
{
    Statement select(
        db, "SELECT cidr, type FROM subnet_cidr_reservation WHERE subnet_id = ? ORDER BY id");
    select.bind(subnet);
    ReservedBlocks<Block> reserved;
    while (select.step()) {
        auto row = select.row();
        const auto block = Block::from_text(row.view());
        ReservationType type{};
        row.read(type);
        if (block) {  // of this family
            (type == ReservationType::kPrefix ? reserved.for_prefixes : reserved.for_names)
                .push_back(*block);
        }
    }
    return reserved;
}

}  // namespace

ReservedBlocks<Ipv4Block> select_reserved_ipv4(Database& db, const SubnetId& subnet)
{
    return select_reserved<Ipv4Block>(db, subnet);
}

ReservedBlocks<Ipv6Block> select_reserved_ipv6(Database& db, const SubnetId& subnet)
{
    return select_reserved<Ipv6Block>(db, subnet);
}

}  // namespace amilab
