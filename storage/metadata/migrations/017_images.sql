-- The latest launch of an image that AWS tells of, while a later one is not a day old.
ALTER TABLE image ADD COLUMN launched_before_ms INTEGER;
