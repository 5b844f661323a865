-- A VPC that has got an IPv6 block lets that through as it lets IPv4 through, unless somebody has
-- changed its rules. VPCs of before lack these rules: their ACLs have no last one of IPv6, which
-- nobody can take away.
INSERT INTO security_group_rule (id, region, owner, group_id, is_egress, protocol, from_port,
                                 to_port, peer_kind, peer)
    SELECT 'sgr-2' || substr(g.id, 5), g.region, g.owner, g.id, 1, '-1', -1, -1, 'ipv6', '::/0'
    FROM network_acl n JOIN security_group g ON g.vpc_id = n.vpc_id
    WHERE n.is_default = 1 AND g.name = 'default'
        AND EXISTS (SELECT 1 FROM vpc_cidr_block b WHERE b.vpc_id = n.vpc_id AND b.family = 'ipv6')
        AND NOT EXISTS (SELECT 1 FROM network_acl_entry l
                        WHERE l.network_acl_id = n.id AND l.rule_number = 32768)
        AND 1 = (SELECT COUNT(*) FROM security_group_rule r
                 WHERE r.group_id = g.id AND r.is_egress = 1)
        AND EXISTS (SELECT 1 FROM security_group_rule r
                    WHERE r.group_id = g.id AND r.is_egress = 1 AND r.protocol = '-1'
                        AND r.peer = '0.0.0.0/0');
INSERT INTO network_acl_entry (network_acl_id, egress, rule_number, protocol, rule_action,
                               ipv6_cidr_block)
    SELECT n.id, e.egress, 101, '-1', 'allow', '::/0'
    FROM network_acl n JOIN (SELECT 0 AS egress UNION ALL SELECT 1) e
    WHERE n.is_default = 1
        AND EXISTS (SELECT 1 FROM vpc_cidr_block b WHERE b.vpc_id = n.vpc_id AND b.family = 'ipv6')
        AND NOT EXISTS (SELECT 1 FROM network_acl_entry l
                        WHERE l.network_acl_id = n.id AND l.rule_number = 32768)
        AND 2 = (SELECT COUNT(*) FROM network_acl_entry t
                 WHERE t.network_acl_id = n.id AND t.egress = e.egress)
        AND EXISTS (SELECT 1 FROM network_acl_entry t
                    WHERE t.network_acl_id = n.id AND t.egress = e.egress AND t.rule_number = 100
                        AND t.protocol = '-1' AND t.cidr_block = '0.0.0.0/0'
                        AND t.rule_action = 'allow');
INSERT OR IGNORE INTO network_acl_entry (network_acl_id, egress, rule_number, protocol,
                                         rule_action, ipv6_cidr_block)
    SELECT n.id, e.egress, 32768, '-1', 'deny', '::/0'
    FROM network_acl n JOIN (SELECT 0 AS egress UNION ALL SELECT 1) e
    WHERE EXISTS (SELECT 1 FROM vpc_cidr_block b
                  WHERE b.vpc_id = n.vpc_id AND b.family = 'ipv6');

-- What an account has is counted by it, whoever else has how much.
CREATE INDEX s3_object_by_owner ON s3_object (owner);
CREATE INDEX s3_upload_by_owner ON s3_upload (owner);
CREATE INDEX s3_part_by_owner ON s3_part (owner);
