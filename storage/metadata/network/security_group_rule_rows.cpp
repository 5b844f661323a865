#include "storage/metadata/network/security_group_rule_rows.h"

namespace amilab {

RuleCounts count_rules(Database& db, const SecurityGroupId& group, bool is_egress)
{
    Statement select(db,
                     "SELECT ifnull(SUM(weight) FILTER (WHERE peer_kind <> ?), 0),"
                     " ifnull(SUM(weight) FILTER (WHERE peer_kind <> ?), 0)"
                     " FROM (SELECT r.peer_kind, coalesce((SELECT l.max_entries FROM prefix_list l"
                     " WHERE l.id = r.peer), (SELECT l.max_entries FROM catalogue.prefix_list l"
                     " WHERE l.region = r.region AND l.id = r.peer), 1) AS weight"
                     " FROM security_group_rule r WHERE r.group_id = ? AND r.is_egress = ?)");
    select.bind(PeerKind::kIpv6, PeerKind::kIpv4, group, is_egress);
    select.step();
    auto row = select.row();
    const auto ipv4 = row.integer();
    return {.ipv4 = ipv4, .ipv6 = row.integer()};
}

std::optional<SecurityGroupRuleRow> select_rule_like(Database& db, const SecurityGroupRuleRow& like)
{
    return select_row<kSecurityGroupRuleColumns>(
        db,
        "FROM security_group_rule r WHERE r.group_id = ? AND r.is_egress = ? AND r.protocol = ?"
        " AND r.from_port = ? AND r.to_port = ? AND r.peer = ?",
        like.group_id, like.is_egress, like.protocol, like.from_port, like.to_port, like.peer);
}

std::optional<SecurityGroupRuleRow> select_rule(Database& db, const SecurityGroupId& group,
                                                const SecurityGroupRuleId& id)
{
    return select_row<kSecurityGroupRuleColumns>(
        db, "FROM security_group_rule r WHERE r.id = ? AND r.group_id = ?", id, group);
}

void set_rule_aside(Database& db, const SecurityGroupRuleId& id)
{
    // No peer is called like a rule.
    Statement(db, "UPDATE security_group_rule SET peer = id WHERE id = ?").execute(id);
}

bool update_rule(Database& db, const SecurityGroupRuleRow& row)
{
    Statement(db,
              "UPDATE OR IGNORE security_group_rule SET protocol = ?, from_port = ?, to_port = ?,"
              " peer_kind = ?, peer = ?, description = ?, peering_id = ?, peered_owner = ?,"
              " peered_vpc_id = ? WHERE id = ?")
        .execute(row.protocol, row.from_port, row.to_port, row.peer_kind, row.peer, row.description,
                 row.peering_id, row.peered_owner, row.peered_vpc_id, row.id);
    return db.changes() == 1;
}

void describe_rule(Database& db, const SecurityGroupRuleId& id,
                   const std::optional<std::string>& description)
{
    Statement(db, "UPDATE security_group_rule SET description = ? WHERE id = ?")
        .execute(description, id);
}

bool is_group_used(Database& db, const SecurityGroupId& id)
{
    Statement select(db,
                     "SELECT 1 FROM interface_group WHERE group_id = ?1 UNION ALL"
                     " SELECT 1 FROM security_group_rule WHERE peer = ?1 AND group_id <> ?1"
                     " AND peering_id IS NULL"
                     " UNION ALL SELECT 1 FROM security_group_vpc_association WHERE group_id = ?1");
    select.bind(id);
    return select.step();
}

std::vector<GroupReference> select_group_references(Database& db,
                                                    const std::vector<std::string>& groups)
{
    Statement select(db,
                     "SELECT DISTINCT r.peer, g.vpc_id, r.peering_id FROM security_group_rule r"
                     " JOIN security_group g ON g.id = r.group_id"
                     " JOIN vpc_peering_connection p ON p.id = r.peering_id AND p.state = ?"
                     " WHERE r.peer IN (SELECT value FROM json_each(?)) ORDER BY 1, 2, 3");
    select.bind(VpcPeeringState::kActive, json_list(groups));
    std::vector<GroupReference> references;
    while (select.step()) {
        auto row = select.row();
        auto& one = references.emplace_back();
        row.read(one.group_id);
        row.read(one.referencing_vpc_id);
        row.read(one.peering_id);
    }
    return references;
}

}  // namespace amilab
