-- Subnets without IPv4 addresses: their cidr_block is empty. An interface has IPv6 addresses alone
-- where its subnet does, which never changes.
ALTER TABLE subnet ADD COLUMN ipv6_native INTEGER NOT NULL DEFAULT 0;
ALTER TABLE network_interface ADD COLUMN ipv6_native INTEGER NOT NULL DEFAULT 0;
