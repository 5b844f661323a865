#include "storage/metadata/network/network_acl_entry_rows.h"

#include "storage/metadata/network/network_acl_rows.h"
#include "storage/metadata/network/whole_networks.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

void insert_last_rules(Database& db, const NetworkAclId& acl, AddressFamily family)
{
    for (const bool egress : {false, true}) {
        NetworkAclEntryRow row{.network_acl_id = acl.text(),
                               .egress = egress,
                               .rule_number = kLastRuleNumber,
                               .protocol = std::string(kAllProtocols),
                               .rule_action = RuleAction::kDeny};
        if (family == AddressFamily::kIpv6) {
            row.rule_number = kLastIpv6RuleNumber;
            row.ipv6_cidr_block = kAllOfIpv6;
        } else {
            row.cidr_block = kAllOfIpv4;
        }
        insert_unless_there<kNetworkAclEntryColumns>(db, row);
    }
}

void insert_last_ipv6_rules(Database& db, const VpcId& vpc)
{
    for (const auto& acl :
         select_rows<kNetworkAclColumns>(db, "FROM network_acl n WHERE n.vpc_id = ?", vpc)) {
        insert_last_rules(db, acl.id, AddressFamily::kIpv6);
    }
}

std::int64_t count_network_acl_entries(Database& db, const NetworkAclId& acl, bool egress)
{
    Statement select(db,
                     "SELECT COUNT(*) FROM network_acl_entry WHERE network_acl_id = ?"
                     " AND egress = ? AND rule_number < ?");
    select.bind(acl, egress, kLastRuleNumber);
    select.step();
    return select.row().integer();
}

bool delete_network_acl_entry_row(Database& db, const NetworkAclId& acl, bool egress,
                                  std::int64_t rule_number)
{
    Statement(db,
              "DELETE FROM network_acl_entry WHERE network_acl_id = ? AND egress = ?"
              " AND rule_number = ?")
        .execute(acl, egress, rule_number);
    return db.changes() == 1;
}

}  // namespace amilab
