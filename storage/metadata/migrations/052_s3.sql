-- The parts that an object was uploaded in, where the upload named an algorithm: what each part's
-- checksum is. Where parts begin is told by pieces.
CREATE TABLE s3_object_part (
    content INTEGER NOT NULL REFERENCES s3_content (number) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    PRIMARY KEY (content, number)
) STRICT, WITHOUT ROWID;
