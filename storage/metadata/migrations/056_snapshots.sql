-- The region that a snapshot was copied from, where that is another one: its bytes were transferred.
ALTER TABLE snapshot ADD COLUMN source_region TEXT;
