-- Images and instances on their way into disk files in S3.
CREATE TABLE export_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    kind TEXT NOT NULL,
    source_id TEXT NOT NULL,
    description TEXT,
    format TEXT NOT NULL,
    container TEXT,
    target_environment TEXT,
    role_name TEXT,
    bucket TEXT NOT NULL,
    prefix TEXT,
    object_key TEXT NOT NULL,
    start_time_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    percent INTEGER NOT NULL,
    message TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX export_task_by_owner ON export_task (region, owner, kind, id);
CREATE INDEX export_task_active ON export_task (owner, region, kind) WHERE state = 'active';
