-- How many snapshots of a volume are being made.
CREATE INDEX snapshot_pending_by_volume ON snapshot (volume_id) WHERE state = 'pending';
