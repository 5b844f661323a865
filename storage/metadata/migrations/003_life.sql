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

-- What is in the bin, and until when. resource_type is that of its tags: image, snapshot, volume.
-- An image there is deregistered and keeps its mappings, a snapshot is `recycled`, a volume is
-- deleted and keeps its layer; `state` is what each was before.
CREATE TABLE recycled (
    resource_id TEXT NOT NULL PRIMARY KEY,
    resource_type TEXT NOT NULL CHECK (resource_type IN ('image', 'snapshot', 'volume')),
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    enter_time_ms INTEGER NOT NULL,
    exit_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX recycled_by_owner ON recycled (region, owner, resource_type, resource_id);

-- Who an image in the bin was shared with, and is again when it is restored.
CREATE TABLE recycled_launch_permission (
    image_id TEXT NOT NULL REFERENCES recycled (resource_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (image_id, kind, value)
) STRICT, WITHOUT ROWID;

ALTER TABLE snapshot ADD COLUMN recycled INTEGER NOT NULL DEFAULT 0;

ALTER TABLE image ADD COLUMN deregistration_protection TEXT NOT NULL DEFAULT 'disabled'
    CHECK (deregistration_protection IN ('disabled', 'enabled-with-cooldown',
                                         'enabled-without-cooldown'));
-- Until when protection that has been disabled still holds.
ALTER TABLE image ADD COLUMN cooldown_end_ms INTEGER;
ALTER TABLE image ADD COLUMN state_reason_code TEXT;
ALTER TABLE image ADD COLUMN state_reason_message TEXT;
-- Whether there may be rows in the two tables below: saves looking for them.
ALTER TABLE image ADD COLUMN annotated INTEGER NOT NULL DEFAULT 0;

CREATE TABLE image_watermark (
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    watermark_key TEXT NOT NULL,
    source_image_id TEXT NOT NULL,
    source_image_region TEXT NOT NULL,
    source_image_creation_time_ms INTEGER NOT NULL,
    creation_time_ms INTEGER NOT NULL,
    PRIMARY KEY (image_id, watermark_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_watermark_by_key ON image_watermark (watermark_key);

-- The instance types that an image runs on, or not; `*` stands for any characters.
CREATE TABLE image_instance_type (
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    supported INTEGER NOT NULL,
    position INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    PRIMARY KEY (image_id, supported, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX image_instance_type_by_pattern ON image_instance_type (supported, pattern);

-- Windows images that are prepared for faster launches, for each account that asked.
CREATE TABLE fast_launch (
    image_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    target_resource_count INTEGER NOT NULL,
    max_parallel_launches INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    state_time_ms INTEGER NOT NULL,
    PRIMARY KEY (image_id, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX fast_launch_by_owner ON fast_launch (region, owner, image_id);
