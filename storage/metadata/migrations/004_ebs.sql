-- Snapshots that the EBS direct APIs write block by block.

-- One that was started there. It is open, its snapshot pending and its layer writable, until it is
-- completed or its time is over; what it was started with is told for as long as it lives.
CREATE TABLE direct_snapshot (
    snapshot_id TEXT NOT NULL PRIMARY KEY REFERENCES snapshot (id) ON DELETE CASCADE,
    parent_snapshot_id TEXT,
    kms_key_arn TEXT,
    open INTEGER NOT NULL,
    -- Given up when nothing has been written for that long.
    timeout_ms INTEGER NOT NULL,
    last_activity_ms INTEGER NOT NULL,
    -- As the client tells it.
    progress_percent INTEGER NOT NULL DEFAULT 0,
    -- Which boot of the machine has the blocks: open and of another boot, they may be lost.
    boot_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX direct_snapshot_open ON direct_snapshot (snapshot_id) WHERE open = 1;

-- What was written into an open one. checksum: the block's SHA-256.
CREATE TABLE direct_block (
    snapshot_id TEXT NOT NULL REFERENCES direct_snapshot (snapshot_id) ON DELETE CASCADE,
    block_index INTEGER NOT NULL,
    checksum BLOB NOT NULL CHECK (length(checksum) = 32),
    PRIMARY KEY (snapshot_id, block_index)
) STRICT, WITHOUT ROWID;
