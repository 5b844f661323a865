-- Of a key pair EC2 keeps what is public. A name is one pair's in an account and region.
CREATE TABLE key_pair (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    name TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('rsa', 'ed25519')),
    public_key TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    create_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX key_pair_by_owner ON key_pair (region, owner, id);
CREATE UNIQUE INDEX key_pair_name ON key_pair (region, owner, name);
