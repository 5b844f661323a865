-- What is scheduled for instances.
CREATE TABLE instance_event (
    id TEXT NOT NULL PRIMARY KEY,
    instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    code TEXT NOT NULL,
    description TEXT NOT NULL,
    not_before_ms INTEGER NOT NULL,
    not_after_ms INTEGER,
    not_before_deadline_ms INTEGER,
    is_completed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_event_by_instance ON instance_event (instance_id, id);

-- Which tags notifications of events are to have: '' is all of them.
CREATE TABLE instance_event_tag_key (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (owner, region, key)
) STRICT, WITHOUT ROWID;
