-- Which parameters hold an image's id.
CREATE INDEX parameter_version_by_image ON parameter_version (value)
    WHERE data_type = 'aws:ec2:image';

-- The first with the name, by which an account's images are searched without reading their rows. Of
-- indexes that serve alike SQLite takes the youngest: so they all come again, in their order.
DROP INDEX image_by_owner;
DROP INDEX image_by_name;
DROP INDEX image_public;
DROP INDEX image_public_by_owner;
CREATE INDEX image_by_owner ON image (region, owner, id, name);
CREATE INDEX image_by_name ON image (region, name);
CREATE INDEX image_public ON image (region, id) WHERE public = 1;
CREATE INDEX image_public_by_owner ON image (region, owner, id) WHERE public = 1;
