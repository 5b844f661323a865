-- How many IPv4 addresses of a subnet interfaces have, 16 of them by each prefix. Kept, so that who
-- asks counts none. Triggers do not see what REPLACE takes away: nothing replaces such rows.
ALTER TABLE subnet ADD COLUMN used_addresses INTEGER NOT NULL DEFAULT 0;
UPDATE subnet SET used_addresses =
    (SELECT COUNT(*) FROM interface_address a WHERE a.subnet_id = subnet.id)
    + 16 * (SELECT COUNT(*) FROM interface_prefix p
            WHERE p.subnet_id = subnet.id AND p.prefix LIKE '%.%');

CREATE TRIGGER interface_address_new AFTER INSERT ON interface_address BEGIN
    UPDATE subnet SET used_addresses = used_addresses + 1 WHERE id = new.subnet_id;
END;
CREATE TRIGGER interface_address_gone AFTER DELETE ON interface_address BEGIN
    UPDATE subnet SET used_addresses = used_addresses - 1 WHERE id = old.subnet_id;
END;
CREATE TRIGGER interface_address_moved AFTER UPDATE OF subnet_id ON interface_address BEGIN
    UPDATE subnet SET used_addresses = used_addresses - 1 WHERE id = old.subnet_id;
    UPDATE subnet SET used_addresses = used_addresses + 1 WHERE id = new.subnet_id;
END;
CREATE TRIGGER interface_prefix_new AFTER INSERT ON interface_prefix
    WHEN new.prefix LIKE '%.%' BEGIN
    UPDATE subnet SET used_addresses = used_addresses + 16 WHERE id = new.subnet_id;
END;
CREATE TRIGGER interface_prefix_gone AFTER DELETE ON interface_prefix
    WHEN old.prefix LIKE '%.%' BEGIN
    UPDATE subnet SET used_addresses = used_addresses - 16 WHERE id = old.subnet_id;
END;
CREATE TRIGGER interface_prefix_moved AFTER UPDATE OF subnet_id, prefix ON interface_prefix BEGIN
    UPDATE subnet SET used_addresses = used_addresses - 16
        WHERE id = old.subnet_id AND old.prefix LIKE '%.%';
    UPDATE subnet SET used_addresses = used_addresses + 16
        WHERE id = new.subnet_id AND new.prefix LIKE '%.%';
END;
