-- Peering connections between two VPCs; region and owner are those of the one that asked.
CREATE TABLE vpc_peering_connection (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    -- Both VPCs may have gone once the connection has ended, or never have been there.
    requester_vpc_id TEXT NOT NULL,
    accepter_vpc_id TEXT NOT NULL,
    accepter_owner TEXT NOT NULL,
    accepter_region TEXT NOT NULL,
    state TEXT NOT NULL,
    ended_by TEXT,
    expiration_time_ms INTEGER NOT NULL,
    requester_dns INTEGER NOT NULL,
    accepter_dns INTEGER NOT NULL,
    requester_multipath INTEGER NOT NULL,
    accepter_multipath INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX vpc_peering_connection_by_owner ON vpc_peering_connection (region, owner, id);
CREATE INDEX vpc_peering_connection_by_requester ON vpc_peering_connection (requester_vpc_id);
CREATE INDEX vpc_peering_connection_by_accepter ON vpc_peering_connection (accepter_vpc_id);

-- Who sees a connection, where, and how long where it will end or has.
CREATE TABLE vpc_peering_viewer (
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    peering_id TEXT NOT NULL REFERENCES vpc_peering_connection (id) ON DELETE CASCADE,
    seen_until_ms INTEGER,
    PRIMARY KEY (region, owner, peering_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX vpc_peering_viewer_by_connection ON vpc_peering_viewer (peering_id);

-- A reset of an account takes its VPCs, and with them what ties others to them.
CREATE TRIGGER vpc_peering_of_vpc AFTER DELETE ON vpc BEGIN
    DELETE FROM vpc_peering_connection
        WHERE requester_vpc_id = OLD.id AND state NOT IN ('deleted', 'rejected', 'failed');
    DELETE FROM vpc_peering_connection
        WHERE accepter_vpc_id = OLD.id AND state NOT IN ('deleted', 'rejected', 'failed');
END;

-- Of a rule whose peer is a group of another VPC: whose, and what connects the two.
ALTER TABLE security_group_rule ADD COLUMN peering_id TEXT;
ALTER TABLE security_group_rule ADD COLUMN peered_owner TEXT;
ALTER TABLE security_group_rule ADD COLUMN peered_vpc_id TEXT;
