-- Requests for Spot Instances, each for one at a time.
CREATE TABLE spot_request (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    status_code TEXT NOT NULL,
    status_message TEXT NOT NULL,
    status_time_ms INTEGER NOT NULL,
    -- The most that is paid for an hour, as it was written.
    spot_price TEXT NOT NULL,
    create_time_ms INTEGER NOT NULL,
    valid_from_ms INTEGER,
    valid_until_ms INTEGER,
    launch_group TEXT,
    zone_group TEXT,
    interruption_behavior TEXT NOT NULL,
    product_description TEXT NOT NULL,
    -- The instance that fulfils it, or that did last, which may have gone.
    instance_id TEXT,
    zone TEXT,
    fault_code TEXT,
    fault_message TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX spot_request_by_owner ON spot_request (region, owner, id);

-- What its launches are told, as parameters of RunInstances.
CREATE TABLE spot_request_parameter (
    request_id TEXT NOT NULL REFERENCES spot_request (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (request_id, path)
) STRICT, WITHOUT ROWID;

ALTER TABLE instance_option ADD COLUMN spot_request_id TEXT;
CREATE INDEX instance_option_by_spot_request ON instance_option (spot_request_id)
    WHERE spot_request_id IS NOT NULL;

-- An account has one data feed at most.
CREATE TABLE spot_datafeed_subscription (
    owner TEXT NOT NULL PRIMARY KEY,
    bucket TEXT NOT NULL,
    prefix TEXT
) STRICT, WITHOUT ROWID;
