-- What comes in by an internet gateway goes by a route table too: of a subnet, of the VPC that it is
-- the main one of, or of a gateway.
ALTER TABLE route_table_association ADD COLUMN gateway_id TEXT REFERENCES internet_gateway (id);
CREATE UNIQUE INDEX route_table_association_of_gateway ON route_table_association (gateway_id)
    WHERE gateway_id IS NOT NULL;
