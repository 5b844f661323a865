-- What was said of the Elastic Network Adapter that an attached interface is: ENA Express, of UDP
-- too, and how many queues; nothing where nothing was said.
ALTER TABLE network_interface ADD COLUMN ena_srd INTEGER;
ALTER TABLE network_interface ADD COLUMN ena_srd_udp INTEGER;
ALTER TABLE network_interface ADD COLUMN ena_queue_count INTEGER;
