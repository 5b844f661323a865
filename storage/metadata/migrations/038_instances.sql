-- Capacity reservations of accounts, and the instances that run in them.
CREATE TABLE capacity_reservation (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    instance_type TEXT NOT NULL,
    platform TEXT NOT NULL,
    zone TEXT NOT NULL,
    tenancy TEXT NOT NULL,
    total INTEGER NOT NULL,
    ebs_optimized INTEGER NOT NULL,
    ephemeral_storage INTEGER NOT NULL,
    state TEXT NOT NULL,
    match_criteria TEXT NOT NULL,
    create_time_ms INTEGER NOT NULL,
    end_type TEXT NOT NULL,
    end_time_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX capacity_reservation_by_owner ON capacity_reservation (region, owner, id);

-- What an instance was told to run in, and what it runs in.
ALTER TABLE instance_option ADD COLUMN capacity_target_id TEXT;
ALTER TABLE instance_option ADD COLUMN capacity_reservation_id TEXT;
CREATE INDEX instance_option_by_capacity_reservation ON instance_option (capacity_reservation_id)
    WHERE capacity_reservation_id IS NOT NULL;

-- Dedicated Hosts, and the instances that are on them.
CREATE TABLE dedicated_host (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    zone TEXT NOT NULL,
    -- NULL: all types of the family.
    instance_type TEXT,
    instance_family TEXT NOT NULL,
    auto_placement TEXT NOT NULL,
    host_recovery TEXT NOT NULL,
    host_maintenance TEXT NOT NULL,
    client_token TEXT NOT NULL,
    state TEXT NOT NULL,
    allocation_time_ms INTEGER NOT NULL,
    release_time_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX dedicated_host_by_owner ON dedicated_host (region, owner, id);

ALTER TABLE instance_option ADD COLUMN host_id TEXT;
-- NULL: default.
ALTER TABLE instance_option ADD COLUMN affinity TEXT;
CREATE INDEX instance_option_by_host ON instance_option (host_id) WHERE host_id IS NOT NULL;
