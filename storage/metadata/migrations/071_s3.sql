-- Whether a bucket says who owns what others put: once those settings are deleted it does not, and
-- objects are their writers'.
ALTER TABLE s3_bucket ADD COLUMN has_ownership_controls INTEGER NOT NULL DEFAULT 1;
