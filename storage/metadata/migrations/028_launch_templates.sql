-- Launch templates, and what each of their versions says.
CREATE TABLE launch_template (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    create_time_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    default_version INTEGER NOT NULL,
    next_version INTEGER NOT NULL,
    UNIQUE (region, owner, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX launch_template_by_owner ON launch_template (region, owner, id);
CREATE TABLE launch_template_version (
    template_id TEXT NOT NULL REFERENCES launch_template (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    description TEXT,
    create_time_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    -- LaunchTemplateData, a line for each parameter: name=length:value.
    parameters TEXT NOT NULL,
    -- What filters look at, of these.
    image_id TEXT,
    instance_type TEXT,
    ebs_optimized TEXT,
    http_endpoint TEXT,
    http_tokens TEXT,
    iam_instance_profile TEXT,
    kernel_id TEXT,
    ram_disk_id TEXT,
    PRIMARY KEY (template_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX launch_template_version_by_image ON launch_template_version (image_id)
    WHERE image_id IS NOT NULL;

-- What launches of a prepared image are to be told by.
ALTER TABLE fast_launch ADD COLUMN launch_template_id TEXT;
ALTER TABLE fast_launch ADD COLUMN launch_template_name TEXT;
ALTER TABLE fast_launch ADD COLUMN launch_template_version TEXT;
