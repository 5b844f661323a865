-- image, image_mapping and snapshot share names and meanings of columns with the catalogue
-- (fixtures/catalog/schema.sql), so that one UNION ALL view serves both. Times are milliseconds
-- since 1970, booleans 0 or 1. A row's `state` is what a client sees; a change that is under way
-- has a row in `transition`.

CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE id_counter (
    kind TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What becomes of a resource by itself, and when.
CREATE TABLE transition (
    due_ms INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    action TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    PRIMARY KEY (due_ms, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX transition_by_resource ON transition (resource_id);

CREATE TABLE transition_delay (
    name TEXT NOT NULL PRIMARY KEY,
    delay_ms INTEGER NOT NULL CHECK (delay_ms >= 0)
) STRICT, WITHOUT ROWID;

-- What a client token made. `fingerprint` is the canonical text of the call's parameters.
CREATE TABLE client_token (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    operation TEXT NOT NULL,
    token TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    PRIMARY KEY (owner, region, operation, token)
) STRICT, WITHOUT ROWID;

-- One sparse layer of blocks. parent_id: where its absent blocks are found. Files hold no lineage.
CREATE TABLE layer (
    id INTEGER NOT NULL PRIMARY KEY,
    parent_id INTEGER REFERENCES layer (id),
    sealed INTEGER NOT NULL DEFAULT 0,
    -- All bytes of a sealed layer are known to be on the disk.
    synced INTEGER NOT NULL DEFAULT 0,
    -- Which boot of the machine sealed it: not synced and of another boot, it is lost.
    boot_id TEXT,
    created_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX layer_by_parent ON layer (parent_id);
CREATE INDEX layer_to_sync ON layer (id) WHERE sealed = 1 AND synced = 0;

-- Layers whose row is gone and whose files are still to be removed.
CREATE TABLE removed_layer (
    id INTEGER NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE snapshot (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    owner_alias TEXT,
    layer_id INTEGER REFERENCES layer (id),
    volume_id TEXT NOT NULL,
    volume_size_gib INTEGER NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'completed', 'error')),
    start_time_ms INTEGER NOT NULL,
    due_time_ms INTEGER,
    completion_time_ms INTEGER,
    encrypted INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_by_owner ON snapshot (region, owner, id);
CREATE INDEX snapshot_by_volume ON snapshot (volume_id);
CREATE INDEX snapshot_by_layer ON snapshot (layer_id);

CREATE TABLE volume (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    zone TEXT NOT NULL,
    layer_id INTEGER NOT NULL REFERENCES layer (id),
    size_gib INTEGER NOT NULL CHECK (size_gib > 0),
    snapshot_id TEXT,
    volume_type TEXT NOT NULL,
    iops INTEGER,
    throughput INTEGER,
    encrypted INTEGER NOT NULL DEFAULT 0,
    multi_attach INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL
        CHECK (state IN ('creating', 'available', 'in-use', 'deleting', 'deleted', 'error')),
    create_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX volume_by_owner ON volume (region, owner, id);
CREATE INDEX volume_by_snapshot ON volume (snapshot_id);
CREATE INDEX volume_by_layer ON volume (layer_id);

CREATE TABLE image (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    owner_alias TEXT,
    name TEXT NOT NULL,
    description TEXT,
    location TEXT NOT NULL,
    architecture TEXT NOT NULL,
    image_type TEXT NOT NULL,
    public INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('pending', 'available', 'failed', 'disabled',
                                         'deregistered', 'invalid', 'transient', 'error')),
    root_device_name TEXT,
    root_device_type TEXT NOT NULL,
    virtualization_type TEXT NOT NULL,
    hypervisor TEXT NOT NULL,
    boot_mode TEXT,
    imds_support TEXT,
    tpm_support TEXT,
    uefi_data TEXT,
    ena_support INTEGER NOT NULL DEFAULT 0,
    sriov_net_support TEXT,
    platform TEXT,
    platform_details TEXT NOT NULL,
    usage_operation TEXT NOT NULL,
    kernel_id TEXT,
    ramdisk_id TEXT,
    creation_time_ms INTEGER NOT NULL,
    deprecation_time_ms INTEGER,
    last_launched_time_ms INTEGER,
    source_instance_id TEXT,
    source_image_id TEXT,
    source_image_region TEXT
) STRICT, WITHOUT ROWID;
-- A name is taken while its image is there: the rule of InvalidAMIName.Duplicate.
CREATE UNIQUE INDEX image_name_in_use ON image (owner, region, name) WHERE state <> 'deregistered';
CREATE INDEX image_by_owner ON image (region, owner, id);
CREATE INDEX image_by_name ON image (region, name);
CREATE INDEX image_public ON image (region, id) WHERE public = 1;

CREATE TABLE image_mapping (
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    device_name TEXT NOT NULL,
    virtual_name TEXT,
    no_device INTEGER NOT NULL DEFAULT 0,
    snapshot_id TEXT,
    volume_size_gib INTEGER,
    volume_type TEXT,
    iops INTEGER,
    throughput INTEGER,
    encrypted INTEGER,
    delete_on_termination INTEGER,
    PRIMARY KEY (image_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_mapping_by_snapshot ON image_mapping (snapshot_id);

-- Who besides the owner may launch. kind: userId, group, organizationArn, organizationalUnitArn.
CREATE TABLE launch_permission (
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (image_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX launch_permission_by_grantee ON launch_permission (kind, value, image_id);

CREATE TABLE instance (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    reservation_id TEXT NOT NULL,
    launch_index INTEGER NOT NULL,
    client_token TEXT NOT NULL,
    launch_time_ms INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'shutting-down', 'terminated',
                                         'stopping', 'stopped')),
    state_reason_code TEXT,
    state_reason_message TEXT,
    state_transition_reason TEXT NOT NULL DEFAULT '',
    state_change_time_ms INTEGER NOT NULL,
    -- Booting: its status checks have not passed yet.
    initializing INTEGER NOT NULL DEFAULT 0,
    instance_type TEXT NOT NULL,
    zone TEXT NOT NULL,
    subnet_id TEXT,
    vpc_id TEXT,
    private_ip TEXT,
    public_ip TEXT,
    network_interface_id TEXT,
    network_attachment_id TEXT,
    mac_address TEXT,
    -- What the instance keeps of its image, which may be gone before it.
    image_id TEXT NOT NULL,
    image_owner TEXT NOT NULL,
    architecture TEXT NOT NULL,
    virtualization_type TEXT NOT NULL,
    hypervisor TEXT NOT NULL,
    root_device_name TEXT,
    root_device_type TEXT NOT NULL,
    boot_mode TEXT,
    current_boot_mode TEXT NOT NULL,
    imds_support TEXT,
    tpm_support TEXT,
    ena_support INTEGER NOT NULL,
    sriov_net_support TEXT,
    platform TEXT,
    platform_details TEXT NOT NULL,
    usage_operation TEXT NOT NULL,
    usage_operation_time_ms INTEGER NOT NULL,
    kernel_id TEXT,
    ramdisk_id TEXT,
    user_data TEXT,
    ebs_optimized INTEGER NOT NULL DEFAULT 0,
    source_dest_check INTEGER NOT NULL DEFAULT 1,
    disable_api_termination INTEGER NOT NULL DEFAULT 0,
    disable_api_stop INTEGER NOT NULL DEFAULT 0,
    shutdown_behavior TEXT NOT NULL DEFAULT 'stop' CHECK (shutdown_behavior IN ('stop', 'terminate')),
    http_tokens TEXT NOT NULL,
    http_put_response_hop_limit INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_by_owner ON instance (region, owner, id);
CREATE INDEX instance_by_reservation ON instance (reservation_id);
CREATE INDEX instance_by_image ON instance (image_id);
-- An address belongs to one instance at a time.
CREATE UNIQUE INDEX instance_by_subnet ON instance (subnet_id, private_ip);
CREATE UNIQUE INDEX instance_by_public_ip ON instance (public_ip) WHERE public_ip IS NOT NULL;

CREATE TABLE instance_security_group (
    instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    group_id TEXT NOT NULL REFERENCES security_group (id),
    PRIMARY KEY (instance_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_security_group_by_group ON instance_security_group (group_id);

CREATE TABLE attachment (
    volume_id TEXT NOT NULL REFERENCES volume (id),
    instance_id TEXT NOT NULL REFERENCES instance (id),
    device TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('attaching', 'attached', 'detaching', 'busy')),
    attach_time_ms INTEGER NOT NULL,
    delete_on_termination INTEGER NOT NULL,
    PRIMARY KEY (volume_id, instance_id)
) STRICT, WITHOUT ROWID;
-- A device name is taken while something is attached there.
CREATE UNIQUE INDEX attachment_device ON attachment (instance_id, device);

CREATE TABLE tag (
    resource_id TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    -- Whose tag it is: other accounts see an image but not its owner's tags.
    PRIMARY KEY (resource_id, key, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_by_key ON tag (owner, key, value, region, resource_id);

CREATE TABLE vpc (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    cidr_block TEXT NOT NULL,
    cidr_association_id TEXT NOT NULL,
    dhcp_options_id TEXT NOT NULL,
    is_default INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX vpc_by_owner ON vpc (region, owner, id);
CREATE UNIQUE INDEX vpc_default ON vpc (region, owner) WHERE is_default = 1;

CREATE TABLE subnet (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT NOT NULL REFERENCES vpc (id),
    zone TEXT NOT NULL,
    cidr_block TEXT NOT NULL,
    default_for_zone INTEGER NOT NULL,
    map_public_ip_on_launch INTEGER NOT NULL,
    -- Where the search for a free private address begins: how far behind the block's first one.
    next_address INTEGER NOT NULL DEFAULT 4
) STRICT, WITHOUT ROWID;
CREATE INDEX subnet_by_owner ON subnet (region, owner, id);
CREATE INDEX subnet_by_vpc ON subnet (vpc_id);
CREATE UNIQUE INDEX subnet_default ON subnet (region, owner, zone) WHERE default_for_zone = 1;

CREATE TABLE security_group (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    vpc_id TEXT NOT NULL REFERENCES vpc (id),
    name TEXT NOT NULL,
    description TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX security_group_by_owner ON security_group (region, owner, id);
CREATE UNIQUE INDEX security_group_name ON security_group (vpc_id, name);
