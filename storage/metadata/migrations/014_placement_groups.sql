-- A name is one group's in an account and region, which has 500 at most.
CREATE TABLE placement_group (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    strategy TEXT NOT NULL,
    partition_count INTEGER,
    spread_level TEXT,
    UNIQUE (region, owner, name)
) STRICT, WITHOUT ROWID;
