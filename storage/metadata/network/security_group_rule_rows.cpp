#include "storage/metadata/network/security_group_rule_rows.h"

namespace amilab {

RuleCounts count_rules(Database& db, const SecurityGroupId& group, bool is_egress)
{
    Statement select(db,
                     "SELECT COUNT(*) FILTER (WHERE r.peer_kind <> ?),"
                     " COUNT(*) FILTER (WHERE r.peer_kind <> ?)"
                     " FROM security_group_rule r WHERE r.group_id = ? AND r.is_egress = ?");
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

bool update_rule(Database& db, const SecurityGroupRuleRow& row)
{
    Statement(db,
              "UPDATE OR IGNORE security_group_rule SET protocol = ?, from_port = ?, to_port = ?,"
              " peer_kind = ?, peer = ?, description = ? WHERE id = ?")
        .execute(row.protocol, row.from_port, row.to_port, row.peer_kind, row.peer, row.description,
                 row.id);
    return db.changes() == 1;
}

void describe_rule(Database& db, const SecurityGroupRuleId& id,
                   const std::optional<std::string>& description)
{
    Statement(db, "UPDATE security_group_rule SET description = ? WHERE id = ?")
        .execute(description, id);
}

std::vector<SecurityGroupRuleRow> select_stale_rules(Database& db, const SecurityGroupId& group)
{
    return select_rows<kSecurityGroupRuleColumns>(
        db,
        "FROM security_group_rule r WHERE r.group_id = ? AND r.peer_kind = ? AND NOT EXISTS"
        " (SELECT 1 FROM security_group p WHERE p.id = r.peer)"
        " ORDER BY r.is_egress, r.protocol, r.from_port, r.to_port, r.peer",
        group, PeerKind::kGroup);
}

bool is_group_used(Database& db, const SecurityGroupId& id)
{
    Statement select(db,
                     "SELECT 1 FROM instance_security_group WHERE group_id = ? UNION ALL"
                     " SELECT 1 FROM security_group_rule WHERE peer = ? AND group_id <> ?");
    select.bind(id, id, id);
    return select.step();
}

}  // namespace amilab
