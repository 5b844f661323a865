-- Whether a bucket says who owns what others put: once those settings are deleted it does not, and
-- objects are their writers'.
ALTER TABLE s3_bucket ADD COLUMN has_ownership_controls INTEGER NOT NULL DEFAULT 1;
-- The upload that an object came of, whose end may be asked for again.
ALTER TABLE s3_object ADD COLUMN upload TEXT;
-- Uploads of one key are listed in the order in which they began.
DROP INDEX s3_upload_by_key;
CREATE INDEX s3_upload_by_key ON s3_upload (bucket, key, started_ms, upload_id);
