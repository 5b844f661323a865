-- On which of its instance's network cards an interface is; device indexes are each card's. 0 of an
-- interface that is free.
ALTER TABLE network_interface ADD COLUMN network_card_index INTEGER NOT NULL DEFAULT 0;
DROP INDEX network_interface_device;
CREATE UNIQUE INDEX network_interface_device
    ON network_interface (instance_id, network_card_index, device_index)
    WHERE instance_id IS NOT NULL;
