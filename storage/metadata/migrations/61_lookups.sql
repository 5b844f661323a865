-- Which parameters hold an image's id.
CREATE INDEX parameter_version_by_image ON parameter_version (value)
    WHERE data_type = 'aws:ec2:image';

-- With the name, by which an account's images are searched without reading their rows.
DROP INDEX image_by_owner;
CREATE INDEX image_by_owner ON image (region, owner, id, name);
-- Of two indexes that serve alike SQLite takes the younger one: that of public images goes first.
DROP INDEX image_public_by_owner;
CREATE INDEX image_public_by_owner ON image (region, owner, id) WHERE public = 1;
