-- The life of images, and the bin that deleted ones go to.

-- What of a region's deleted resources is kept for a while. resource_type: EBS_SNAPSHOT, EC2_IMAGE
-- or EBS_VOLUME.
CREATE TABLE recycle_rule (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    resource_type TEXT NOT NULL
        CHECK (resource_type IN ('EBS_SNAPSHOT', 'EC2_IMAGE', 'EBS_VOLUME')),
    retention_days INTEGER NOT NULL CHECK (retention_days > 0),
    description TEXT,
    status TEXT NOT NULL CHECK (status IN ('pending', 'available')),
    -- Nothing while it has never been locked.
    lock_state TEXT CHECK (lock_state IN ('locked', 'pending_unlock', 'unlocked')),
    unlock_delay_days INTEGER,
    -- When pending_unlock becomes unlocked.
    lock_end_time_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recycle_rule_by_owner ON recycle_rule (region, owner, resource_type, id);

-- kind: resource (a resource with it is kept), exclude (one with it is not), own (the rule's tags).
-- Without a value, any value will do.
CREATE TABLE recycle_rule_tag (
    rule_id TEXT NOT NULL REFERENCES recycle_rule (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('resource', 'exclude', 'own')),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (rule_id, kind, position)
) STRICT, WITHOUT ROWID;
