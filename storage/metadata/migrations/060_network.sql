-- Whether the first IPv6 address of an interface is its primary one, which stays as long as the
-- interface is attached.
ALTER TABLE network_interface ADD COLUMN primary_ipv6 INTEGER NOT NULL DEFAULT 0;
