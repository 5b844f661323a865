#include "storage/metadata/capacity_reservations/capacity_reservation_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

bool matches(const CapacityReservationRow& row, const CapacityNeeds& needs)
{
    return row.owner == needs.owner && row.region == needs.region &&
           row.instance_type == needs.instance_type && row.platform == needs.platform &&
           row.zone == needs.zone && row.tenancy == needs.tenancy;
}

std::optional<CapacityReservationRow> select_capacity_reservation(Database& db,
                                                                  const CapacityReservationId& id)
{
    return select_row<kCapacityReservationColumns>(db, "FROM capacity_reservation c WHERE c.id = ?",
                                                   id);
}

std::vector<CapacityReservationRow> select_open_capacity(Database& db, const CapacityNeeds& needs)
{
    static constexpr auto kOpen =
        "FROM capacity_reservation c WHERE c.region = ? AND c.owner = ? AND c.instance_type = ?"
        " AND c.platform = ? AND c.zone = ? AND c.tenancy = ? AND c.state = " +
        sql_word<CapacityReservationState::kActive> +
        " AND c.match_criteria = " + sql_word<CapacityMatch::kOpen> + " AND c.total > " +
        kCapacityUsed + " ORDER BY c.create_time_ms, c.id";
    return select_rows<kCapacityReservationColumns>(db, kOpen, needs.region, needs.owner,
                                                    needs.instance_type, needs.platform, needs.zone,
                                                    needs.tenancy);
}

void update_capacity_reservation(Database& db, const CapacityReservationRow& row)
{
    Statement(db,
              "UPDATE capacity_reservation SET total = ?, state = ?, match_criteria = ?,"
              " end_type = ?, end_time_ms = ? WHERE id = ?")
        .execute(row.total, row.state, row.match_criteria, row.end_type, row.end_time_ms, row.id);
}

std::vector<InstanceId> select_unreserved_instances(Database& db, const CapacityReservationRow& row)
{
    static constexpr auto kMatching =
        "SELECT n.id FROM instance n LEFT JOIN instance_option o ON o.instance_id = n.id"
        " WHERE n.region = ? AND n.owner = ? AND n.instance_type = ? AND n.platform_details = ?"
        " AND n.zone = ? AND coalesce(o.tenancy, 'default') = ?"
        " AND coalesce(o.capacity_preference, 'open') <> 'none'"
        " AND o.capacity_target_id IS NULL AND o.capacity_reservation_id IS NULL"
        " AND o.spot_request_id IS NULL AND " +
        kTakesCapacity + " ORDER BY n.id";
    Statement select(db, kMatching);
    select.bind(row.region, row.owner, row.instance_type, row.platform, row.zone, row.tenancy);
    return select.values<InstanceId>();
}

std::vector<InstanceId> select_movable_instances(Database& db, const CapacityReservationId& id)
{
    static constexpr auto kMovable =
        "SELECT n.id FROM instance_option o JOIN instance n ON n.id = o.instance_id"
        " WHERE o.capacity_reservation_id = ? AND o.capacity_target_id IS NULL"
        " AND o.capacity_preference = 'open' AND " +
        kTakesCapacity + " ORDER BY n.id";
    Statement select(db, kMovable);
    select.bind(id);
    return select.values<InstanceId>();
}

void release_capacity(Database& db, const CapacityReservationId& id)
{
    Statement(db,
              "UPDATE instance_option SET capacity_reservation_id = NULL"
              " WHERE capacity_reservation_id = ?")
        .execute(id);
}

}  // namespace amilab
