-- Who could launch an image before it was deregistered: by its id they find nothing, not an error.
CREATE TABLE former_launch_permission (
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (image_id, kind, value)
) STRICT, WITHOUT ROWID;
