-- enabled, disabled; nothing where nothing was said.
ALTER TABLE instance_option ADD COLUMN nested_virtualization TEXT;
