-- Disks that are named by a manifest of presigned URLs, on their way into volumes and instances.
CREATE TABLE conversion_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    status_message TEXT,
    start_time_ms INTEGER NOT NULL,
    expiration_time_ms INTEGER NOT NULL,
    description TEXT,
    disk_description TEXT,
    zone TEXT NOT NULL,
    format TEXT NOT NULL,
    image_bytes INTEGER NOT NULL,
    manifest_url TEXT NOT NULL,
    volume_size_gib INTEGER NOT NULL,
    volume_id TEXT,
    instance_id TEXT,
    platform TEXT,
    launch TEXT,
    parts_found INTEGER NOT NULL,
    bytes_converted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX conversion_task_by_owner ON conversion_task (region, owner, id);
CREATE INDEX conversion_task_active ON conversion_task (owner, region) WHERE state = 'active';
