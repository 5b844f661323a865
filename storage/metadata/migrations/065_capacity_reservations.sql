-- Whom the owner of a capacity reservation has asked to pay for what is not used of it: the last
-- request of each account, of which the owner sees the last of all.
CREATE TABLE billing_request (
    reservation_id TEXT NOT NULL REFERENCES capacity_reservation (id) ON DELETE CASCADE,
    -- Whom it was sent to.
    billing_owner TEXT NOT NULL,
    region TEXT NOT NULL,
    -- Who sent it.
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    is_last INTEGER NOT NULL,
    request_time_ms INTEGER NOT NULL,
    expiration_time_ms INTEGER NOT NULL,
    -- NULL: as long as the reservation is.
    seen_until_ms INTEGER,
    PRIMARY KEY (reservation_id, billing_owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX billing_request_by_owner ON billing_request (region, owner, reservation_id);
CREATE INDEX billing_request_by_billing_owner
    ON billing_request (region, billing_owner, reservation_id);
