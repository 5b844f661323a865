-- How long an interface's security groups track idle flows, in seconds; nothing: as long as its
-- instance's type has it.
ALTER TABLE network_interface ADD COLUMN tcp_established_timeout INTEGER;
ALTER TABLE network_interface ADD COLUMN udp_stream_timeout INTEGER;
ALTER TABLE network_interface ADD COLUMN udp_timeout INTEGER;
