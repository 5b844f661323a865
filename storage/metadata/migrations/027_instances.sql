-- What an instance was told that few are: one without a row has the defaults.
CREATE TABLE instance_option (
    instance_id TEXT NOT NULL PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
    monitored INTEGER NOT NULL,
    tenancy TEXT NOT NULL CHECK (tenancy IN ('default', 'dedicated', 'host')),
    -- The group may not go before the instance; its name is kept as it was.
    placement_group_id TEXT,
    placement_group_name TEXT,
    partition_number INTEGER,
    http_endpoint TEXT NOT NULL CHECK (http_endpoint IN ('enabled', 'disabled')),
    http_protocol_ipv6 TEXT NOT NULL CHECK (http_protocol_ipv6 IN ('enabled', 'disabled')),
    instance_metadata_tags TEXT NOT NULL CHECK (instance_metadata_tags IN ('enabled', 'disabled')),
    -- NULL: those of the instance type.
    core_count INTEGER,
    threads_per_core INTEGER,
    amd_sev_snp TEXT,
    hibernation INTEGER NOT NULL,
    enclave INTEGER NOT NULL,
    auto_recovery TEXT NOT NULL CHECK (auto_recovery IN ('default', 'disabled')),
    reboot_migration TEXT NOT NULL CHECK (reboot_migration IN ('default', 'disabled')),
    hostname_type TEXT NOT NULL CHECK (hostname_type IN ('ip-name', 'resource-name')),
    resource_name_dns_a INTEGER NOT NULL,
    resource_name_dns_aaaa INTEGER NOT NULL,
    -- NULL: what its family has by default.
    cpu_credits TEXT CHECK (cpu_credits IN ('standard', 'unlimited')),
    capacity_preference TEXT NOT NULL,
    bandwidth_weighting TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_option_by_placement_group ON instance_option (placement_group_id)
    WHERE placement_group_id IS NOT NULL;

-- What an account has settled for the metadata options of launches; NULL: nothing.
CREATE TABLE instance_metadata_defaults (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    http_tokens TEXT,
    http_put_response_hop_limit INTEGER,
    http_endpoint TEXT,
    instance_metadata_tags TEXT,
    http_tokens_enforced TEXT,
    PRIMARY KEY (owner, region)
) STRICT, WITHOUT ROWID;

-- The password of a Windows instance's administrator, encrypted to its key pair.
CREATE TABLE instance_password (
    instance_id TEXT NOT NULL PRIMARY KEY REFERENCES instance (id) ON DELETE CASCADE,
    password_data TEXT NOT NULL,        -- base64
    available_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
