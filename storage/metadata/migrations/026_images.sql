-- Images that were deregistered before it was noted when they are forgotten: in seven days by the
-- server's clock, which setting has as a time where it is frozen, else as what it is ahead. Those in
-- the Recycle Bin come back, or end when they leave it.
INSERT INTO transition (due_ms, sequence, action, resource_id, account)
    SELECT due_ms,
           (SELECT COALESCE(MAX(t.sequence), 0) FROM transition t WHERE t.due_ms = clock.due_ms)
               + ROW_NUMBER() OVER (ORDER BY image.id),
           'image-forgotten', image.id, image.owner
    FROM image,
         (SELECT 604800000
              + COALESCE((SELECT CAST(value AS INTEGER) FROM setting WHERE name = 'clock_ms'), 0)
              + iif((SELECT value FROM setting WHERE name = 'clock_frozen') = 1, 0,
                    CAST(strftime('%s', 'now') AS INTEGER) * 1000) AS due_ms) clock
    WHERE image.state = 'deregistered'
        AND NOT EXISTS (SELECT 1 FROM transition t
                        WHERE t.resource_id = image.id AND t.action = 'image-forgotten')
        AND NOT EXISTS (SELECT 1 FROM recycled r WHERE r.resource_id = image.id);
