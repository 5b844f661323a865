-- A task whose bytes are moved has a transition that stands at the end of time until the task has
-- ended: the next start makes it due. Those that an earlier version left active, with objects that
-- could be read when they began, were found without it.
INSERT INTO transition (due_ms, sequence, action, resource_id, account)
    SELECT 9223372036854775807,
           (SELECT COALESCE(MAX(t.sequence), 0) FROM transition t
            WHERE t.due_ms = 9223372036854775807) + ROW_NUMBER() OVER (ORDER BY k.id),
           k.action, k.id, k.owner
    FROM (SELECT id, owner, 'import-snapshot-task-works' AS action FROM import_snapshot_task
          WHERE state = 'active' AND etag IS NOT NULL
          UNION ALL
          SELECT i.id, i.owner, 'import-image-task-works' FROM import_image_task i
          WHERE i.state = 'active'
              AND NOT EXISTS (SELECT 1 FROM import_image_disk d
                              WHERE d.task_id = i.id AND d.etag IS NULL)) k;
