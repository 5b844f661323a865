#include "storage/metadata/network/vpc_peering_connection_rows.h"

#include "storage/metadata/sql/statement.h"

namespace amilab {

std::optional<VpcPeeringConnectionRow> select_vpc_peering_connection(
    Database& db, const VpcPeeringConnectionId& id, TimeMs now_ms)
{
    return select_row_at<kVpcPeeringConnectionColumns>(
        db, now_ms, "FROM vpc_peering_connection p WHERE p.id = ?", id);
}

void update_vpc_peering_connection(Database& db, const VpcPeeringConnectionRow& row)
{
    Statement(db,
              "UPDATE vpc_peering_connection SET state = ?, ended_by = ?, requester_dns = ?,"
              " accepter_dns = ?, requester_multipath = ?, accepter_multipath = ? WHERE id = ?")
        .execute(row.state, row.ended_by, row.requester_dns, row.accepter_dns,
                 row.requester_multipath, row.accepter_multipath, row.id);
}

void insert_vpc_peering_viewer(Database& db, const VpcPeeringConnectionId& id,
                               std::string_view owner, std::string_view region)
{
    Statement(db,
              "INSERT OR IGNORE INTO vpc_peering_viewer (region, owner, peering_id)"
              " VALUES (?, ?, ?)")
        .execute(region, owner, id);
}

void set_vpc_peering_seen_until(Database& db, const VpcPeeringConnectionId& id,
                                const SeenUntil& until)
{
    Statement(db,
              "UPDATE vpc_peering_viewer SET seen_until_ms = iif(owner = ?, ?, ?)"
              " WHERE peering_id = ?")
        .execute(until.account, until.by_account_ms, until.by_others_ms, id);
}

std::vector<std::string> forget_vpc_peering(Database& db, const VpcPeeringConnectionId& id,
                                            TimeMs now_ms)
{
    Statement gone(db,
                   "DELETE FROM vpc_peering_viewer WHERE peering_id = ? AND seen_until_ms <= ?"
                   " RETURNING owner");
    gone.bind(id, now_ms);
    auto accounts = gone.texts();
    Statement(db,
              "DELETE FROM vpc_peering_connection WHERE id = ?1 AND NOT EXISTS"
              " (SELECT 1 FROM vpc_peering_viewer s WHERE s.peering_id = ?1)")
        .execute(id);
    return accounts;
}

bool are_vpcs_peered(Database& db, const VpcId& one, const VpcId& other, TimeMs now_ms)
{
    Statement select(db,
                     "SELECT 1 FROM vpc_peering_connection p WHERE (p.state IN (?, ?, ?) OR"
                     " (p.state = ? AND p.expiration_time_ms > ?)) AND"
                     " ((p.requester_vpc_id = ? AND p.accepter_vpc_id = ?)"
                     " OR (p.requester_vpc_id = ? AND p.accepter_vpc_id = ?))");
    select.bind(VpcPeeringState::kInitiatingRequest, VpcPeeringState::kProvisioning,
                VpcPeeringState::kActive, VpcPeeringState::kPendingAcceptance, now_ms, one, other,
                other, one);
    return select.step();
}

std::int64_t count_open_vpc_peerings(Database& db, const VpcId& requester, TimeMs now_ms)
{
    Statement select(db,
                     "SELECT COUNT(*) FROM vpc_peering_connection p WHERE p.requester_vpc_id = ?"
                     " AND p.state IN (?, ?) AND p.expiration_time_ms > ?");
    select.bind(requester, VpcPeeringState::kInitiatingRequest, VpcPeeringState::kPendingAcceptance,
                now_ms);
    select.step();
    return select.row().integer();
}

std::int64_t count_active_vpc_peerings(Database& db, const VpcId& vpc)
{
    Statement select(
        db,
        "SELECT (SELECT COUNT(*) FROM vpc_peering_connection p WHERE p.requester_vpc_id = ?1"
        " AND p.state IN (?2, ?3)) + (SELECT COUNT(*) FROM vpc_peering_connection p"
        " WHERE p.accepter_vpc_id = ?1 AND p.state IN (?2, ?3))");
    select.bind(vpc, VpcPeeringState::kProvisioning, VpcPeeringState::kActive);
    select.step();
    return select.row().integer();
}

bool is_vpc_peered(Database& db, const VpcId& vpc)
{
    Statement select(db,
                     "SELECT 1 FROM vpc_peering_connection p WHERE p.state IN (?2, ?3, ?4)"
                     " AND (p.requester_vpc_id = ?1 OR p.accepter_vpc_id = ?1)");
    select.bind(vpc, VpcPeeringState::kProvisioning, VpcPeeringState::kActive,
                VpcPeeringState::kDeleting);
    return select.step();
}

std::vector<VpcPeeringConnectionId> select_open_vpc_peerings(Database& db, const VpcId& vpc)
{
    Statement select(db,
                     "SELECT p.id FROM vpc_peering_connection p WHERE p.state IN (?2, ?3)"
                     " AND (p.requester_vpc_id = ?1 OR p.accepter_vpc_id = ?1) ORDER BY p.id");
    select.bind(vpc, VpcPeeringState::kInitiatingRequest, VpcPeeringState::kPendingAcceptance);
    return select.values<VpcPeeringConnectionId>();
}

std::optional<PeeredGroup> select_peered_group(Database& db, const VpcId& vpc,
                                               const SecurityGroupId& id)
{
    Statement select(db,
                     "SELECT g.owner, g.vpc_id, p.id FROM security_group g"
                     " JOIN vpc_peering_connection p ON p.state = ?1 AND p.region ="
                     " p.accepter_region AND ((p.requester_vpc_id = ?2 AND p.accepter_vpc_id ="
                     " g.vpc_id) OR (p.accepter_vpc_id = ?2 AND p.requester_vpc_id = g.vpc_id))"
                     " WHERE g.id = ?3");
    select.bind(VpcPeeringState::kActive, vpc, id);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    PeeredGroup found;
    row.read(found.owner);
    row.read(found.vpc_id);
    row.read(found.peering_id);
    return found;
}

}  // namespace amilab
