-- Who gave an elastic address up last, and may have it again as long as nobody else does.
CREATE TABLE released_address (
    public_ip TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    release_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX released_address_by_owner ON released_address (region, owner, release_time_ms);
