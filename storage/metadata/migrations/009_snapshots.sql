-- The key of a snapshot stands in its own row, whoever made it.
UPDATE snapshot SET kms_key_id =
    (SELECT d.kms_key_arn FROM direct_snapshot AS d WHERE d.snapshot_id = snapshot.id)
    WHERE encrypted = 1 AND kms_key_id IS NULL;
ALTER TABLE direct_snapshot DROP COLUMN kms_key_arn;
