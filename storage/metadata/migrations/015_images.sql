-- CopyImage takes a name that is in use, other calls look: an image's name is not unique any more.
DROP INDEX image_name_in_use;
CREATE INDEX image_name_in_use ON image (owner, region, name) WHERE state <> 'deregistered';
