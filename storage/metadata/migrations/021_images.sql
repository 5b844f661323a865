-- Whose each transition is, so that a call waits for those of its own account alone. Empty for those
-- of before: they are everybody's.
ALTER TABLE transition ADD COLUMN account TEXT NOT NULL DEFAULT '';
CREATE INDEX transition_by_account ON transition (account, due_ms, sequence);

-- When a token is forgotten; NULL while that is not known, as of a launch whose instances live.
ALTER TABLE client_token ADD COLUMN ends_ms INTEGER;
CREATE INDEX client_token_by_end ON client_token (ends_ms) WHERE ends_ms IS NOT NULL;
-- A day by the server's clock, which setting has: a time where it is frozen, else what it is ahead.
UPDATE client_token SET ends_ms = 86400000
    + COALESCE((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'clock_ms'), 0)
    + iif((SELECT value FROM setting WHERE name = 'clock_frozen') = 1, 0,
          CAST(strftime('%s', 'now') AS INTEGER) * 1000)
    WHERE operation NOT GLOB 'RunInstances*' OR NOT EXISTS
        (SELECT 1 FROM instance WHERE reservation_id = resource_id AND state <> 'terminated');

-- Whether anything was copied of an image.
CREATE INDEX image_by_source ON image (source_image_id) WHERE source_image_id IS NOT NULL;
