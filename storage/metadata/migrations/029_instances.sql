-- Which profile an instance has.
CREATE TABLE iam_instance_profile_association (
    id TEXT NOT NULL PRIMARY KEY,
    instance_id TEXT NOT NULL UNIQUE REFERENCES instance (id) ON DELETE CASCADE,
    profile_arn TEXT NOT NULL,
    profile_id TEXT NOT NULL,
    time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX iam_instance_profile_association_by_arn
    ON iam_instance_profile_association (profile_arn);
