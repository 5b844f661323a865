CREATE TABLE setting (
    name TEXT NOT NULL PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE id_counter (
    kind TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE client_token (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    operation TEXT NOT NULL,
    token TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    PRIMARY KEY (owner, region, operation, token)
) STRICT, WITHOUT ROWID;
CREATE TABLE layer (
    id INTEGER NOT NULL PRIMARY KEY,
    parent_id INTEGER REFERENCES layer (id),
    sealed INTEGER NOT NULL DEFAULT 0,
    -- All bytes of a sealed layer are known to be on the disk.
    synced INTEGER NOT NULL DEFAULT 0,
    -- Which boot of the machine sealed it: not synced and of another boot, it is lost.
    boot_id TEXT,
    created_ms INTEGER NOT NULL
, indexed INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX layer_by_parent ON layer (parent_id);
CREATE INDEX layer_to_sync ON layer (id) WHERE sealed = 1 AND synced = 0;
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
, recycled INTEGER NOT NULL DEFAULT 0, public INTEGER NOT NULL DEFAULT 0, kms_key_id TEXT, data_key_id TEXT, transfer_type TEXT, completion_duration_minutes INTEGER, status_message TEXT, full_size_bytes INTEGER) STRICT, WITHOUT ROWID;
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
, source_volume_id TEXT, initialization_rate INTEGER, initialized_ms INTEGER, auto_enable_io INTEGER NOT NULL DEFAULT 0, kms_key_id TEXT, data_key_id TEXT, fast_restored INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
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
, deregistration_protection TEXT NOT NULL DEFAULT 'disabled'
    CHECK (deregistration_protection IN ('disabled', 'enabled-with-cooldown',
                                         'enabled-without-cooldown')), cooldown_end_ms INTEGER, state_reason_code TEXT, state_reason_message TEXT, annotated INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX image_name_in_use ON image (owner, region, name) WHERE state <> 'deregistered';
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
CREATE TABLE volume_modification (
    volume_id TEXT NOT NULL REFERENCES volume (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    is_latest INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('modifying', 'optimizing', 'completed', 'failed')),
    original_size_gib INTEGER NOT NULL,
    original_volume_type TEXT NOT NULL,
    original_iops INTEGER,
    original_throughput INTEGER,
    original_multi_attach INTEGER NOT NULL,
    target_size_gib INTEGER NOT NULL,
    target_volume_type TEXT NOT NULL,
    target_iops INTEGER,
    target_throughput INTEGER,
    target_multi_attach INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    -- When it began to optimize, and when that will be over.
    optimizing_time_ms INTEGER,
    due_time_ms INTEGER,
    end_time_ms INTEGER,
    PRIMARY KEY (volume_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX volume_modification_latest ON volume_modification (region, owner, volume_id)
    WHERE is_latest = 1;
CREATE TABLE instance_root_volume (
    instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    volume_id TEXT NOT NULL,
    PRIMARY KEY (instance_id, volume_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_root_volume_by_volume ON instance_root_volume (volume_id);
CREATE TABLE replace_root_volume_task (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    instance_id TEXT NOT NULL REFERENCES instance (id) ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('pending', 'in-progress', 'succeeded', 'failed',
                                         'failed-detached')),
    original_volume_id TEXT NOT NULL,
    replacement_volume_id TEXT NOT NULL,
    -- The task made the replacement; otherwise the caller named it.
    made_replacement INTEGER NOT NULL,
    image_id TEXT,
    snapshot_id TEXT,
    delete_replaced_root_volume INTEGER NOT NULL,
    start_time_ms INTEGER NOT NULL,
    complete_time_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX replace_root_volume_task_by_owner ON replace_root_volume_task (region, owner, id);
CREATE INDEX replace_root_volume_task_by_instance ON replace_root_volume_task (instance_id);
CREATE INDEX replace_root_volume_task_by_replacement
    ON replace_root_volume_task (replacement_volume_id);
CREATE TABLE recycle_rule (
    id TEXT NOT NULL PRIMARY KEY,
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    resource_type TEXT NOT NULL
        CHECK (resource_type IN ('EBS_SNAPSHOT', 'EC2_IMAGE', 'EBS_VOLUME')),
    retention_days INTEGER NOT NULL CHECK (retention_days > 0),
    description TEXT,
    status TEXT NOT NULL CHECK (status IN ('pending', 'available')),
    -- Nothing while it has never been locked.
    lock_state TEXT CHECK (lock_state IN ('locked', 'pending_unlock', 'unlocked')),
    unlock_delay_days INTEGER,
    -- When pending_unlock becomes unlocked.
    lock_end_time_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX recycle_rule_by_owner ON recycle_rule (region, owner, resource_type, id);
CREATE TABLE recycle_rule_tag (
    rule_id TEXT NOT NULL REFERENCES recycle_rule (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('resource', 'exclude', 'own')),
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (rule_id, kind, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE recycled (
    resource_id TEXT NOT NULL PRIMARY KEY,
    resource_type TEXT NOT NULL CHECK (resource_type IN ('image', 'snapshot', 'volume')),
    region TEXT NOT NULL,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    enter_time_ms INTEGER NOT NULL,
    exit_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX recycled_by_owner ON recycled (region, owner, resource_type, resource_id);
CREATE TABLE recycled_launch_permission (
    image_id TEXT NOT NULL REFERENCES recycled (resource_id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (image_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE image_watermark (
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    watermark_key TEXT NOT NULL,
    source_image_id TEXT NOT NULL,
    source_image_region TEXT NOT NULL,
    source_image_creation_time_ms INTEGER NOT NULL,
    creation_time_ms INTEGER NOT NULL,
    PRIMARY KEY (image_id, watermark_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_watermark_by_key ON image_watermark (watermark_key);
CREATE TABLE image_instance_type (
    image_id TEXT NOT NULL REFERENCES image (id) ON DELETE CASCADE,
    supported INTEGER NOT NULL,
    position INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    PRIMARY KEY (image_id, supported, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_instance_type_by_pattern ON image_instance_type (supported, pattern);
CREATE TABLE fast_launch (
    image_id TEXT NOT NULL,
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    target_resource_count INTEGER NOT NULL,
    max_parallel_launches INTEGER NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    state_time_ms INTEGER NOT NULL,
    PRIMARY KEY (image_id, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX fast_launch_by_owner ON fast_launch (region, owner, image_id);
CREATE TABLE direct_snapshot (
    snapshot_id TEXT NOT NULL PRIMARY KEY REFERENCES snapshot (id) ON DELETE CASCADE,
    parent_snapshot_id TEXT,
    open INTEGER NOT NULL,
    -- Given up when nothing has been written for that long.
    timeout_ms INTEGER NOT NULL,
    last_activity_ms INTEGER NOT NULL,
    -- As the client tells it.
    progress_percent INTEGER NOT NULL DEFAULT 0,
    -- Which boot of the machine has the blocks: open and of another boot, they may be lost.
    boot_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX direct_snapshot_open ON direct_snapshot (snapshot_id) WHERE open = 1;
CREATE TABLE direct_block (
    snapshot_id TEXT NOT NULL REFERENCES direct_snapshot (snapshot_id) ON DELETE CASCADE,
    block_index INTEGER NOT NULL,
    checksum BLOB NOT NULL CHECK (length(checksum) = 32),
    PRIMARY KEY (snapshot_id, block_index)
) STRICT, WITHOUT ROWID;
CREATE TABLE account (
    id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE access_key (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX access_key_by_account ON access_key (account);
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
CREATE TABLE marketplace_product (
    product_code TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX marketplace_product_by_account ON marketplace_product (account);
CREATE TABLE account_setting (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, region, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE image_criterion_value (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    criterion INTEGER NOT NULL,
    kind TEXT NOT NULL,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (owner, region, criterion, kind, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_public ON snapshot (region, id) WHERE public = 1;
CREATE INDEX snapshot_public_by_owner ON snapshot (region, owner, id) WHERE public = 1;
CREATE TABLE create_volume_permission (
    snapshot_id TEXT NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (snapshot_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX create_volume_permission_by_grantee
    ON create_volume_permission (kind, value, snapshot_id);
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
CREATE TABLE parameter (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,                     -- as it was put: with or without a leading slash
    version INTEGER NOT NULL,               -- the newest
    PRIMARY KEY (owner, region, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE parameter_version (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('String', 'StringList')),
    value TEXT NOT NULL,
    data_type TEXT NOT NULL,
    tier TEXT NOT NULL,
    description TEXT,
    last_modified_ms INTEGER NOT NULL,
    last_modified_user TEXT NOT NULL,
    PRIMARY KEY (owner, region, name, version),
    FOREIGN KEY (owner, region, name) REFERENCES parameter (owner, region, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE TABLE parameter_label (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    label TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (owner, region, name, label),
    FOREIGN KEY (owner, region, name, version)
        REFERENCES parameter_version (owner, region, name, version) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX parameter_label_by_version ON parameter_label (owner, region, name, version);
CREATE INDEX snapshot_to_count ON snapshot (id)
    WHERE full_size_bytes IS NULL AND layer_id IS NOT NULL;
CREATE INDEX snapshot_pending_copy ON snapshot (region, owner)
    WHERE state = 'pending' AND transfer_type IS NOT NULL;
CREATE TABLE ebs_encryption (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    by_default INTEGER NOT NULL DEFAULT 0,
    kms_key_id TEXT,
    PRIMARY KEY (owner, region)
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot_lock (
    snapshot_id TEXT NOT NULL PRIMARY KEY REFERENCES snapshot (id) ON DELETE CASCADE,
    mode TEXT NOT NULL CHECK (mode IN ('governance', 'compliance')),
    created_ms INTEGER NOT NULL,
    cool_off_hours INTEGER,
    cool_off_expires_ms INTEGER,
    duration_days INTEGER,
    duration_start_ms INTEGER,
    expires_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE snapshot_tier (
    snapshot_id TEXT NOT NULL PRIMARY KEY REFERENCES snapshot (id) ON DELETE CASCADE,
    operation TEXT NOT NULL
        CHECK (operation IN ('archival', 'permanent-restore', 'temporary-restore')),
    start_ms INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    -- When the last archiving was, or will be, completed.
    archived_ms INTEGER NOT NULL,
    -- When a temporary restore ends.
    expiry_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE fast_restore (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    snapshot_id TEXT NOT NULL,
    zone TEXT NOT NULL,
    enabling_ms INTEGER NOT NULL,
    optimizing_ms INTEGER NOT NULL,
    enabled_ms INTEGER NOT NULL,
    disabling_ms INTEGER,
    disabled_ms INTEGER,
    PRIMARY KEY (owner, region, snapshot_id, zone)
) STRICT, WITHOUT ROWID;
CREATE INDEX fast_restore_by_snapshot ON fast_restore (snapshot_id);
CREATE TABLE image_usage_report (
    id TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    image_id TEXT NOT NULL,
    creation_time_ms INTEGER NOT NULL,
    -- Pending before, available from then on.
    due_ms INTEGER NOT NULL,
    expiration_time_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX image_usage_report_by_owner ON image_usage_report (region, owner, id);
CREATE TABLE image_usage_report_type (
    report_id TEXT NOT NULL REFERENCES image_usage_report (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    resource_type TEXT NOT NULL,
    version_depth TEXT,
    PRIMARY KEY (report_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE image_usage_report_account (
    report_id TEXT NOT NULL REFERENCES image_usage_report (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (report_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE image_usage_entry (
    report_id TEXT NOT NULL REFERENCES image_usage_report (id) ON DELETE CASCADE,
    account_id TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    usage_count INTEGER NOT NULL,
    PRIMARY KEY (report_id, account_id, resource_type)
) STRICT, WITHOUT ROWID;
CREATE INDEX parameter_version_by_image ON parameter_version (value)
    WHERE data_type = 'aws:ec2:image';
CREATE INDEX image_by_owner ON image (region, owner, id, name);
CREATE INDEX image_by_name ON image (region, name);
CREATE INDEX image_public ON image (region, id) WHERE public = 1;
CREATE INDEX image_public_by_owner ON image (region, owner, id) WHERE public = 1;
CREATE INDEX snapshot_pending_by_volume ON snapshot (volume_id) WHERE state = 'pending';
INSERT INTO setting (name, value) VALUES ('clock_frozen', 1);
INSERT INTO setting (name, value) VALUES ('clock_ms', 1767323045000);
INSERT INTO setting (name, value) VALUES ('seed', '1');
INSERT INTO id_counter (kind, value) VALUES ('ami', 6);
INSERT INTO id_counter (kind, value) VALUES ('amiur', 1);
INSERT INTO id_counter (kind, value) VALUES ('dopt', 2);
INSERT INTO id_counter (kind, value) VALUES ('eni', 5);
INSERT INTO id_counter (kind, value) VALUES ('eni-attach', 5);
INSERT INTO id_counter (kind, value) VALUES ('i', 5);
INSERT INTO id_counter (kind, value) VALUES ('public-ip', 5);
INSERT INTO id_counter (kind, value) VALUES ('r', 4);
INSERT INTO id_counter (kind, value) VALUES ('recycle-rule', 2);
INSERT INTO id_counter (kind, value) VALUES ('replacevol', 1);
INSERT INTO id_counter (kind, value) VALUES ('sg', 2);
INSERT INTO id_counter (kind, value) VALUES ('snap', 14);
INSERT INTO id_counter (kind, value) VALUES ('subnet', 12);
INSERT INTO id_counter (kind, value) VALUES ('vol', 13);
INSERT INTO id_counter (kind, value) VALUES ('vpc', 2);
INSERT INTO id_counter (kind, value) VALUES ('vpc-cidr-assoc', 2);
INSERT INTO transition (due_ms, sequence, action, resource_id) VALUES (1767326645000, 1, 'instance-gone', 'i-0bd5297bf8d4e7f57');
INSERT INTO transition (due_ms, sequence, action, resource_id) VALUES (1767326645000, 2, 'snapshot-completed', 'snap-08428c1b161c7737e');
INSERT INTO transition (due_ms, sequence, action, resource_id) VALUES (1767326645000, 3, 'snapshot-completed', 'snap-038f9705b122b006a');
INSERT INTO transition (due_ms, sequence, action, resource_id) VALUES (1767326645000, 4, 'image-available', 'ami-047c7c3e4f8e72a28');
INSERT INTO transition (due_ms, sequence, action, resource_id) VALUES (1767927845000, 1, 'recycled-gone', 'ami-05cc920dadcd6885f');
INSERT INTO transition (due_ms, sequence, action, resource_id) VALUES (1767927845000, 2, 'recycled-gone', 'snap-071a64aa8474a26ac');
INSERT INTO transition (due_ms, sequence, action, resource_id) VALUES (1769915045000, 1, 'usage-report-expired', 'amiur-08fa904be12c088bf');
INSERT INTO transition_delay (name, delay_ms) VALUES ('image.pending', 3600000);
INSERT INTO transition_delay (name, delay_ms) VALUES ('snapshot.pending', 3600000);
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'CopyImage', 'token-2', 'Name=6:copied
SourceImageId=21:ami-0255e05e668e62673
SourceRegion=9:us-east-1
', 'ami-0579322da70d075b8');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'CreateImageUsageReport', 'token-15', 'AccountId.1=12:222222222222
ImageId=21:ami-0255e05e668e62673
ResourceType.1.ResourceType=12:ec2:Instance
', 'amiur-08fa904be12c088bf');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'CreateVolume', 'token-10', 'AvailabilityZone=10:us-east-1a
Size=1:1
', 'vol-091a02cc9aeeaab3e');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'CreateVolume', 'token-11', 'AvailabilityZone=10:us-east-1a
Size=1:1
', 'vol-0a74210ced5d6e8b8');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'CreateVolume', 'token-12', 'AvailabilityZone=10:us-east-1a
Size=1:1
', 'vol-07225a3a9386d3090');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'CreateVolume', 'token-14', 'AvailabilityZone=10:us-east-1a
Size=1:1
', 'vol-06ec02327d0ffd12f');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'CreateVolume', 'token-4', 'AvailabilityZone=10:us-east-1a
Iops=4:4000
Size=1:8
TagSpecification.1.ResourceType=6:volume
TagSpecification.1.Tag.1.Key=4:Name
TagSpecification.1.Tag.1.Value=4:data
VolumeType=3:gp3
', 'vol-0c0f86dfe4c319afc');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'CreateVolume', 'token-5', 'AvailabilityZone=10:us-east-1a
Size=1:1
', 'vol-07ae2ea8ed6187084');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'RunInstances', 'token-1', 'ImageId=21:ami-07e59c973c090ba79
InstanceType=8:t3.micro
MaxCount=1:1
MinCount=1:1
TagSpecification.1.ResourceType=8:instance
TagSpecification.1.Tag.1.Key=4:Name
TagSpecification.1.Tag.1.Value=3:web
TagSpecification.1.Tag.2.Key=3:env
TagSpecification.1.Tag.2.Value=4:prod
UserData=28:IyEvYmluL3NoCmVjaG8gaGVsbG8K
', 'r-0dd64f4aee4830554');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'RunInstances', 'token-3', 'ImageId=21:ami-04df79e274bbea832
InstanceType=8:t3.micro
MaxCount=1:1
MinCount=1:1
', 'r-0acb24063493ebad3');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('123456789012', 'us-east-1', 'StartSnapshot', 'token-13', 'Description=8:uploaded
VolumeSize=1:1
', 'snap-07209cfe2ce199a9f');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('222222222222', 'us-east-1', 'CreateReplaceRootVolumeTask', 'token-7', 'InstanceId=19:i-06eb432ff287b5764
', 'replacevol-0dd8b2aabf54206bb');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('222222222222', 'us-east-1', 'RunInstances', 'token-6', 'ImageId=21:ami-0255e05e668e62673
InstanceType=8:t3.micro
MaxCount=1:2
MinCount=1:2
', 'r-0511e33836765fad8');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('222222222222', 'us-east-1', 'RunInstances', 'token-8', 'ImageId=21:ami-06f6ccb8eba168049
InstanceType=8:t3.micro
MaxCount=1:1
MinCount=1:1
', 'r-07459cee153d89408');
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id) VALUES ('222222222222', 'us-west-2', 'CreateVolume', 'token-9', 'AvailabilityZone=10:us-west-2a
Size=1:1
', 'vol-010d0417a4d1a51d8');
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (1, NULL, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (2, 1, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (3, 2, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (4, 3, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (5, NULL, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (6, 5, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (7, NULL, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (9, 3, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (11, 9, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (12, 3, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (13, NULL, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (14, NULL, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (15, NULL, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (16, 15, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (17, NULL, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (18, 17, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (19, NULL, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (20, 19, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (21, NULL, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (22, NULL, 1, 1, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332', 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (23, 22, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (24, 4, 0, 0, NULL, 1767323045000, 0);
INSERT INTO layer (id, parent_id, sealed, synced, boot_id, created_ms, indexed) VALUES (25, 7, 0, 0, NULL, 1767323045000, 0);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-0018af2e004351a03', 'us-east-1', '123456789012', NULL, 19, 'vol-07225a3a9386d3090', 1, 'restored fast', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-01b9b441b2c49a4cb', 'us-east-1', '123456789012', NULL, 17, 'vol-0a74210ced5d6e8b8', 1, 'archived', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-02533f0e9f4481bd6', 'us-east-1', '123456789012', NULL, 2, 'vol-07334d7ee7d9df552', 1, 'after the first writes', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 524288);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-02a4d6c9dcfaea6f8', 'us-east-1', '123456789012', NULL, 19, 'vol-ffffffff', 1, '', 'completed', 1767323045000, 1767323045000, 1767323045000, 1, 0, 0, 'arn:aws:kms:us-east-1:123456789012:key/d5210178-ed7f-eab7-5340-816ad283bbda', '48b62847-3949-2b15-83d4-647019270d13', 'standard', NULL, NULL, 0);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-02c74d1bfeb9c74b1', 'us-east-1', '123456789012', NULL, 15, 'vol-091a02cc9aeeaab3e', 1, 'locked', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-038f9705b122b006a', 'us-east-1', '123456789012', NULL, 7, 'vol-0c0f86dfe4c319afc', 9, 'Created by CreateImage(i-0a7046e4ea3347084) for ami-047c7c3e4f8e72a28', 'pending', 1767323045000, 1767326645000, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 524288);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-071a64aa8474a26ac', 'us-east-1', '123456789012', NULL, 22, 'vol-06ec02327d0ffd12f', 1, '', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 1, 0, NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-07209cfe2ce199a9f', 'us-east-1', '123456789012', NULL, 21, 'vol-ffffffff', 1, 'uploaded', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-077d1d050b927cedd', 'us-east-1', '123456789012', NULL, 3, 'vol-ffffffff', 1, 'Copied for DestinationAmi ami-0579322da70d075b8 from SourceAmi ami-0255e05e668e62673 for SourceSnapshot snap-093be9d584299e197. Task created on 1,767,323,045,000.', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, 'standard', NULL, NULL, 524288);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-08428c1b161c7737e', 'us-east-1', '123456789012', NULL, 4, 'vol-07334d7ee7d9df552', 1, 'Created by CreateImage(i-0a7046e4ea3347084) for ami-047c7c3e4f8e72a28', 'pending', 1767323045000, 1767326645000, NULL, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 524288);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-093be9d584299e197', 'us-east-1', '123456789012', NULL, 3, 'vol-07334d7ee7d9df552', 1, 'Created by CreateImage(i-0a7046e4ea3347084) for ami-0255e05e668e62673', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 524288);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-0aaa4b37ab25936c9', 'us-east-1', '123456789012', NULL, 1, 'vol-ffffffff', 1, 'Imported for golden', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 524288);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-0e21011ab755e936a', 'us-east-1', '222222222222', NULL, 9, 'vol-022101170dea09d44', 1, '', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 524288);
INSERT INTO snapshot (id, region, owner, owner_alias, layer_id, volume_id, volume_size_gib, description, state, start_time_ms, due_time_ms, completion_time_ms, encrypted, recycled, public, kms_key_id, data_key_id, transfer_type, completion_duration_minutes, status_message, full_size_bytes) VALUES ('snap-0e69f8e4541e86f30', 'us-east-1', '123456789012', NULL, 5, 'vol-013515260c7ceead1', 30, 'Created by CreateImage(i-0dea5b0e91a153886) for ami-00f2b659eddabbe1a', 'completed', 1767323045000, 1767323045000, 1767323045000, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-010d0417a4d1a51d8', 'us-west-2', '222222222222', 'us-west-2a', 14, 1, NULL, 'gp2', 100, NULL, 1, 0, 'available', 1767323045000, NULL, NULL, NULL, 0, 'arn:aws:kms:us-west-2:222222222222:key/1865eaa9-16b7-1ac2-6369-44ed4d50dbae', '0cbf58ca-15ed-e3dd-c12e-e13c5529e205', 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-013515260c7ceead1', 'us-east-1', '123456789012', 'us-east-1a', 6, 30, 'snap-0678a20c8d0bb7322', 'gp2', 100, NULL, 0, 0, 'in-use', 1767323045000, NULL, NULL, 1767323045000, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-022101170dea09d44', 'us-east-1', '222222222222', 'us-east-1a', 11, 1, 'snap-093be9d584299e197', 'gp3', 3000, 125, 0, 0, 'available', 1767323045000, NULL, NULL, 1767323045000, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-06a5860c2cf7680ea', 'us-east-1', '222222222222', 'us-east-1a', 13, 10, 'snap-077fd9c9435c85f5a', 'gp3', 3000, 125, 0, 0, 'in-use', 1767323045000, NULL, NULL, 1767323045000, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-06ec02327d0ffd12f', 'us-east-1', '123456789012', 'us-east-1a', 23, 1, NULL, 'gp2', 100, NULL, 0, 0, 'available', 1767323045000, NULL, NULL, NULL, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-07225a3a9386d3090', 'us-east-1', '123456789012', 'us-east-1a', 20, 1, NULL, 'gp2', 100, NULL, 0, 0, 'available', 1767323045000, NULL, NULL, NULL, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-07334d7ee7d9df552', 'us-east-1', '123456789012', 'us-east-1a', 24, 1, 'snap-0aaa4b37ab25936c9', 'gp3', 3000, 125, 0, 0, 'in-use', 1767323045000, NULL, NULL, 1767323045000, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-091a02cc9aeeaab3e', 'us-east-1', '123456789012', 'us-east-1a', 16, 1, NULL, 'gp2', 100, NULL, 0, 0, 'available', 1767323045000, NULL, NULL, NULL, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-0a74210ced5d6e8b8', 'us-east-1', '123456789012', 'us-east-1a', 18, 1, NULL, 'gp2', 100, NULL, 0, 0, 'available', 1767323045000, NULL, NULL, NULL, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-0b3d0fe76e1ba0f59', 'us-east-1', '222222222222', 'us-east-1a', 12, 1, 'snap-093be9d584299e197', 'gp3', 3000, 125, 0, 0, 'in-use', 1767323045000, NULL, NULL, 1767323045000, 0, NULL, NULL, 0);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, iops, throughput, encrypted, multi_attach, state, create_time_ms, source_volume_id, initialization_rate, initialized_ms, auto_enable_io, kms_key_id, data_key_id, fast_restored) VALUES ('vol-0c0f86dfe4c319afc', 'us-east-1', '123456789012', 'us-east-1a', 25, 9, NULL, 'gp3', 4000, 125, 0, 0, 'in-use', 1767323045000, NULL, NULL, NULL, 0, NULL, NULL, 0);
INSERT INTO image (id, region, owner, owner_alias, name, description, location, architecture, image_type, public, state, root_device_name, root_device_type, virtualization_type, hypervisor, boot_mode, imds_support, tpm_support, uefi_data, ena_support, sriov_net_support, platform, platform_details, usage_operation, kernel_id, ramdisk_id, creation_time_ms, deprecation_time_ms, last_launched_time_ms, source_instance_id, source_image_id, source_image_region, deregistration_protection, cooldown_end_ms, state_reason_code, state_reason_message, annotated) VALUES ('ami-00f2b659eddabbe1a', 'us-east-1', '123456789012', NULL, 'windows', NULL, '123456789012/windows', 'x86_64', 'machine', 0, 'available', '/dev/sda1', 'ebs', 'hvm', 'xen', NULL, NULL, NULL, NULL, 1, 'simple', 'windows', 'Windows', 'RunInstances:0002', NULL, NULL, 1767323045000, NULL, NULL, 'i-0dea5b0e91a153886', 'ami-04df79e274bbea832', 'us-east-1', 'disabled', NULL, NULL, NULL, 0);
INSERT INTO image (id, region, owner, owner_alias, name, description, location, architecture, image_type, public, state, root_device_name, root_device_type, virtualization_type, hypervisor, boot_mode, imds_support, tpm_support, uefi_data, ena_support, sriov_net_support, platform, platform_details, usage_operation, kernel_id, ramdisk_id, creation_time_ms, deprecation_time_ms, last_launched_time_ms, source_instance_id, source_image_id, source_image_region, deregistration_protection, cooldown_end_ms, state_reason_code, state_reason_message, annotated) VALUES ('ami-0255e05e668e62673', 'us-east-1', '123456789012', NULL, 'made of web', 'ä image', '123456789012/made of web', 'x86_64', 'machine', 0, 'available', '/dev/xvda', 'ebs', 'hvm', 'xen', NULL, NULL, NULL, NULL, 1, NULL, NULL, 'Linux/UNIX', 'RunInstances', NULL, NULL, 1767323045000, 1893456000000, 1767323045000, 'i-0a7046e4ea3347084', 'ami-07e59c973c090ba79', 'us-east-1', 'enabled-with-cooldown', NULL, NULL, NULL, 1);
INSERT INTO image (id, region, owner, owner_alias, name, description, location, architecture, image_type, public, state, root_device_name, root_device_type, virtualization_type, hypervisor, boot_mode, imds_support, tpm_support, uefi_data, ena_support, sriov_net_support, platform, platform_details, usage_operation, kernel_id, ramdisk_id, creation_time_ms, deprecation_time_ms, last_launched_time_ms, source_instance_id, source_image_id, source_image_region, deregistration_protection, cooldown_end_ms, state_reason_code, state_reason_message, annotated) VALUES ('ami-047c7c3e4f8e72a28', 'us-east-1', '123456789012', NULL, 'pending', NULL, '123456789012/pending', 'x86_64', 'machine', 0, 'pending', '/dev/xvda', 'ebs', 'hvm', 'xen', NULL, NULL, NULL, NULL, 1, NULL, NULL, 'Linux/UNIX', 'RunInstances', NULL, NULL, 1767323045000, NULL, NULL, 'i-0a7046e4ea3347084', 'ami-07e59c973c090ba79', 'us-east-1', 'disabled', NULL, NULL, NULL, 0);
INSERT INTO image (id, region, owner, owner_alias, name, description, location, architecture, image_type, public, state, root_device_name, root_device_type, virtualization_type, hypervisor, boot_mode, imds_support, tpm_support, uefi_data, ena_support, sriov_net_support, platform, platform_details, usage_operation, kernel_id, ramdisk_id, creation_time_ms, deprecation_time_ms, last_launched_time_ms, source_instance_id, source_image_id, source_image_region, deregistration_protection, cooldown_end_ms, state_reason_code, state_reason_message, annotated) VALUES ('ami-0579322da70d075b8', 'us-east-1', '123456789012', NULL, 'copied', NULL, '123456789012/copied', 'x86_64', 'machine', 0, 'disabled', '/dev/xvda', 'ebs', 'hvm', 'xen', NULL, NULL, NULL, NULL, 1, NULL, NULL, 'Linux/UNIX', 'RunInstances', NULL, NULL, 1767323045000, NULL, NULL, NULL, 'ami-0255e05e668e62673', 'us-east-1', 'disabled', NULL, NULL, NULL, 1);
INSERT INTO image (id, region, owner, owner_alias, name, description, location, architecture, image_type, public, state, root_device_name, root_device_type, virtualization_type, hypervisor, boot_mode, imds_support, tpm_support, uefi_data, ena_support, sriov_net_support, platform, platform_details, usage_operation, kernel_id, ramdisk_id, creation_time_ms, deprecation_time_ms, last_launched_time_ms, source_instance_id, source_image_id, source_image_region, deregistration_protection, cooldown_end_ms, state_reason_code, state_reason_message, annotated) VALUES ('ami-05cc920dadcd6885f', 'us-east-1', '123456789012', NULL, 'in the bin', NULL, '123456789012/in the bin', 'x86_64', 'machine', 0, 'deregistered', '/dev/xvda', 'ebs', 'hvm', 'xen', NULL, NULL, NULL, NULL, 1, NULL, NULL, 'Linux/UNIX', 'RunInstances', NULL, NULL, 1767323045000, NULL, NULL, NULL, NULL, NULL, 'disabled', NULL, NULL, NULL, 0);
INSERT INTO image (id, region, owner, owner_alias, name, description, location, architecture, image_type, public, state, root_device_name, root_device_type, virtualization_type, hypervisor, boot_mode, imds_support, tpm_support, uefi_data, ena_support, sriov_net_support, platform, platform_details, usage_operation, kernel_id, ramdisk_id, creation_time_ms, deprecation_time_ms, last_launched_time_ms, source_instance_id, source_image_id, source_image_region, deregistration_protection, cooldown_end_ms, state_reason_code, state_reason_message, annotated) VALUES ('ami-07e59c973c090ba79', 'us-east-1', '123456789012', NULL, 'golden', 'of a raw disk', '123456789012/golden', 'x86_64', 'machine', 0, 'available', '/dev/xvda', 'ebs', 'hvm', 'xen', NULL, NULL, NULL, NULL, 1, NULL, NULL, 'Linux/UNIX', 'RunInstances', NULL, NULL, 1767323045000, NULL, 1767323045000, NULL, NULL, NULL, 'disabled', NULL, NULL, NULL, 0);
INSERT INTO image_mapping (image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib, volume_type, iops, throughput, encrypted, delete_on_termination) VALUES ('ami-00f2b659eddabbe1a', 0, '/dev/sda1', NULL, 0, 'snap-0e69f8e4541e86f30', 30, 'gp2', NULL, NULL, 0, 1);
INSERT INTO image_mapping (image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib, volume_type, iops, throughput, encrypted, delete_on_termination) VALUES ('ami-0255e05e668e62673', 0, '/dev/xvda', NULL, 0, 'snap-093be9d584299e197', 1, 'gp3', 3000, 125, 0, 1);
INSERT INTO image_mapping (image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib, volume_type, iops, throughput, encrypted, delete_on_termination) VALUES ('ami-047c7c3e4f8e72a28', 0, '/dev/xvda', NULL, 0, 'snap-08428c1b161c7737e', 1, 'gp3', 3000, 125, 0, 1);
INSERT INTO image_mapping (image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib, volume_type, iops, throughput, encrypted, delete_on_termination) VALUES ('ami-047c7c3e4f8e72a28', 1, '/dev/sdf', NULL, 0, 'snap-038f9705b122b006a', 9, 'gp3', 4000, 125, 0, 0);
INSERT INTO image_mapping (image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib, volume_type, iops, throughput, encrypted, delete_on_termination) VALUES ('ami-0579322da70d075b8', 0, '/dev/xvda', NULL, 0, 'snap-077d1d050b927cedd', 1, 'gp3', 3000, 125, 0, 1);
INSERT INTO image_mapping (image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib, volume_type, iops, throughput, encrypted, delete_on_termination) VALUES ('ami-05cc920dadcd6885f', 0, '/dev/xvda', NULL, 0, 'snap-071a64aa8474a26ac', 1, 'gp2', NULL, NULL, 0, 1);
INSERT INTO image_mapping (image_id, position, device_name, virtual_name, no_device, snapshot_id, volume_size_gib, volume_type, iops, throughput, encrypted, delete_on_termination) VALUES ('ami-07e59c973c090ba79', 0, '/dev/xvda', NULL, 0, 'snap-0aaa4b37ab25936c9', 1, 'gp3', NULL, NULL, 0, 1);
INSERT INTO launch_permission (image_id, kind, value) VALUES ('ami-0255e05e668e62673', 'userId', '222222222222');
INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token, launch_time_ms, state, state_reason_code, state_reason_message, state_transition_reason, state_change_time_ms, initializing, instance_type, zone, subnet_id, vpc_id, private_ip, public_ip, network_interface_id, network_attachment_id, mac_address, image_id, image_owner, architecture, virtualization_type, hypervisor, root_device_name, root_device_type, boot_mode, current_boot_mode, imds_support, tpm_support, ena_support, sriov_net_support, platform, platform_details, usage_operation, usage_operation_time_ms, kernel_id, ramdisk_id, user_data, ebs_optimized, source_dest_check, disable_api_termination, disable_api_stop, shutdown_behavior, http_tokens, http_put_response_hop_limit) VALUES ('i-06eb432ff287b5764', 'us-east-1', '222222222222', 'r-0511e33836765fad8', 0, 'token-6', 1767323045000, 'running', NULL, NULL, '', 1767323045000, 0, 't3.micro', 'us-east-1a', 'subnet-0f5447bfa72667717', 'vpc-09ba01514baddd75a', '172.31.0.4', '198.19.74.162', 'eni-021ff8198bf55ff5a', 'eni-attach-0bec9f38fca407f1a', '02:98:bf:55:ff:5a', 'ami-0255e05e668e62673', '123456789012', 'x86_64', 'hvm', 'xen', '/dev/xvda', 'ebs', NULL, 'legacy-bios', NULL, NULL, 1, NULL, NULL, 'Linux/UNIX', 'RunInstances', 1767323045000, NULL, NULL, NULL, 0, 1, 0, 0, 'stop', 'optional', 1);
INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token, launch_time_ms, state, state_reason_code, state_reason_message, state_transition_reason, state_change_time_ms, initializing, instance_type, zone, subnet_id, vpc_id, private_ip, public_ip, network_interface_id, network_attachment_id, mac_address, image_id, image_owner, architecture, virtualization_type, hypervisor, root_device_name, root_device_type, boot_mode, current_boot_mode, imds_support, tpm_support, ena_support, sriov_net_support, platform, platform_details, usage_operation, usage_operation_time_ms, kernel_id, ramdisk_id, user_data, ebs_optimized, source_dest_check, disable_api_termination, disable_api_stop, shutdown_behavior, http_tokens, http_put_response_hop_limit) VALUES ('i-0a7046e4ea3347084', 'us-east-1', '123456789012', 'r-0dd64f4aee4830554', 0, 'token-1', 1767323045000, 'stopped', 'Client.UserInitiatedShutdown', 'Client.UserInitiatedShutdown: User initiated shutdown', 'User initiated (2026-01-02 03:04:05 GMT)', 1767323045000, 0, 't3.micro', 'us-east-1a', 'subnet-023f74fa89dfd6c33', 'vpc-0d6aec78b94fc691a', '172.31.0.4', NULL, 'eni-0758a0d678f32fd41', 'eni-attach-01d547d666807151c', '02:67:8f:32:fd:41', 'ami-07e59c973c090ba79', '123456789012', 'x86_64', 'hvm', 'xen', '/dev/xvda', 'ebs', NULL, 'legacy-bios', NULL, NULL, 1, NULL, NULL, 'Linux/UNIX', 'RunInstances', 1767323045000, NULL, NULL, 'IyEvYmluL3NoCmVjaG8gaGVsbG8K', 0, 1, 0, 0, 'stop', 'optional', 1);
INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token, launch_time_ms, state, state_reason_code, state_reason_message, state_transition_reason, state_change_time_ms, initializing, instance_type, zone, subnet_id, vpc_id, private_ip, public_ip, network_interface_id, network_attachment_id, mac_address, image_id, image_owner, architecture, virtualization_type, hypervisor, root_device_name, root_device_type, boot_mode, current_boot_mode, imds_support, tpm_support, ena_support, sriov_net_support, platform, platform_details, usage_operation, usage_operation_time_ms, kernel_id, ramdisk_id, user_data, ebs_optimized, source_dest_check, disable_api_termination, disable_api_stop, shutdown_behavior, http_tokens, http_put_response_hop_limit) VALUES ('i-0bd5297bf8d4e7f57', 'us-east-1', '222222222222', 'r-0511e33836765fad8', 1, 'token-6', 1767323045000, 'terminated', 'Client.UserInitiatedShutdown', 'Client.UserInitiatedShutdown: User initiated shutdown', 'User initiated (2026-01-02 03:04:05 GMT)', 1767323045000, 0, 't3.micro', 'us-east-1a', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'ami-0255e05e668e62673', '123456789012', 'x86_64', 'hvm', 'xen', '/dev/xvda', 'ebs', NULL, 'legacy-bios', NULL, NULL, 1, NULL, NULL, 'Linux/UNIX', 'RunInstances', 1767323045000, NULL, NULL, NULL, 0, 1, 0, 0, 'stop', 'optional', 1);
INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token, launch_time_ms, state, state_reason_code, state_reason_message, state_transition_reason, state_change_time_ms, initializing, instance_type, zone, subnet_id, vpc_id, private_ip, public_ip, network_interface_id, network_attachment_id, mac_address, image_id, image_owner, architecture, virtualization_type, hypervisor, root_device_name, root_device_type, boot_mode, current_boot_mode, imds_support, tpm_support, ena_support, sriov_net_support, platform, platform_details, usage_operation, usage_operation_time_ms, kernel_id, ramdisk_id, user_data, ebs_optimized, source_dest_check, disable_api_termination, disable_api_stop, shutdown_behavior, http_tokens, http_put_response_hop_limit) VALUES ('i-0dea5b0e91a153886', 'us-east-1', '123456789012', 'r-0acb24063493ebad3', 0, 'token-3', 1767323045000, 'running', NULL, NULL, '', 1767323045000, 0, 't3.micro', 'us-east-1a', 'subnet-023f74fa89dfd6c33', 'vpc-0d6aec78b94fc691a', '172.31.0.5', '198.19.3.95', 'eni-00731dab8674608ff', 'eni-attach-0c18c8bede2d5300f', '02:b8:67:46:08:ff', 'ami-04df79e274bbea832', '801119661308', 'x86_64', 'hvm', 'xen', '/dev/sda1', 'ebs', NULL, 'legacy-bios', NULL, NULL, 1, 'simple', 'windows', 'Windows', 'RunInstances:0002', 1767323045000, NULL, NULL, NULL, 0, 1, 0, 0, 'stop', 'optional', 1);
INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token, launch_time_ms, state, state_reason_code, state_reason_message, state_transition_reason, state_change_time_ms, initializing, instance_type, zone, subnet_id, vpc_id, private_ip, public_ip, network_interface_id, network_attachment_id, mac_address, image_id, image_owner, architecture, virtualization_type, hypervisor, root_device_name, root_device_type, boot_mode, current_boot_mode, imds_support, tpm_support, ena_support, sriov_net_support, platform, platform_details, usage_operation, usage_operation_time_ms, kernel_id, ramdisk_id, user_data, ebs_optimized, source_dest_check, disable_api_termination, disable_api_stop, shutdown_behavior, http_tokens, http_put_response_hop_limit) VALUES ('i-0e85891d648e74b96', 'us-east-1', '222222222222', 'r-07459cee153d89408', 0, 'token-8', 1767323045000, 'running', NULL, NULL, '', 1767323045000, 0, 't3.micro', 'us-east-1a', 'subnet-0f5447bfa72667717', 'vpc-09ba01514baddd75a', '172.31.0.6', '198.18.95.106', 'eni-0b089d48eae6f0565', 'eni-attach-057c4c2ad924b19cf', '02:8e:ae:6f:05:65', 'ami-06f6ccb8eba168049', '679593333241', 'x86_64', 'hvm', 'xen', '/dev/xvda', 'ebs', NULL, 'legacy-bios', NULL, NULL, 1, 'simple', NULL, 'Linux/UNIX', 'RunInstances', 1767323045000, NULL, NULL, NULL, 0, 1, 0, 0, 'stop', 'optional', 1);
INSERT INTO instance_security_group (instance_id, position, group_id) VALUES ('i-06eb432ff287b5764', 0, 'sg-029fd5237befe512c');
INSERT INTO instance_security_group (instance_id, position, group_id) VALUES ('i-0a7046e4ea3347084', 0, 'sg-07e105fcbca49fa22');
INSERT INTO instance_security_group (instance_id, position, group_id) VALUES ('i-0dea5b0e91a153886', 0, 'sg-07e105fcbca49fa22');
INSERT INTO instance_security_group (instance_id, position, group_id) VALUES ('i-0e85891d648e74b96', 0, 'sg-029fd5237befe512c');
INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms, delete_on_termination) VALUES ('vol-013515260c7ceead1', 'i-0dea5b0e91a153886', '/dev/sda1', 'attached', 1767323045000, 1);
INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms, delete_on_termination) VALUES ('vol-06a5860c2cf7680ea', 'i-0e85891d648e74b96', '/dev/xvda', 'attached', 1767323045000, 1);
INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms, delete_on_termination) VALUES ('vol-07334d7ee7d9df552', 'i-0a7046e4ea3347084', '/dev/xvda', 'attached', 1767323045000, 1);
INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms, delete_on_termination) VALUES ('vol-0b3d0fe76e1ba0f59', 'i-06eb432ff287b5764', '/dev/xvda', 'attached', 1767323045000, 1);
INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms, delete_on_termination) VALUES ('vol-0c0f86dfe4c319afc', 'i-0a7046e4ea3347084', '/dev/sdf', 'attached', 1767323045000, 0);
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('ami-0255e05e668e62673', 'team', 'infra', 'image', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('ami-0255e05e668e62673', 'theirs', '1', 'image', '222222222222', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('ami-05cc920dadcd6885f', 'aws:recycle-bin:resource-in-bin', 'true', 'image', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('ami-05cc920dadcd6885f', 'keep', 'yes', 'image', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('i-0a7046e4ea3347084', 'Name', 'web', 'instance', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('i-0a7046e4ea3347084', 'env', 'prod', 'instance', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('snap-02533f0e9f4481bd6', 'empty', '', 'snapshot', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('snap-02533f0e9f4481bd6', 'env', 'prod', 'snapshot', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('snap-071a64aa8474a26ac', 'aws:recycle-bin:resource-in-bin', 'true', 'snapshot', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('snap-071a64aa8474a26ac', 'keep', 'yes', 'snapshot', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('snap-093be9d584299e197', 'team', 'infra', 'snapshot', '123456789012', 'us-east-1');
INSERT INTO tag (resource_id, key, value, resource_type, owner, region) VALUES ('vol-0c0f86dfe4c319afc', 'Name', 'data', 'volume', '123456789012', 'us-east-1');
INSERT INTO vpc (id, region, owner, cidr_block, cidr_association_id, dhcp_options_id, is_default) VALUES ('vpc-09ba01514baddd75a', 'us-east-1', '222222222222', '172.31.0.0/16', 'vpc-cidr-assoc-0576af0e221a20713', 'dopt-0ddd151b36d838a81', 1);
INSERT INTO vpc (id, region, owner, cidr_block, cidr_association_id, dhcp_options_id, is_default) VALUES ('vpc-0d6aec78b94fc691a', 'us-east-1', '123456789012', '172.31.0.0/16', 'vpc-cidr-assoc-0e0023e078d5c8a8e', 'dopt-097adc3c2cd8afd1e', 1);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-000da2c2642a428a9', 'us-east-1', '222222222222', 'vpc-09ba01514baddd75a', 'us-east-1c', '172.31.32.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-013dc7a24c97b53c0', 'us-east-1', '222222222222', 'vpc-09ba01514baddd75a', 'us-east-1e', '172.31.64.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-01fa2165a56936200', 'us-east-1', '123456789012', 'vpc-0d6aec78b94fc691a', 'us-east-1e', '172.31.64.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-023f74fa89dfd6c33', 'us-east-1', '123456789012', 'vpc-0d6aec78b94fc691a', 'us-east-1a', '172.31.0.0/20', 1, 1, 6);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-038fb2995cc227f29', 'us-east-1', '123456789012', 'vpc-0d6aec78b94fc691a', 'us-east-1b', '172.31.16.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-08b1efd352217d649', 'us-east-1', '222222222222', 'vpc-09ba01514baddd75a', 'us-east-1b', '172.31.16.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-0b35fee313a6c4c6d', 'us-east-1', '123456789012', 'vpc-0d6aec78b94fc691a', 'us-east-1c', '172.31.32.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-0c46b2b4a463cc9a8', 'us-east-1', '123456789012', 'vpc-0d6aec78b94fc691a', 'us-east-1d', '172.31.48.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-0c6c65117b30cd897', 'us-east-1', '222222222222', 'vpc-09ba01514baddd75a', 'us-east-1f', '172.31.80.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-0e595ebd65271f144', 'us-east-1', '222222222222', 'vpc-09ba01514baddd75a', 'us-east-1d', '172.31.48.0/20', 1, 1, 4);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-0f5447bfa72667717', 'us-east-1', '222222222222', 'vpc-09ba01514baddd75a', 'us-east-1a', '172.31.0.0/20', 1, 1, 7);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone, map_public_ip_on_launch, next_address) VALUES ('subnet-0f9ee83dd840cfda7', 'us-east-1', '123456789012', 'vpc-0d6aec78b94fc691a', 'us-east-1f', '172.31.80.0/20', 1, 1, 4);
INSERT INTO security_group (id, region, owner, vpc_id, name, description) VALUES ('sg-029fd5237befe512c', 'us-east-1', '222222222222', 'vpc-09ba01514baddd75a', 'default', 'default VPC security group');
INSERT INTO security_group (id, region, owner, vpc_id, name, description) VALUES ('sg-07e105fcbca49fa22', 'us-east-1', '123456789012', 'vpc-0d6aec78b94fc691a', 'default', 'default VPC security group');
INSERT INTO volume_modification (volume_id, number, region, owner, is_latest, state, original_size_gib, original_volume_type, original_iops, original_throughput, original_multi_attach, target_size_gib, target_volume_type, target_iops, target_throughput, target_multi_attach, start_time_ms, optimizing_time_ms, due_time_ms, end_time_ms) VALUES ('vol-0c0f86dfe4c319afc', 1, 'us-east-1', '123456789012', 1, 'completed', 8, 'gp3', 4000, 125, 0, 9, 'gp3', 4000, 125, 0, 1767323045000, 1767323045000, 1767323045000, 1767323045000);
INSERT INTO instance_root_volume (instance_id, volume_id) VALUES ('i-06eb432ff287b5764', 'vol-022101170dea09d44');
INSERT INTO instance_root_volume (instance_id, volume_id) VALUES ('i-06eb432ff287b5764', 'vol-0b3d0fe76e1ba0f59');
INSERT INTO instance_root_volume (instance_id, volume_id) VALUES ('i-0a7046e4ea3347084', 'vol-07334d7ee7d9df552');
INSERT INTO instance_root_volume (instance_id, volume_id) VALUES ('i-0bd5297bf8d4e7f57', 'vol-03b72d906e8c31a18');
INSERT INTO instance_root_volume (instance_id, volume_id) VALUES ('i-0dea5b0e91a153886', 'vol-013515260c7ceead1');
INSERT INTO instance_root_volume (instance_id, volume_id) VALUES ('i-0e85891d648e74b96', 'vol-06a5860c2cf7680ea');
INSERT INTO replace_root_volume_task (id, region, owner, instance_id, state, original_volume_id, replacement_volume_id, made_replacement, image_id, snapshot_id, delete_replaced_root_volume, start_time_ms, complete_time_ms) VALUES ('replacevol-0dd8b2aabf54206bb', 'us-east-1', '222222222222', 'i-06eb432ff287b5764', 'succeeded', 'vol-022101170dea09d44', 'vol-0b3d0fe76e1ba0f59', 1, NULL, NULL, 0, 1767323045000, 1767323045000);
INSERT INTO recycle_rule (id, region, owner, resource_type, retention_days, description, status, lock_state, unlock_delay_days, lock_end_time_ms) VALUES ('5IFd48OVMU4', 'us-east-1', '123456789012', 'EBS_SNAPSHOT', 7, 'prod stays', 'available', NULL, NULL, NULL);
INSERT INTO recycle_rule (id, region, owner, resource_type, retention_days, description, status, lock_state, unlock_delay_days, lock_end_time_ms) VALUES ('aAEKaa6wP6F', 'us-east-1', '123456789012', 'EC2_IMAGE', 7, 'prod stays', 'available', NULL, NULL, NULL);
INSERT INTO recycle_rule_tag (rule_id, kind, position, key, value) VALUES ('5IFd48OVMU4', 'own', 0, 'rule', 'EBS_SNAPSHOT');
INSERT INTO recycle_rule_tag (rule_id, kind, position, key, value) VALUES ('5IFd48OVMU4', 'resource', 0, 'keep', 'yes');
INSERT INTO recycle_rule_tag (rule_id, kind, position, key, value) VALUES ('aAEKaa6wP6F', 'own', 0, 'rule', 'EC2_IMAGE');
INSERT INTO recycle_rule_tag (rule_id, kind, position, key, value) VALUES ('aAEKaa6wP6F', 'resource', 0, 'keep', 'yes');
INSERT INTO recycled (resource_id, resource_type, region, owner, state, enter_time_ms, exit_time_ms) VALUES ('ami-05cc920dadcd6885f', 'image', 'us-east-1', '123456789012', 'available', 1767323045000, 1767927845000);
INSERT INTO recycled (resource_id, resource_type, region, owner, state, enter_time_ms, exit_time_ms) VALUES ('snap-071a64aa8474a26ac', 'snapshot', 'us-east-1', '123456789012', 'completed', 1767323045000, 1767927845000);
INSERT INTO recycled_launch_permission (image_id, kind, value) VALUES ('ami-05cc920dadcd6885f', 'userId', '222222222222');
INSERT INTO image_watermark (image_id, watermark_key, source_image_id, source_image_region, source_image_creation_time_ms, creation_time_ms) VALUES ('ami-0255e05e668e62673', '123456789012:checked', 'ami-0255e05e668e62673', 'us-east-1', 1767323045000, 1767323045000);
INSERT INTO image_watermark (image_id, watermark_key, source_image_id, source_image_region, source_image_creation_time_ms, creation_time_ms) VALUES ('ami-0579322da70d075b8', '123456789012:checked', 'ami-0255e05e668e62673', 'us-east-1', 1767323045000, 1767323045000);
INSERT INTO image_instance_type (image_id, supported, position, pattern) VALUES ('ami-0255e05e668e62673', 1, 0, 't3.*');
INSERT INTO fast_launch (image_id, owner, region, target_resource_count, max_parallel_launches, state, state_reason, state_time_ms) VALUES ('ami-00f2b659eddabbe1a', '123456789012', 'us-east-1', 5, 6, 'enabled', 'Client.UserInitiated', 1767323045000);
INSERT INTO direct_snapshot (snapshot_id, parent_snapshot_id, open, timeout_ms, last_activity_ms, progress_percent, boot_id) VALUES ('snap-07209cfe2ce199a9f', NULL, 0, 3600000, 1767323045000, 0, 'ea3c4e7c-1811-4224-a4d9-3f4a1b677332');
INSERT INTO account (id) VALUES ('222222222222');
INSERT INTO access_key (id, account) VALUES ('AKIAIOSFODNN7EXAMPLE', '222222222222');
INSERT INTO account_membership (account, kind, value) VALUES ('222222222222', 'organizationArn', 'arn:aws:organizations::111111111111:organization/o-abcdefghij');
INSERT INTO marketplace_subscription (account, product_code) VALUES ('222222222222', '2r9xqv8kn4w7ej1ud5zbtm3ha');
INSERT INTO marketplace_product (product_code, account) VALUES ('product2', '222222222222');
INSERT INTO account_setting (owner, region, name, value) VALUES ('123456789012', 'us-east-1', 'allowed-images', 'audit-mode');
INSERT INTO image_criterion_value (owner, region, criterion, kind, position, value) VALUES ('123456789012', 'us-east-1', 0, 'provider', 0, 'amazon');
INSERT INTO image_criterion_value (owner, region, criterion, kind, position, value) VALUES ('123456789012', 'us-east-1', 0, 'provider', 1, '222222222222');
INSERT INTO create_volume_permission (snapshot_id, kind, value) VALUES ('snap-0e21011ab755e936a', 'userId', '123456789012');
INSERT INTO product_code (resource_id, code, type) VALUES ('i-0e85891d648e74b96', '2r9xqv8kn4w7ej1ud5zbtm3ha', 'marketplace');
INSERT INTO product_code (resource_id, code, type) VALUES ('vol-06a5860c2cf7680ea', '2r9xqv8kn4w7ej1ud5zbtm3ha', 'marketplace');
INSERT INTO parameter (owner, region, name, version) VALUES ('123456789012', 'us-east-1', '/golden/app', 2);
INSERT INTO parameter (owner, region, name, version) VALUES ('222222222222', 'us-east-1', 'list', 1);
INSERT INTO parameter_version (owner, region, name, version, type, value, data_type, tier, description, last_modified_ms, last_modified_user) VALUES ('123456789012', 'us-east-1', '/golden/app', 1, 'String', 'ami-0579322da70d075b8', 'aws:ec2:image', 'Standard', NULL, 1767323045000, 'arn:aws:iam::123456789012:root');
INSERT INTO parameter_version (owner, region, name, version, type, value, data_type, tier, description, last_modified_ms, last_modified_user) VALUES ('123456789012', 'us-east-1', '/golden/app', 2, 'String', 'ami-0255e05e668e62673', 'aws:ec2:image', 'Standard', NULL, 1767323045000, 'arn:aws:iam::123456789012:root');
INSERT INTO parameter_version (owner, region, name, version, type, value, data_type, tier, description, last_modified_ms, last_modified_user) VALUES ('222222222222', 'us-east-1', 'list', 1, 'StringList', 'a,b', 'text', 'Standard', 'of words', 1767323045000, 'arn:aws:iam::222222222222:root');
INSERT INTO parameter_label (owner, region, name, label, version) VALUES ('123456789012', 'us-east-1', '/golden/app', 'stable', 1);
INSERT INTO ebs_encryption (owner, region, by_default, kms_key_id) VALUES ('222222222222', 'us-west-2', 1, NULL);
INSERT INTO snapshot_lock (snapshot_id, mode, created_ms, cool_off_hours, cool_off_expires_ms, duration_days, duration_start_ms, expires_ms) VALUES ('snap-02c74d1bfeb9c74b1', 'governance', 1767323045000, NULL, NULL, 30, 1767323045000, 1769915045000);
INSERT INTO snapshot_tier (snapshot_id, operation, start_ms, due_ms, archived_ms, expiry_ms) VALUES ('snap-01b9b441b2c49a4cb', 'archival', 1767323045000, 1767323045000, 1767323045000, NULL);
INSERT INTO fast_restore (owner, region, snapshot_id, zone, enabling_ms, optimizing_ms, enabled_ms, disabling_ms, disabled_ms) VALUES ('123456789012', 'us-east-1', 'snap-0018af2e004351a03', 'us-east-1a', 1767323045000, 1767323045000, 1767323045000, NULL, NULL);
INSERT INTO image_usage_report (id, owner, region, image_id, creation_time_ms, due_ms, expiration_time_ms) VALUES ('amiur-08fa904be12c088bf', '123456789012', 'us-east-1', 'ami-0255e05e668e62673', 1767323045000, 1767323045000, 1769915045000);
INSERT INTO image_usage_report_type (report_id, position, resource_type, version_depth) VALUES ('amiur-08fa904be12c088bf', 0, 'ec2:Instance', NULL);
INSERT INTO image_usage_report_account (report_id, position, account_id) VALUES ('amiur-08fa904be12c088bf', 0, '222222222222');
INSERT INTO image_usage_entry (report_id, account_id, resource_type, usage_count) VALUES ('amiur-08fa904be12c088bf', '222222222222', 'ec2:Instance', 2);
PRAGMA user_version = 11;
