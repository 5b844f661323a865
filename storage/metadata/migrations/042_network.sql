-- Parts of a subnet's blocks whose addresses nobody is given unless asked for by name, or as
-- prefixes.
CREATE TABLE subnet_cidr_reservation (
    id TEXT NOT NULL UNIQUE,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    subnet_id TEXT NOT NULL REFERENCES subnet (id) ON DELETE CASCADE,
    cidr TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT,
    PRIMARY KEY (subnet_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subnet_cidr_reservation_by_owner ON subnet_cidr_reservation (region, owner, id);
CREATE TRIGGER subnet_cidr_reservation_tags AFTER DELETE ON subnet_cidr_reservation BEGIN
    DELETE FROM tag WHERE resource_id = OLD.id;
END;
