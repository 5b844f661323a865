-- VPC endpoints: by routes of route tables, or by interfaces in subnets.
CREATE TABLE vpc_endpoint (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT NOT NULL REFERENCES vpc (id),
    type TEXT NOT NULL,
    service_name TEXT NOT NULL,
    state TEXT NOT NULL,
    policy_document TEXT NOT NULL,
    private_dns_enabled INTEGER NOT NULL,
    creation_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX vpc_endpoint_by_owner ON vpc_endpoint (region, owner, id);
CREATE INDEX vpc_endpoint_by_vpc ON vpc_endpoint (vpc_id);
CREATE TABLE vpc_endpoint_route_table (
    endpoint_id TEXT NOT NULL REFERENCES vpc_endpoint (id) ON DELETE CASCADE,
    route_table_id TEXT NOT NULL REFERENCES route_table (id) ON DELETE CASCADE,
    PRIMARY KEY (endpoint_id, route_table_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX vpc_endpoint_route_table_by_table ON vpc_endpoint_route_table (route_table_id);
CREATE TABLE vpc_endpoint_subnet (
    endpoint_id TEXT NOT NULL REFERENCES vpc_endpoint (id) ON DELETE CASCADE,
    subnet_id TEXT NOT NULL,
    zone TEXT NOT NULL,
    interface_id TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, subnet_id),
    UNIQUE (endpoint_id, zone)
) STRICT, WITHOUT ROWID;
CREATE TABLE vpc_endpoint_group (
    endpoint_id TEXT NOT NULL REFERENCES vpc_endpoint (id) ON DELETE CASCADE,
    group_id TEXT NOT NULL,
    PRIMARY KEY (endpoint_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX vpc_endpoint_group_by_group ON vpc_endpoint_group (group_id);
