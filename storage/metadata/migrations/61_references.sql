-- Which parameters hold an image's id.
CREATE INDEX parameter_version_by_image ON parameter_version (value)
    WHERE data_type = 'aws:ec2:image';
