-- When scheduled events of instances may run.
CREATE TABLE instance_event_window (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT,
    -- One of this and rows of the next table.
    cron_expression TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_event_window_by_owner ON instance_event_window (region, owner, id);
CREATE TABLE instance_event_window_range (
    window_id TEXT NOT NULL REFERENCES instance_event_window (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    start_week_day TEXT NOT NULL,
    start_hour INTEGER NOT NULL,
    end_week_day TEXT NOT NULL,
    end_hour INTEGER NOT NULL,
    PRIMARY KEY (window_id, position)
) STRICT, WITHOUT ROWID;
-- What a window is for: instances by their ids, or by tags.
CREATE TABLE instance_event_window_instance (
    window_id TEXT NOT NULL REFERENCES instance_event_window (id) ON DELETE CASCADE,
    instance_id TEXT NOT NULL UNIQUE REFERENCES instance (id) ON DELETE CASCADE,
    PRIMARY KEY (window_id, instance_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE instance_event_window_tag (
    window_id TEXT NOT NULL REFERENCES instance_event_window (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (window_id, key, value)
) STRICT, WITHOUT ROWID;
