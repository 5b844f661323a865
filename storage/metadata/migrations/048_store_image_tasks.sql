-- Images on their way into objects of S3. `place` is behind that of all that began later.
CREATE TABLE store_image_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    place TEXT NOT NULL,
    image_id TEXT NOT NULL,
    bucket TEXT NOT NULL,
    object_key TEXT NOT NULL,
    size_gib INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    percent INTEGER NOT NULL,
    failure TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX store_image_task_by_owner ON store_image_task (region, owner, place, id);
CREATE INDEX store_image_task_under_way ON store_image_task (owner) WHERE state = 'InProgress';
-- What the object is to be tagged with.
CREATE TABLE store_image_task_tag (
    task_id TEXT NOT NULL REFERENCES store_image_task (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;

-- Images on their way out of objects, as long as that takes; the object is told by its ETag.
CREATE TABLE restore_image_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    image_id TEXT NOT NULL,
    bucket TEXT NOT NULL,
    object_key TEXT NOT NULL,
    etag TEXT NOT NULL,
    size_gib INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX restore_image_task_by_owner ON restore_image_task (region, owner, id);
-- The snapshots that are to have the object's disks.
CREATE TABLE restore_image_task_disk (
    task_id TEXT NOT NULL REFERENCES restore_image_task (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    snapshot_id TEXT NOT NULL,
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
