-- What a group lets in and out: `peer` is a block of addresses, a group or a prefix list, as
-- `peer_kind` says. Protocols without ports have -1 in both.
CREATE TABLE security_group_rule (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    group_id TEXT NOT NULL REFERENCES security_group (id) ON DELETE CASCADE,
    is_egress INTEGER NOT NULL,
    protocol TEXT NOT NULL,
    from_port INTEGER NOT NULL,
    to_port INTEGER NOT NULL,
    peer_kind TEXT NOT NULL,
    peer TEXT NOT NULL,
    description TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX security_group_rule_by_owner ON security_group_rule (region, owner, id);
CREATE UNIQUE INDEX security_group_rule_said
    ON security_group_rule (group_id, is_egress, protocol, from_port, to_port, peer);
CREATE INDEX security_group_rule_by_peer ON security_group_rule (peer);

-- Until now all groups were default ones. New ids begin with a 0.
INSERT INTO security_group_rule
    SELECT 'sgr-' || substr(id, 4), region, owner, id, 0, '-1', -1, -1, 'group', id, NULL
    FROM security_group;
INSERT INTO security_group_rule
    SELECT 'sgr-1' || substr(id, 5), region, owner, id, 1, '-1', -1, -1, 'ipv4', '0.0.0.0/0', NULL
    FROM security_group;

-- Source: names are case-insensitive (documented).
DROP INDEX security_group_name;
CREATE UNIQUE INDEX security_group_name ON security_group (vpc_id, name COLLATE NOCASE);
