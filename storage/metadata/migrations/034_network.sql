-- NAT gateways, whose addresses are those of their interfaces.
CREATE TABLE nat_gateway (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    -- Both may have gone once the gateway is deleted.
    vpc_id TEXT NOT NULL,
    subnet_id TEXT NOT NULL,
    connectivity_type TEXT NOT NULL,
    state TEXT NOT NULL,
    failure_code TEXT,
    failure_message TEXT,
    create_time_ms INTEGER NOT NULL,
    delete_time_ms INTEGER,
    interface_id TEXT REFERENCES network_interface (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX nat_gateway_by_owner ON nat_gateway (region, owner, id);
CREATE UNIQUE INDEX nat_gateway_by_interface ON nat_gateway (interface_id)
    WHERE interface_id IS NOT NULL;

CREATE TABLE egress_only_gateway (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT NOT NULL REFERENCES vpc (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX egress_only_gateway_by_owner ON egress_only_gateway (region, owner, id);
CREATE INDEX egress_only_gateway_by_vpc ON egress_only_gateway (vpc_id);

-- The blocks of a VPC but its primary one.
CREATE TABLE vpc_cidr_block (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT NOT NULL REFERENCES vpc (id) ON DELETE CASCADE,
    family TEXT NOT NULL,
    cidr_block TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX vpc_cidr_block_by_owner ON vpc_cidr_block (region, owner, id);
CREATE INDEX vpc_cidr_block_by_vpc ON vpc_cidr_block (vpc_id);
CREATE INDEX vpc_cidr_block_by_block ON vpc_cidr_block (cidr_block);

-- A subnet has one IPv6 block at most.
ALTER TABLE subnet ADD COLUMN ipv6_cidr_block TEXT;
ALTER TABLE subnet ADD COLUMN ipv6_association_id TEXT;
ALTER TABLE subnet ADD COLUMN assign_ipv6_address_on_creation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subnet ADD COLUMN enable_dns64 INTEGER NOT NULL DEFAULT 0;
CREATE INDEX subnet_by_ipv6_association ON subnet (ipv6_association_id)
    WHERE ipv6_association_id IS NOT NULL;

CREATE TABLE interface_ipv6_address (
    interface_id TEXT NOT NULL REFERENCES network_interface (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    subnet_id TEXT NOT NULL,
    address TEXT NOT NULL UNIQUE,
    PRIMARY KEY (interface_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX interface_ipv6_address_by_subnet ON interface_ipv6_address (subnet_id);

-- Further VPCs in which a group may be used.
CREATE TABLE security_group_vpc_association (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    group_id TEXT NOT NULL REFERENCES security_group (id) ON DELETE CASCADE,
    vpc_id TEXT NOT NULL REFERENCES vpc (id) ON DELETE CASCADE,
    UNIQUE (group_id, vpc_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX security_group_vpc_association_by_owner
    ON security_group_vpc_association (region, owner, id);
CREATE INDEX security_group_vpc_association_by_vpc ON security_group_vpc_association (vpc_id);

-- What other accounts may do with an interface.
CREATE TABLE network_interface_permission (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    interface_id TEXT NOT NULL REFERENCES network_interface (id) ON DELETE CASCADE,
    account TEXT NOT NULL,
    permission TEXT NOT NULL,
    UNIQUE (interface_id, account, permission)
) STRICT, WITHOUT ROWID;
CREATE INDEX network_interface_permission_by_owner
    ON network_interface_permission (region, owner, id);

-- Managed prefix lists. An entry is of one version.
CREATE TABLE prefix_list (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    address_family TEXT NOT NULL,
    max_entries INTEGER NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX prefix_list_by_owner ON prefix_list (region, owner, id);
CREATE TABLE prefix_list_entry (
    prefix_list_id TEXT NOT NULL REFERENCES prefix_list (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    cidr TEXT NOT NULL,
    description TEXT,
    PRIMARY KEY (prefix_list_id, version, cidr)
) STRICT, WITHOUT ROWID;
CREATE INDEX route_by_destination ON route (destination);

-- Prefixes of network interfaces: /28s of a subnet's IPv4 block, /80s of its IPv6 one.
CREATE TABLE interface_prefix (
    interface_id TEXT NOT NULL REFERENCES network_interface (id) ON DELETE CASCADE,
    prefix TEXT NOT NULL,
    subnet_id TEXT NOT NULL,
    PRIMARY KEY (interface_id, prefix)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX interface_prefix_taken ON interface_prefix (subnet_id, prefix);
