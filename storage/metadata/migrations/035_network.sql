-- The name that an elastic address resolves to, with a dot at its end.
ALTER TABLE elastic_address ADD COLUMN domain_name TEXT;
