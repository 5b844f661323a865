-- What volumes have beyond being made, attached and deleted.

-- The volume that it is a copy of.
ALTER TABLE volume ADD COLUMN source_volume_id TEXT;
-- MiB/s asked for at creation.
ALTER TABLE volume ADD COLUMN initialization_rate INTEGER;
-- When all its bytes have come from the snapshot or the source volume; an empty one has none to
-- wait for.
ALTER TABLE volume ADD COLUMN initialized_ms INTEGER;
ALTER TABLE volume ADD COLUMN auto_enable_io INTEGER NOT NULL DEFAULT 0;
UPDATE volume SET initialized_ms = create_time_ms WHERE snapshot_id IS NOT NULL;

-- One row for each modification of the last day, and always the latest.
CREATE TABLE volume_modification (
    volume_id TEXT NOT NULL REFERENCES volume (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    is_latest INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('modifying', 'optimizing', 'completed', 'failed')),
    original_size_gib INTEGER NOT NULL,
    original_volume_type TEXT NOT NULL,
    original_iops INTEGER,
    original_throughput INTEGER,
    original_multi_attach INTEGER NOT NULL,
    target_size_gib INTEGER NOT NULL,
    target_volume_type TEXT NOT NULL,
    target_iops INTEGER,
    target_throughput INTEGER,
    target_multi_attach INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    -- When it began to optimize, and when that will be over.
    optimizing_time_ms INTEGER,
    due_time_ms INTEGER,
    end_time_ms INTEGER,
    PRIMARY KEY (volume_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX volume_modification_latest ON volume_modification (region, owner, volume_id)
    WHERE is_latest = 1;

-- The volumes that an instance has had as its root, gone ones too: what its snapshots may come
-- from when the root is replaced.
CREATE TABLE instance_root_volume (
    instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    volume_id TEXT NOT NULL,
    PRIMARY KEY (instance_id, volume_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_root_volume_by_volume ON instance_root_volume (volume_id);
INSERT INTO instance_root_volume (instance_id, volume_id)
    SELECT a.instance_id, a.volume_id FROM attachment a
    JOIN instance i ON i.id = a.instance_id AND i.root_device_name = a.device;

CREATE TABLE replace_root_volume_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'in-progress', 'succeeded', 'failed',
                                         'failed-detached')),
    original_volume_id TEXT NOT NULL,
    replacement_volume_id TEXT NOT NULL,
    -- The task made the replacement; otherwise the caller named it.
    made_replacement INTEGER NOT NULL,
    image_id TEXT,
    snapshot_id TEXT,
    delete_replaced_root_volume INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    complete_time_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX replace_root_volume_task_by_owner ON replace_root_volume_task (region, owner, id);
CREATE INDEX replace_root_volume_task_by_instance ON replace_root_volume_task (instance_id);
CREATE INDEX replace_root_volume_task_by_replacement
    ON replace_root_volume_task (replacement_volume_id);
