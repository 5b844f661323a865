-- Instances with a root on the instance store, on their way into bundles in S3.
CREATE TABLE bundle_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    location TEXT NOT NULL,
    bucket TEXT NOT NULL,
    prefix TEXT NOT NULL,
    access_key TEXT,
    upload_policy TEXT,
    upload_policy_signature TEXT,
    start_time_ms INTEGER NOT NULL,
    update_time_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    percent INTEGER NOT NULL,
    error_code TEXT,
    error_message TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX bundle_task_by_owner ON bundle_task (region, owner, id);
CREATE INDEX bundle_task_by_instance ON bundle_task (instance_id);
