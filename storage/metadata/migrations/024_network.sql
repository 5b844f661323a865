-- Network interfaces, which were columns of the instances that they came with.
CREATE TABLE network_interface (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    subnet_id TEXT NOT NULL REFERENCES subnet (id),
    vpc_id TEXT NOT NULL,
    zone TEXT NOT NULL,
    description TEXT NOT NULL,
    interface_type TEXT NOT NULL,
    mac_address TEXT NOT NULL,
    source_dest_check INTEGER NOT NULL,
    -- Of those that a service made, not a user.
    requester_id TEXT,
    -- What it is attached to; all five are there or none.
    instance_id TEXT REFERENCES instance (id),
    attachment_id TEXT,
    device_index INTEGER,
    attach_time_ms INTEGER,
    delete_on_termination INTEGER,
    -- Whether its instance has a public address of Amazon's while it runs.
    associate_public_ip INTEGER NOT NULL,
    CHECK ((instance_id IS NULL) = (device_index IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX network_interface_by_owner ON network_interface (region, owner, id);
CREATE UNIQUE INDEX network_interface_device ON network_interface (instance_id, device_index)
    WHERE instance_id IS NOT NULL;
CREATE UNIQUE INDEX network_interface_attachment ON network_interface (attachment_id)
    WHERE attachment_id IS NOT NULL;
CREATE INDEX network_interface_by_subnet ON network_interface (subnet_id);

-- Private addresses, each with the public one that stands for it.
CREATE TABLE interface_address (
    interface_id TEXT NOT NULL REFERENCES network_interface (id) ON DELETE CASCADE,
    -- 0 is the primary one.
    position INTEGER NOT NULL,
    subnet_id TEXT NOT NULL,
    address TEXT NOT NULL,
    public_ip TEXT,
    -- Of an elastic address that is the public one.
    allocation_id TEXT,
    association_id TEXT,
    PRIMARY KEY (interface_id, position)
) STRICT, WITHOUT ROWID;
-- An address belongs to one interface at a time.
CREATE UNIQUE INDEX interface_address_taken ON interface_address (subnet_id, address);
CREATE UNIQUE INDEX interface_address_public ON interface_address (public_ip)
    WHERE public_ip IS NOT NULL;
CREATE INDEX interface_address_private ON interface_address (address);
CREATE UNIQUE INDEX interface_address_elastic ON interface_address (allocation_id)
    WHERE allocation_id IS NOT NULL;

CREATE TABLE elastic_address (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    public_ip TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX elastic_address_by_owner ON elastic_address (region, owner, id);

CREATE TABLE interface_group (
    interface_id TEXT NOT NULL REFERENCES network_interface (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    group_id TEXT NOT NULL REFERENCES security_group (id),
    PRIMARY KEY (interface_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX interface_group_by_group ON interface_group (group_id);

INSERT INTO network_interface
    SELECT i.network_interface_id, i.region, i.owner, i.subnet_id, i.vpc_id, i.zone, '',
           'interface', i.mac_address, i.source_dest_check, NULL, i.id, i.network_attachment_id, 0,
           i.usage_operation_time_ms, 1, s.map_public_ip_on_launch
    FROM instance i JOIN subnet s ON s.id = i.subnet_id WHERE i.network_interface_id IS NOT NULL;
INSERT INTO interface_address
    SELECT i.network_interface_id, 0, i.subnet_id, i.private_ip, i.public_ip, NULL, NULL
    FROM instance i JOIN network_interface e ON e.id = i.network_interface_id;
INSERT INTO interface_group
    SELECT i.network_interface_id, g.position, g.group_id
    FROM instance_security_group g JOIN instance i ON i.id = g.instance_id
    JOIN network_interface e ON e.id = i.network_interface_id;

DROP TABLE instance_security_group;
DROP INDEX instance_by_subnet;
DROP INDEX instance_by_public_ip;
ALTER TABLE instance DROP COLUMN subnet_id;
ALTER TABLE instance DROP COLUMN vpc_id;
ALTER TABLE instance DROP COLUMN private_ip;
ALTER TABLE instance DROP COLUMN public_ip;
ALTER TABLE instance DROP COLUMN network_interface_id;
ALTER TABLE instance DROP COLUMN network_attachment_id;
ALTER TABLE instance DROP COLUMN mac_address;
ALTER TABLE instance DROP COLUMN source_dest_check;
