-- Parameters that are encrypted, and what values a parameter may have. A secret's value is kept as
-- any other: who asks without decryption is shown another text.
CREATE TABLE new_parameter_version (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('String', 'StringList', 'SecureString')),
    value TEXT NOT NULL,
    data_type TEXT NOT NULL,
    tier TEXT NOT NULL,
    description TEXT,
    last_modified_ms INTEGER NOT NULL,
    last_modified_user TEXT NOT NULL,
    key_id TEXT,                            -- of secrets: the key that they are encrypted with
    allowed_pattern TEXT,
    PRIMARY KEY (owner, region, name, version),
    FOREIGN KEY (owner, region, name) REFERENCES parameter (owner, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO new_parameter_version (owner, region, name, version, type, value, data_type, tier,
                                   description, last_modified_ms, last_modified_user)
    SELECT owner, region, name, version, type, value, data_type, tier, description,
           last_modified_ms, last_modified_user FROM parameter_version;

CREATE TABLE new_parameter_label (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (owner, region, name, label),
    FOREIGN KEY (owner, region, name, version)
        REFERENCES new_parameter_version (owner, region, name, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
INSERT INTO new_parameter_label (owner, region, name, label, version)
    SELECT owner, region, name, label, version FROM parameter_label;

-- Labels first: they would go with their versions.
DROP TABLE parameter_label;
DROP TABLE parameter_version;
ALTER TABLE new_parameter_version RENAME TO parameter_version;
ALTER TABLE new_parameter_label RENAME TO parameter_label;
CREATE INDEX parameter_label_by_version ON parameter_label (owner, region, name, version);
CREATE INDEX parameter_version_by_image ON parameter_version (value)
    WHERE data_type = 'aws:ec2:image';

CREATE TABLE parameter_tag (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, region, name, key),
    FOREIGN KEY (owner, region, name) REFERENCES parameter (owner, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
