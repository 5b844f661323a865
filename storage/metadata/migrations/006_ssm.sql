-- Parameters of Systems Manager that accounts have put; the public ones are in the catalogue. Times
-- are milliseconds since 1970.

CREATE TABLE parameter (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,                     -- as it was put: with or without a leading slash
    version INTEGER NOT NULL,               -- the newest
    PRIMARY KEY (owner, region, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE parameter_version (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('String', 'StringList')),
    value TEXT NOT NULL,
    data_type TEXT NOT NULL,
    tier TEXT NOT NULL,
    description TEXT,
    last_modified_ms INTEGER NOT NULL,
    last_modified_user TEXT NOT NULL,
    PRIMARY KEY (owner, region, name, version),
    FOREIGN KEY (owner, region, name) REFERENCES parameter (owner, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- A label is on one version of a parameter at a time.
CREATE TABLE parameter_label (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (owner, region, name, label),
    FOREIGN KEY (owner, region, name, version)
        REFERENCES parameter_version (owner, region, name, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX parameter_label_by_version ON parameter_label (owner, region, name, version);
