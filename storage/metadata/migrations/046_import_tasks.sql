-- What turns an object of S3 into a snapshot. Its bytes are moved by the process that runs: one that
-- begins starts active ones anew, if the object is still what it was.
CREATE TABLE import_snapshot_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    status_message TEXT,
    description TEXT,
    disk_description TEXT,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    url TEXT,
    format TEXT,
    etag TEXT,
    encrypted INTEGER,
    kms_key_id TEXT,
    start_time_ms INTEGER NOT NULL,
    due_time_ms INTEGER NOT NULL,
    image_bytes INTEGER NOT NULL,
    snapshot_id TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX import_snapshot_task_by_owner ON import_snapshot_task (region, owner, id);
CREATE INDEX import_snapshot_task_active ON import_snapshot_task (region, owner)
    WHERE state = 'active';

-- What turns objects into an image of several disks. License configurations are ARNs between commas.
CREATE TABLE import_image_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    status_message TEXT,
    description TEXT,
    architecture TEXT,
    hypervisor TEXT,
    platform TEXT,
    license_type TEXT,
    usage_operation TEXT,
    boot_mode TEXT,
    license_configurations TEXT,
    encrypted INTEGER,
    kms_key_id TEXT,
    start_time_ms INTEGER NOT NULL,
    due_time_ms INTEGER NOT NULL,
    image_id TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX import_image_task_by_owner ON import_image_task (region, owner, id);
CREATE INDEX import_image_task_active ON import_image_task (region, owner) WHERE state = 'active';
CREATE TABLE import_image_disk (
    task_id TEXT NOT NULL REFERENCES import_image_task (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    description TEXT,
    device_name TEXT,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    url TEXT,
    format TEXT,
    etag TEXT,
    image_bytes INTEGER NOT NULL,
    snapshot_id TEXT,
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
