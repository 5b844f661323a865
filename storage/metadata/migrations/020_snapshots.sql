-- Which boot of the machine made a layer: power loss has taken nothing of one that this boot made.
ALTER TABLE layer ADD COLUMN made_boot_id TEXT;

-- What a sealed layer had once all of it was on the disk, so that what is lost later is noticed: one
-- bit for each segment that has files, how many blocks the maps name, a checksum of the maps. NULL
-- while nobody has looked, and while another layer is merged into this one.
ALTER TABLE layer ADD COLUMN segments INTEGER;
ALTER TABLE layer ADD COLUMN blocks INTEGER;
ALTER TABLE layer ADD COLUMN map_checksum INTEGER;
CREATE INDEX layer_to_record ON layer (id)
    WHERE sealed = 1 AND synced = 1 AND map_checksum IS NULL;
