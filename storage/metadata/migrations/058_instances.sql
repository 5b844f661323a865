-- An event window may be for Dedicated Hosts too: for the instances on them.
CREATE TABLE instance_event_window_host (
    window_id TEXT NOT NULL REFERENCES instance_event_window (id) ON DELETE CASCADE,
    host_id TEXT NOT NULL UNIQUE REFERENCES dedicated_host (id) ON DELETE CASCADE,
    PRIMARY KEY (window_id, host_id)
) STRICT, WITHOUT ROWID;
