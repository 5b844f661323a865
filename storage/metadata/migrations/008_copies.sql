-- Copies and what they share, encryption, locks, the archive, fast restores and usage reports.

-- key ARNs and the identifiers of data keys; NULL while not encrypted.
ALTER TABLE snapshot ADD COLUMN kms_key_id TEXT;
ALTER TABLE snapshot ADD COLUMN data_key_id TEXT;
-- Of copies only: standard or time-based.
ALTER TABLE snapshot ADD COLUMN transfer_type TEXT;
ALTER TABLE snapshot ADD COLUMN completion_duration_minutes INTEGER;
-- Why it is in error; of a pending copy: why it will be.
ALTER TABLE snapshot ADD COLUMN status_message TEXT;
-- What its data amounts to; NULL until somebody has counted it.
ALTER TABLE snapshot ADD COLUMN full_size_bytes INTEGER;
CREATE INDEX snapshot_to_count ON snapshot (id)
    WHERE full_size_bytes IS NULL AND layer_id IS NOT NULL;

CREATE INDEX snapshot_pending_copy ON snapshot (region, owner)
    WHERE state = 'pending' AND transfer_type IS NOT NULL;

ALTER TABLE volume ADD COLUMN kms_key_id TEXT;
ALTER TABLE volume ADD COLUMN data_key_id TEXT;
ALTER TABLE volume ADD COLUMN fast_restored INTEGER NOT NULL DEFAULT 0;

-- EBS encryption by default. kms_key_id NULL: AWS's own key.
CREATE TABLE ebs_encryption (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    by_default INTEGER NOT NULL DEFAULT 0,
    kms_key_id TEXT,
    PRIMARY KEY (owner, region)
) STRICT, WITHOUT ROWID;

-- Whether it still holds, and in which state, follows from the clock. duration_start_ms and
-- expires_ms are NULL while the snapshot of a lock with a duration is pending.
CREATE TABLE snapshot_lock (
    snapshot_id TEXT NOT NULL PRIMARY KEY REFERENCES snapshot (id) ON DELETE CASCADE,
    mode TEXT NOT NULL CHECK (mode IN ('governance', 'compliance')),
    created_ms INTEGER NOT NULL,
    cool_off_hours INTEGER,
    cool_off_expires_ms INTEGER,
    duration_days INTEGER,
    duration_start_ms INTEGER,
    expires_ms INTEGER
) STRICT, WITHOUT ROWID;

-- The last move between the storage tiers; what it has come to follows from the clock.
CREATE TABLE snapshot_tier (
    snapshot_id TEXT NOT NULL PRIMARY KEY REFERENCES snapshot (id) ON DELETE CASCADE,
    operation TEXT NOT NULL
        CHECK (operation IN ('archival', 'permanent-restore', 'temporary-restore')),
    start_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    -- When the last archiving was, or will be, completed.
    archived_ms INTEGER NOT NULL,
    -- When a temporary restore ends.
    expiry_ms INTEGER
) STRICT, WITHOUT ROWID;

-- Fast snapshot restore of one snapshot in one zone, by one account. The state follows from the
-- clock: disabling_ms and disabled_ms are NULL until somebody disables it.
CREATE TABLE fast_restore (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    zone TEXT NOT NULL,
    enabling_ms INTEGER NOT NULL,
    optimizing_ms INTEGER NOT NULL,
    enabled_ms INTEGER NOT NULL,
    disabling_ms INTEGER,
    disabled_ms INTEGER,
    PRIMARY KEY (owner, region, snapshot_id, zone)
) STRICT, WITHOUT ROWID;
CREATE INDEX fast_restore_by_snapshot ON fast_restore (snapshot_id);

CREATE TABLE image_usage_report (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    image_id TEXT NOT NULL,
    creation_time_ms INTEGER NOT NULL,
    -- Pending before, available from then on.
    due_ms INTEGER NOT NULL,
    expiration_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX image_usage_report_by_owner ON image_usage_report (region, owner, id);

-- What the report was asked for. version_depth is NULL where no option was given.
CREATE TABLE image_usage_report_type (
    report_id TEXT NOT NULL REFERENCES image_usage_report (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    resource_type TEXT NOT NULL,
    version_depth TEXT,
    PRIMARY KEY (report_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE image_usage_report_account (
    report_id TEXT NOT NULL REFERENCES image_usage_report (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (report_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE image_usage_entry (
    report_id TEXT NOT NULL REFERENCES image_usage_report (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    usage_count INTEGER NOT NULL,
    PRIMARY KEY (report_id, account_id, resource_type)
) STRICT, WITHOUT ROWID;
