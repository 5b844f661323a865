-- EC2 Instance Connect endpoints; their groups are those of their interfaces.
CREATE TABLE instance_connect_endpoint (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT NOT NULL,
    subnet_id TEXT NOT NULL,
    zone TEXT NOT NULL,
    interface_id TEXT NOT NULL,
    state TEXT NOT NULL,
    ip_address_type TEXT NOT NULL,
    preserve_client_ip INTEGER NOT NULL,
    create_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_connect_endpoint_by_owner ON instance_connect_endpoint (region, owner, id);
CREATE INDEX instance_connect_endpoint_by_vpc ON instance_connect_endpoint (vpc_id);
