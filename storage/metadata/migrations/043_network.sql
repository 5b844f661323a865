-- Offers of elastic addresses to other accounts; region and owner are those of who offers.
CREATE TABLE address_transfer (
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    allocation_id TEXT NOT NULL,
    public_ip TEXT NOT NULL,
    transfer_account TEXT NOT NULL,
    expiration_time_ms INTEGER NOT NULL,
    accepted_time_ms INTEGER,
    -- How long its owner sees it.
    seen_until_ms INTEGER NOT NULL,
    PRIMARY KEY (region, owner, allocation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_transfer_by_address ON address_transfer (public_ip);
CREATE INDEX address_transfer_by_allocation ON address_transfer (allocation_id);
CREATE TRIGGER address_transfer_of_address AFTER DELETE ON elastic_address BEGIN
    DELETE FROM address_transfer WHERE allocation_id = OLD.id AND accepted_time_ms IS NULL;
END;
