-- IAM is of no region. Names of roles differ in more than small and capital letters.
CREATE TABLE iam_role (
    owner TEXT NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    path TEXT NOT NULL,
    description TEXT,
    trust_policy TEXT NOT NULL,
    max_session_seconds INTEGER NOT NULL,
    create_time_ms INTEGER NOT NULL,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE iam_role_tag (
    owner TEXT NOT NULL,
    role_name TEXT NOT NULL COLLATE NOCASE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, role_name, key),
    FOREIGN KEY (owner, role_name) REFERENCES iam_role (owner, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE iam_role_policy (
    owner TEXT NOT NULL,
    role_name TEXT NOT NULL COLLATE NOCASE,
    name TEXT NOT NULL COLLATE NOCASE,
    document TEXT NOT NULL,
    PRIMARY KEY (owner, role_name, name),
    FOREIGN KEY (owner, role_name) REFERENCES iam_role (owner, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
