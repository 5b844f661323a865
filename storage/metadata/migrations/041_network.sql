-- Flow logs of VPCs, subnets and network interfaces.
CREATE TABLE flow_log (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    creation_time_ms INTEGER NOT NULL,
    resource_id TEXT NOT NULL,
    traffic_type TEXT NOT NULL,
    destination_type TEXT NOT NULL,
    log_group_name TEXT,
    destination TEXT,
    permission_arn TEXT,
    cross_account_role TEXT,
    log_format TEXT NOT NULL,
    max_aggregation_interval INTEGER NOT NULL,
    file_format TEXT,
    hive_partitions INTEGER NOT NULL,
    hourly_partitions INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX flow_log_by_owner ON flow_log (region, owner, id);
CREATE UNIQUE INDEX flow_log_by_resource
    ON flow_log (resource_id, ifnull(log_group_name, destination));

-- What is watched takes its logs with it.
CREATE TRIGGER flow_log_of_vpc AFTER DELETE ON vpc BEGIN
    DELETE FROM tag WHERE resource_id IN (SELECT id FROM flow_log WHERE resource_id = OLD.id);
    DELETE FROM flow_log WHERE resource_id = OLD.id;
END;
CREATE TRIGGER flow_log_of_subnet AFTER DELETE ON subnet BEGIN
    DELETE FROM tag WHERE resource_id IN (SELECT id FROM flow_log WHERE resource_id = OLD.id);
    DELETE FROM flow_log WHERE resource_id = OLD.id;
END;
CREATE TRIGGER flow_log_of_interface AFTER DELETE ON network_interface BEGIN
    DELETE FROM tag WHERE resource_id IN (SELECT id FROM flow_log WHERE resource_id = OLD.id);
    DELETE FROM flow_log WHERE resource_id = OLD.id;
END;
