-- Accounts as the control API declares them, what they may see of each other, and the product codes
-- that travel with resources.

CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE access_key (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX access_key_by_account ON access_key (account);

-- What an account belongs to. kind and value as in launch_permission: organizationArn, or
-- organizationalUnitArn for each unit from its own up to the root.
CREATE TABLE account_membership (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('organizationArn', 'organizationalUnitArn')),
    value TEXT NOT NULL,
    PRIMARY KEY (account, kind, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE marketplace_subscription (
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    product_code TEXT NOT NULL,
    PRIMARY KEY (account, product_code)
) STRICT, WITHOUT ROWID;

-- Which account sells a product.
CREATE TABLE marketplace_product (
    product_code TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX marketplace_product_by_account ON marketplace_product (account);

-- What an account has set for a region; not here, the default holds.
CREATE TABLE account_setting (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, region, name)
) STRICT, WITHOUT ROWID;

-- The criteria of the Allowed AMIs settings. kind: allowed_image_rows.cpp.
CREATE TABLE image_criterion_value (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    criterion INTEGER NOT NULL,
    kind TEXT NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, region, criterion, kind, position)
) STRICT, WITHOUT ROWID;

-- Whether everybody may see the snapshot now: the group all has permission and the owner does not
-- block all public sharing.
ALTER TABLE snapshot ADD COLUMN public INTEGER NOT NULL DEFAULT 0;
CREATE INDEX snapshot_public ON snapshot (region, id) WHERE public = 1;
-- Of one owner's many resources the few that are public.
CREATE INDEX snapshot_public_by_owner ON snapshot (region, owner, id) WHERE public = 1;
CREATE INDEX image_public_by_owner ON image (region, owner, id) WHERE public = 1;

-- Who besides the owner may make volumes of a snapshot. kind: userId, group.
CREATE TABLE create_volume_permission (
    snapshot_id TEXT NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX create_volume_permission_by_grantee
    ON create_volume_permission (kind, value, snapshot_id);

-- Product codes of images, snapshots, volumes and instances.
CREATE TABLE product_code (
    resource_id TEXT NOT NULL,
    code TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('devpay', 'marketplace')),
    PRIMARY KEY (resource_id, code)
) STRICT, WITHOUT ROWID;
CREATE INDEX product_code_by_code ON product_code (code, resource_id);
CREATE TRIGGER product_code_of_image AFTER DELETE ON image
BEGIN DELETE FROM product_code WHERE resource_id = old.id; END;
CREATE TRIGGER product_code_of_snapshot AFTER DELETE ON snapshot
BEGIN DELETE FROM product_code WHERE resource_id = old.id; END;
CREATE TRIGGER product_code_of_volume AFTER DELETE ON volume
BEGIN DELETE FROM product_code WHERE resource_id = old.id; END;
CREATE TRIGGER product_code_of_instance AFTER DELETE ON instance
BEGIN DELETE FROM product_code WHERE resource_id = old.id; END;
