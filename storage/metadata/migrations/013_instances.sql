-- The key pair that an instance was launched with, by its name; the pair itself may go.
ALTER TABLE instance ADD COLUMN key_name TEXT;
