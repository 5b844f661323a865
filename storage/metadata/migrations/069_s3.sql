-- Small blobs lie in their rows and have no file: `bytes` is NULL of those that have one. An object
-- has one such blob and nothing else, or none.
ALTER TABLE s3_blob ADD COLUMN bytes BLOB;
CREATE INDEX s3_blob_of_file ON s3_blob (number) WHERE bytes IS NULL;
DROP TRIGGER s3_blob_gone;
CREATE TRIGGER s3_blob_gone AFTER DELETE ON s3_blob WHEN old.bytes IS NULL BEGIN
    INSERT INTO s3_removed_blob (number) VALUES (old.number);
END;
