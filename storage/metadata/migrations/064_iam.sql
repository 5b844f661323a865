-- A profile has one role at most. An id is never given again, however often a name is.
CREATE TABLE iam_instance_profile (
    owner TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    id TEXT NOT NULL,
    path TEXT NOT NULL,
    role_name TEXT COLLATE NOCASE,
    create_time_ms INTEGER NOT NULL,
    PRIMARY KEY (owner, name),
    FOREIGN KEY (owner, role_name) REFERENCES iam_role (owner, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX iam_instance_profile_by_role ON iam_instance_profile (owner, role_name);
CREATE TABLE iam_instance_profile_tag (
    owner TEXT NOT NULL,
    profile_name TEXT NOT NULL COLLATE NOCASE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, profile_name, key),
    FOREIGN KEY (owner, profile_name) REFERENCES iam_instance_profile (owner, name)
        ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
