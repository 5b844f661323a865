-- Buckets are named once for all accounts and regions. Tags are texts as queries have them, headers
-- a line each.
CREATE TABLE s3_bucket (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    ownership TEXT NOT NULL,
    acl TEXT NOT NULL,
    tags TEXT NOT NULL,
    policy TEXT,
    public_access TEXT,
    versioning TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX s3_bucket_by_owner ON s3_bucket (owner, name);

-- A file of bytes that never change, and what it holds of the disk. It is not on the disk yet while
-- it has the boot that wrote it. It goes with the last piece that is of it; its file goes later.
CREATE TABLE s3_blob (
    number INTEGER NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    held_bytes INTEGER NOT NULL,
    boot_id TEXT
) STRICT;
CREATE INDEX s3_blob_by_account ON s3_blob (account, held_bytes);
CREATE INDEX s3_blob_unsynced ON s3_blob (boot_id) WHERE boot_id IS NOT NULL;
CREATE TABLE s3_removed_blob (
    number INTEGER NOT NULL PRIMARY KEY
) STRICT;

-- The bytes of an object or of a part: pieces of blobs, one behind the other. A piece of an object
-- that was uploaded in parts has the part's number.
CREATE TABLE s3_content (
    number INTEGER NOT NULL PRIMARY KEY,
    size_bytes INTEGER NOT NULL
) STRICT;
CREATE TABLE s3_piece (
    content INTEGER NOT NULL REFERENCES s3_content (number) ON DELETE CASCADE,
    start_bytes INTEGER NOT NULL,
    length_bytes INTEGER NOT NULL,
    blob INTEGER NOT NULL REFERENCES s3_blob (number) ON DELETE CASCADE,
    offset_bytes INTEGER NOT NULL,
    part INTEGER,
    PRIMARY KEY (content, start_bytes)
) STRICT, WITHOUT ROWID;
CREATE INDEX s3_piece_by_blob ON s3_piece (blob);

CREATE TABLE s3_object (
    bucket TEXT NOT NULL REFERENCES s3_bucket (name) ON DELETE CASCADE,
    key TEXT NOT NULL,
    owner TEXT NOT NULL,
    content INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    etag TEXT NOT NULL,
    headers TEXT NOT NULL,
    metadata TEXT NOT NULL,
    tags TEXT NOT NULL,
    acl TEXT NOT NULL,
    checksum_algorithm TEXT,
    checksum_type TEXT,
    checksum TEXT,
    parts INTEGER,
    PRIMARY KEY (bucket, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX s3_object_by_content ON s3_object (content);

CREATE TABLE s3_upload (
    upload_id TEXT NOT NULL PRIMARY KEY,
    bucket TEXT NOT NULL REFERENCES s3_bucket (name) ON DELETE CASCADE,
    key TEXT NOT NULL,
    owner TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    headers TEXT NOT NULL,
    metadata TEXT NOT NULL,
    tags TEXT NOT NULL,
    acl TEXT NOT NULL,
    checksum_algorithm TEXT,
    checksum_type TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX s3_upload_by_key ON s3_upload (bucket, key, upload_id);
CREATE TABLE s3_part (
    upload TEXT NOT NULL REFERENCES s3_upload (upload_id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    owner TEXT NOT NULL,
    content INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified_ms INTEGER NOT NULL,
    etag TEXT NOT NULL,
    checksum TEXT,
    PRIMARY KEY (upload, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX s3_part_by_content ON s3_part (content);

CREATE TRIGGER s3_object_gone AFTER DELETE ON s3_object BEGIN
    DELETE FROM s3_content WHERE number = old.content;
END;
CREATE TRIGGER s3_part_gone AFTER DELETE ON s3_part BEGIN
    DELETE FROM s3_content WHERE number = old.content;
END;
CREATE TRIGGER s3_piece_gone AFTER DELETE ON s3_piece BEGIN
    DELETE FROM s3_blob WHERE number = old.blob
        AND NOT EXISTS (SELECT 1 FROM s3_piece p WHERE p.blob = old.blob);
END;
CREATE TRIGGER s3_blob_gone AFTER DELETE ON s3_blob BEGIN
    INSERT INTO s3_removed_blob (number) VALUES (old.number);
END;
