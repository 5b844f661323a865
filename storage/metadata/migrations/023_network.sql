-- What a VPC is made with and what is around it. A VPC has one main route table, one default
-- network ACL; each of its subnets one ACL, and a route table where it does not go by the main one.
ALTER TABLE vpc ADD COLUMN instance_tenancy TEXT NOT NULL DEFAULT 'default';
ALTER TABLE vpc ADD COLUMN enable_dns_support INTEGER NOT NULL DEFAULT 1;
ALTER TABLE vpc ADD COLUMN enable_dns_hostnames INTEGER NOT NULL DEFAULT 0;
ALTER TABLE vpc ADD COLUMN enable_network_address_usage_metrics INTEGER NOT NULL DEFAULT 0;
UPDATE vpc SET enable_dns_hostnames = is_default;

ALTER TABLE subnet ADD COLUMN hostname_type TEXT NOT NULL DEFAULT 'ip-name';
ALTER TABLE subnet ADD COLUMN resource_name_dns_a_record INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subnet ADD COLUMN resource_name_dns_aaaa_record INTEGER NOT NULL DEFAULT 0;

CREATE TABLE dhcp_options (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    -- What VPCs get that are made.
    is_default INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX dhcp_options_by_owner ON dhcp_options (region, owner, id);
CREATE UNIQUE INDEX dhcp_options_default ON dhcp_options (region, owner) WHERE is_default = 1;
CREATE INDEX vpc_by_dhcp_options ON vpc (dhcp_options_id);
CREATE TABLE dhcp_option_value (
    dhcp_options_id TEXT NOT NULL REFERENCES dhcp_options (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (dhcp_options_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE internet_gateway (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT UNIQUE REFERENCES vpc (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX internet_gateway_by_owner ON internet_gateway (region, owner, id);

CREATE TABLE route_table (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT NOT NULL REFERENCES vpc (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX route_table_by_owner ON route_table (region, owner, id);
CREATE INDEX route_table_by_vpc ON route_table (vpc_id);
-- Of a subnet, or of the VPC that it is the main one of.
CREATE TABLE route_table_association (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    route_table_id TEXT NOT NULL REFERENCES route_table (id),
    subnet_id TEXT UNIQUE REFERENCES subnet (id) ON DELETE CASCADE,
    main_of TEXT UNIQUE REFERENCES vpc (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX route_table_association_by_owner ON route_table_association (region, owner, id);
CREATE INDEX route_table_association_by_table ON route_table_association (route_table_id);
CREATE TABLE route (
    route_table_id TEXT NOT NULL REFERENCES route_table (id) ON DELETE CASCADE,
    destination TEXT NOT NULL,
    -- 'local', or the id of what takes the packets, which may have gone.
    target TEXT NOT NULL,
    origin TEXT NOT NULL,
    PRIMARY KEY (route_table_id, destination)
) STRICT, WITHOUT ROWID;

CREATE TABLE network_acl (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT NOT NULL REFERENCES vpc (id),
    is_default INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX network_acl_by_owner ON network_acl (region, owner, id);
CREATE INDEX network_acl_by_vpc ON network_acl (vpc_id);
CREATE UNIQUE INDEX network_acl_default ON network_acl (vpc_id) WHERE is_default = 1;
CREATE TABLE network_acl_entry (
    network_acl_id TEXT NOT NULL REFERENCES network_acl (id) ON DELETE CASCADE,
    egress INTEGER NOT NULL,
    rule_number INTEGER NOT NULL,
    protocol TEXT NOT NULL,
    rule_action TEXT NOT NULL,
    cidr_block TEXT,
    ipv6_cidr_block TEXT,
    icmp_type INTEGER,
    icmp_code INTEGER,
    port_from INTEGER,
    port_to INTEGER,
    PRIMARY KEY (network_acl_id, egress, rule_number)
) STRICT, WITHOUT ROWID;
CREATE TABLE network_acl_association (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    network_acl_id TEXT NOT NULL REFERENCES network_acl (id),
    subnet_id TEXT NOT NULL UNIQUE REFERENCES subnet (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX network_acl_association_by_owner ON network_acl_association (region, owner, id);
CREATE INDEX network_acl_association_by_acl ON network_acl_association (network_acl_id);

-- What VPCs and subnets of before have of these: ids made of their own digits.
INSERT OR IGNORE INTO dhcp_options SELECT dhcp_options_id, region, owner, 1 FROM vpc;
INSERT INTO dhcp_option_value
    SELECT id, 0, 'domain-name',
           iif(region = 'us-east-1', 'ec2.internal', region || '.compute.internal')
    FROM dhcp_options;
INSERT INTO dhcp_option_value
    SELECT id, 1, 'domain-name-servers', 'AmazonProvidedDNS' FROM dhcp_options;
INSERT INTO internet_gateway
    SELECT 'igw-' || substr(id, 5), region, owner, id FROM vpc WHERE is_default = 1;
INSERT INTO route_table SELECT 'rtb-' || substr(id, 5), region, owner, id FROM vpc;
INSERT INTO route_table_association
    SELECT 'rtbassoc-' || substr(id, 5), region, owner, 'rtb-' || substr(id, 5), NULL, id FROM vpc;
INSERT INTO route
    SELECT 'rtb-' || substr(id, 5), cidr_block, 'local', 'CreateRouteTable' FROM vpc;
INSERT INTO route
    SELECT 'rtb-' || substr(id, 5), '0.0.0.0/0', 'igw-' || substr(id, 5), 'CreateRoute' FROM vpc
    WHERE is_default = 1;
INSERT INTO network_acl SELECT 'acl-' || substr(id, 5), region, owner, id, 1 FROM vpc;
INSERT INTO network_acl_entry
    SELECT 'acl-' || substr(v.id, 5), e.egress, n.number, '-1', n.action, '0.0.0.0/0', NULL, NULL,
           NULL, NULL, NULL
    FROM vpc v, (SELECT 0 AS egress UNION ALL SELECT 1) e,
         (SELECT 100 AS number, 'allow' AS action UNION ALL SELECT 32767, 'deny') n;
INSERT INTO network_acl_association
    SELECT 'aclassoc-' || substr(id, 8), region, owner, 'acl-' || substr(vpc_id, 5), id FROM subnet;
