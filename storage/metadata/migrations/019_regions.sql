-- Regions that the control API has opted out of; every other is opted in.
CREATE TABLE opted_out_region (
    name TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
