#include "storage/metadata/sql/migrations.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "storage/base/storage_error.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/layers/layer_report_rows.h"
#include "storage/metadata/sql/statement.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/check.h"
#include "storage/state/data_directory.h"
#include "storage/state/generation.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/storage/metadata/sql/database_text.h"

namespace amilab::test {
namespace {

namespace fs = std::filesystem;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The step that makes rows of network interfaces.
constexpr int kInterfaceStep = 24;
// The step that gives VPCs with IPv6 the rules for it.
constexpr int kIpv6RuleStep = 51;
// The step that gives imports that are active what the next start takes them up by.
constexpr int kActiveImportStep = 54;
// The step that has subnets keep how many of their addresses are used.
constexpr int kUsedAddressStep = 70;

struct StepRows {
    /// The step that makes the tables.
    int step;
    const char* sql;
    /// The step that takes them away, or columns that the SQL names; 0: none does.
    int until = 0;
};

/// A row for each table, in columns that the table has had since that step.
constexpr StepRows kRows[] = {
    {1, R"sql(
INSERT INTO setting (name, value) VALUES ('seed', 'some'), ('clock_ms', 1000);
INSERT INTO id_counter (kind, value) VALUES ('vol', 3);
INSERT INTO transition (due_ms, sequence, action, resource_id)
    VALUES (9000, 1, 'volume-available', 'vol-00000001');
INSERT INTO transition_delay (name, delay_ms) VALUES ('volume.creating', 70);
INSERT INTO client_token (owner, region, operation, token, fingerprint, resource_id)
    VALUES ('111111111111', 'us-east-1', 'CreateVolume', 'token', 'Size=1:1', 'vol-00000001');
INSERT INTO layer (id, parent_id, sealed, synced, created_ms)
    VALUES (1, NULL, 1, 1, 0), (2, 1, 0, 0, 0);
INSERT INTO removed_layer (id) VALUES (7);
INSERT INTO snapshot (id, region, owner, layer_id, volume_id, volume_size_gib, description, state,
                      start_time_ms)
    VALUES ('snap-00000001', 'us-east-1', '111111111111', 1, 'vol-00000001', 1, 'ä''', 'completed',
            1000);
INSERT INTO volume (id, region, owner, zone, layer_id, size_gib, snapshot_id, volume_type, state,
                    create_time_ms)
    VALUES ('vol-00000001', 'us-east-1', '111111111111', 'us-east-1a', 2, 1, 'snap-00000001', 'gp3',
            'in-use', 1000);
INSERT INTO image (id, region, owner, name, location, architecture, image_type, state,
                   root_device_type, virtualization_type, hypervisor, platform_details,
                   usage_operation, creation_time_ms)
    VALUES ('ami-00000001', 'us-east-1', '111111111111', 'one', 'here', 'x86_64', 'machine',
            'available', 'ebs', 'hvm', 'xen', 'Linux/UNIX', 'RunInstances', 1000);
INSERT INTO image_mapping (image_id, position, device_name, snapshot_id)
    VALUES ('ami-00000001', 0, '/dev/xvda', 'snap-00000001');
INSERT INTO launch_permission (image_id, kind, value)
    VALUES ('ami-00000001', 'userId', '222222222222');
INSERT INTO vpc (id, region, owner, cidr_block, cidr_association_id, dhcp_options_id, is_default)
    VALUES ('vpc-00000001', 'us-east-1', '111111111111', '172.31.0.0/16', 'a', 'd', 1);
INSERT INTO subnet (id, region, owner, vpc_id, zone, cidr_block, default_for_zone,
                    map_public_ip_on_launch)
    VALUES ('subnet-00000001', 'us-east-1', '111111111111', 'vpc-00000001', 'us-east-1a',
            '172.31.0.0/20', 1, 1);
INSERT INTO security_group (id, region, owner, vpc_id, name, description)
    VALUES ('sg-00000001', 'us-east-1', '111111111111', 'vpc-00000001', 'default', '');
INSERT INTO instance (id, region, owner, reservation_id, launch_index, client_token, launch_time_ms,
                      state, state_change_time_ms, instance_type, zone,
                      image_id, image_owner, architecture, virtualization_type, hypervisor,
                      root_device_name, root_device_type, current_boot_mode, ena_support,
                      platform_details, usage_operation, usage_operation_time_ms, http_tokens,
                      http_put_response_hop_limit)
    VALUES ('i-00000001', 'us-east-1', '111111111111', 'r-00000001', 0, '', 1000, 'running', 1000,
            't3.micro', 'us-east-1a', 'ami-00000001',
            '111111111111', 'x86_64', 'hvm', 'xen', '/dev/xvda', 'ebs', 'legacy-bios', 1,
            'Linux/UNIX', 'RunInstances', 1000, 'optional', 1);
INSERT INTO attachment (volume_id, instance_id, device, state, attach_time_ms,
                        delete_on_termination)
    VALUES ('vol-00000001', 'i-00000001', '/dev/xvda', 'attached', 1000, 1);
INSERT INTO tag (resource_id, key, value, resource_type, owner, region)
    VALUES ('ami-00000001', 'team', 'infra', 'image', '111111111111', 'us-east-1');
)sql"},
    {2, R"sql(
INSERT INTO volume_modification (volume_id, number, region, owner, is_latest, state,
                                 original_size_gib, original_volume_type, original_multi_attach,
                                 target_size_gib, target_volume_type, target_multi_attach,
                                 start_time_ms)
    VALUES ('vol-00000001', 1, 'us-east-1', '111111111111', 1, 'completed', 1, 'gp2', 0, 1, 'gp3',
            0, 1000);
INSERT INTO instance_root_volume (instance_id, volume_id) VALUES ('i-00000001', 'vol-00000001');
INSERT INTO replace_root_volume_task (id, region, owner, instance_id, state, original_volume_id,
                                      replacement_volume_id, made_replacement,
                                      delete_replaced_root_volume, start_time_ms)
    VALUES ('replacevol-00000001', 'us-east-1', '111111111111', 'i-00000001', 'succeeded',
            'vol-00000002', 'vol-00000001', 1, 1, 1000);
)sql"},
    {3, R"sql(
INSERT INTO recycle_rule (id, region, owner, resource_type, retention_days, status)
    VALUES ('abcdefghijk', 'us-east-1', '111111111111', 'EC2_IMAGE', 7, 'available');
INSERT INTO recycle_rule_tag (rule_id, kind, position, key)
    VALUES ('abcdefghijk', 'resource', 0, 'keep');
INSERT INTO recycled (resource_id, resource_type, region, owner, state, enter_time_ms, exit_time_ms)
    VALUES ('ami-00000002', 'image', 'us-east-1', '111111111111', 'available', 1000, 2000);
INSERT INTO recycled_launch_permission (image_id, kind, value)
    VALUES ('ami-00000002', 'group', 'all');
INSERT INTO image_watermark (image_id, watermark_key, source_image_id, source_image_region,
                             source_image_creation_time_ms, creation_time_ms)
    VALUES ('ami-00000001', 'key', 'ami-00000001', 'us-east-1', 1000, 1000);
INSERT INTO image_instance_type (image_id, supported, position, pattern)
    VALUES ('ami-00000001', 1, 0, 't3.*');
INSERT INTO fast_launch (image_id, owner, region, target_resource_count, max_parallel_launches,
                         state, state_reason, state_time_ms)
    VALUES ('ami-00000001', '111111111111', 'us-east-1', 5, 6, 'enabled', '', 1000);
)sql"},
    {4, R"sql(
INSERT INTO direct_snapshot (snapshot_id, open, timeout_ms, last_activity_ms, boot_id)
    VALUES ('snap-00000001', 0, 60000, 1000, 'boot');
INSERT INTO direct_block (snapshot_id, block_index, checksum)
    VALUES ('snap-00000001', 0, zeroblob(32));
)sql"},
    {5, R"sql(
INSERT INTO account (id) VALUES ('222222222222');
INSERT INTO access_key (id, account) VALUES ('KEY', '222222222222');
INSERT INTO account_membership (account, kind, value)
    VALUES ('222222222222', 'organizationArn', 'arn');
INSERT INTO marketplace_subscription (account, product_code) VALUES ('222222222222', 'code');
INSERT INTO marketplace_product (product_code, account) VALUES ('code', '222222222222');
INSERT INTO account_setting (owner, region, name, value)
    VALUES ('111111111111', 'us-east-1', 'allowed-images', 'enabled');
INSERT INTO image_criterion_value (owner, region, criterion, kind, position, value)
    VALUES ('111111111111', 'us-east-1', 0, 'provider', 0, 'amazon');
INSERT INTO create_volume_permission (snapshot_id, kind, value)
    VALUES ('snap-00000001', 'userId', '222222222222');
INSERT INTO product_code (resource_id, code, type) VALUES ('ami-00000001', 'code', 'marketplace');
)sql"},
    {6, R"sql(
INSERT INTO parameter (owner, region, name, version) VALUES ('111111111111', 'us-east-1', '/a', 1);
INSERT INTO parameter_version (owner, region, name, version, type, value, data_type, tier,
                               last_modified_ms, last_modified_user)
    VALUES ('111111111111', 'us-east-1', '/a', 1, 'String', 'ami-00000001', 'aws:ec2:image',
            'Standard', 1000, 'root');
INSERT INTO parameter_label (owner, region, name, label, version)
    VALUES ('111111111111', 'us-east-1', '/a', 'stable', 1);
)sql"},
    {8, R"sql(
INSERT INTO ebs_encryption (owner, region, by_default) VALUES ('111111111111', 'us-east-1', 1);
INSERT INTO snapshot_lock (snapshot_id, mode, created_ms)
    VALUES ('snap-00000001', 'governance', 1000);
INSERT INTO snapshot_tier (snapshot_id, operation, start_ms, due_ms, archived_ms)
    VALUES ('snap-00000001', 'archival', 1000, 1000, 1000);
INSERT INTO fast_restore (owner, region, snapshot_id, zone, enabling_ms, optimizing_ms, enabled_ms)
    VALUES ('111111111111', 'us-east-1', 'snap-00000001', 'us-east-1a', 1000, 1000, 1000);
INSERT INTO image_usage_report (id, owner, region, image_id, creation_time_ms, due_ms,
                                expiration_time_ms)
    VALUES ('amiur-00000001', '111111111111', 'us-east-1', 'ami-00000001', 1000, 1000, 2000);
INSERT INTO image_usage_report_type (report_id, position, resource_type)
    VALUES ('amiur-00000001', 0, 'ec2:Instance');
INSERT INTO image_usage_report_account (report_id, position, account_id)
    VALUES ('amiur-00000001', 0, '222222222222');
INSERT INTO image_usage_entry (report_id, account_id, resource_type, usage_count)
    VALUES ('amiur-00000001', '222222222222', 'ec2:Instance', 1);
)sql"},
    {12, R"sql(
INSERT INTO key_pair VALUES ('key-00000001', 'us-east-1', '111111111111', 'mine', 'rsa',
    'ssh-rsa AAAA', 'aa:bb', 0);
)sql"},
    {14, R"sql(
INSERT INTO placement_group VALUES ('pg-00000001', 'us-east-1', '111111111111', 'mine',
    'partition', 7, NULL);
)sql"},
    {16, R"sql(
INSERT INTO former_launch_permission VALUES ('ami-00000001', 'group', 'all');
)sql"},
    {19, R"sql(
INSERT INTO opted_out_region VALUES ('af-south-1');
)sql"},
    {22, R"sql(
INSERT INTO security_group_rule (id, region, owner, group_id, is_egress, protocol, from_port,
                                 to_port, peer_kind, peer)
    VALUES ('sgr-00000009', 'us-east-1', '111111111111', 'sg-00000001', 0, 'tcp', 22, 22, 'ipv4',
            '192.0.2.0/24');
)sql"},
    {23, R"sql(
INSERT OR IGNORE INTO dhcp_options VALUES ('dopt-00000001', 'us-east-1', '111111111111', 0);
INSERT INTO dhcp_option_value VALUES ('dopt-00000001', 9, 'domain-name', 'example');
INSERT INTO internet_gateway VALUES ('igw-00000009', 'us-east-1', '111111111111', NULL);
INSERT INTO route_table VALUES ('rtb-00000009', 'us-east-1', '111111111111', 'vpc-00000001');
INSERT INTO route VALUES ('rtb-00000009', '0.0.0.0/0', 'igw-00000009', 'CreateRoute');
INSERT INTO route_table_association (id, region, owner, route_table_id, subnet_id)
    VALUES ('rtbassoc-00000009', 'us-east-1', '111111111111', 'rtb-00000009', 'subnet-00000001');
INSERT INTO network_acl VALUES ('acl-00000009', 'us-east-1', '111111111111', 'vpc-00000001', 0);
INSERT INTO network_acl_entry VALUES ('acl-00000009', 0, 100, '6', 'allow', '10.0.0.0/8', NULL,
    NULL, NULL, 80, 80);
INSERT INTO network_acl_association VALUES ('aclassoc-00000009', 'us-east-1', '111111111111',
    'acl-00000009', 'subnet-00000001');
)sql"},
    {1, R"sql(
UPDATE instance SET subnet_id = 'subnet-00000001', vpc_id = 'vpc-00000001',
                    private_ip = '172.31.0.4', public_ip = '198.18.0.4',
                    network_interface_id = 'eni-00000001',
                    network_attachment_id = 'eni-attach-00000001',
                    mac_address = '02:00:00:00:00:01';
INSERT INTO instance_security_group (instance_id, position, group_id)
    VALUES ('i-00000001', 0, 'sg-00000001');
)sql",
     kInterfaceStep},
    {kInterfaceStep, R"sql(
INSERT INTO network_interface (id, region, owner, subnet_id, vpc_id, zone, description,
                               interface_type, mac_address, source_dest_check, instance_id,
                               attachment_id, device_index, attach_time_ms, delete_on_termination,
                               associate_public_ip)
    VALUES ('eni-00000001', 'us-east-1', '111111111111', 'subnet-00000001', 'vpc-00000001',
            'us-east-1a', '', 'interface', '02:00:00:00:00:01', 1, 'i-00000001',
            'eni-attach-00000001', 0, 1000, 1, 1);
INSERT INTO interface_address (interface_id, position, subnet_id, address)
    VALUES ('eni-00000001', 0, 'subnet-00000001', '172.31.0.4');
INSERT INTO elastic_address (id, region, owner, public_ip)
    VALUES ('eipalloc-00000001', 'us-east-1', '111111111111', '198.18.0.1');
INSERT INTO interface_group (interface_id, position, group_id)
    VALUES ('eni-00000001', 0, 'sg-00000001');
)sql"},
    {27, R"sql(
INSERT INTO instance_option (instance_id, monitored, tenancy, http_endpoint, http_protocol_ipv6,
                             instance_metadata_tags, hibernation, enclave, auto_recovery,
                             reboot_migration, hostname_type, resource_name_dns_a,
                             resource_name_dns_aaaa, capacity_preference, bandwidth_weighting)
    VALUES ('i-00000001', 1, 'default', 'enabled', 'disabled', 'disabled', 0, 0, 'default',
            'default', 'ip-name', 0, 0, 'open', 'default');
INSERT INTO instance_metadata_defaults (owner, region, http_tokens)
    VALUES ('111111111111', 'us-east-1', 'required');
INSERT INTO instance_password (instance_id, password_data, available_ms)
    VALUES ('i-00000001', 'AAAA', 1000);
)sql"},
    {28, R"sql(
INSERT INTO launch_template (id, region, owner, name, create_time_ms, created_by, default_version,
                             next_version)
    VALUES ('lt-00000001', 'us-east-1', '111111111111', 'web', 1000, 'arn', 1, 2);
INSERT INTO launch_template_version (template_id, version, create_time_ms, created_by, parameters)
    VALUES ('lt-00000001', 1, 1000, 'arn', '');
)sql"},
    {29, R"sql(
INSERT INTO iam_instance_profile_association (id, instance_id, profile_arn, profile_id, time_ms)
    VALUES ('iip-assoc-00000001', 'i-00000001', 'arn', 'AIPA', 1000);
)sql"},
    {30, R"sql(
INSERT INTO id_format VALUES ('111111111111', 'us-east-1', 'arn', 'vpc');
)sql"},
    {31, R"sql(
INSERT INTO instance_event_window (id, region, owner)
    VALUES ('iew-00000001', 'us-east-1', '111111111111');
INSERT INTO instance_event_window_range VALUES ('iew-00000001', 0, 'monday', 2, 'monday', 8);
INSERT INTO instance_event_window_instance VALUES ('iew-00000001', 'i-00000001');
INSERT INTO instance_event_window_tag VALUES ('iew-00000001', 'of', 'test');
)sql"},
    {32, R"sql(
INSERT INTO vcpu_quota VALUES ('standard', 5);
)sql"},
    {33, R"sql(
INSERT INTO instance_event VALUES ('instance-event-00000001', 'i-00000001', 'instance-stop', 'one',
                                   1000, NULL, NULL, 0);
INSERT INTO instance_event_tag_key VALUES ('111111111111', 'us-east-1', 'of');
)sql"},
    {34, R"sql(
INSERT INTO nat_gateway VALUES ('nat-00000001', 'us-east-1', '111111111111', 'vpc-00000001',
    'subnet-00000001', 'private', 'available', NULL, NULL, 1000, NULL, 'eni-00000001');
INSERT INTO egress_only_gateway VALUES ('eigw-00000001', 'us-east-1', '111111111111',
    'vpc-00000001');
INSERT INTO vpc_cidr_block VALUES ('vpc-cidr-assoc-00000001', 'us-east-1', '111111111111',
    'vpc-00000001', 'ipv4', '100.64.0.0/16');
INSERT INTO security_group_vpc_association VALUES ('sg-00000001/vpc-00000001', 'us-east-1',
    '111111111111', 'sg-00000001', 'vpc-00000001');
INSERT INTO network_interface_permission VALUES ('eni-perm-00000001', 'us-east-1', '111111111111',
    'eni-00000001', '222222222222', 'INSTANCE-ATTACH');
INSERT INTO interface_ipv6_address VALUES ('eni-00000001', 0, 'subnet-00000001', '2001:db8::5');
INSERT INTO prefix_list VALUES ('pl-00000001', 'us-east-1', '111111111111', 'mine', 'IPv4', 5, 1,
    'create-complete');
INSERT INTO prefix_list_entry VALUES ('pl-00000001', 1, '10.0.0.0/8', NULL);
INSERT INTO interface_prefix VALUES ('eni-00000001', '172.31.0.16/28', 'subnet-00000001');
)sql"},
    {37, R"sql(
INSERT INTO spot_request (id, region, owner, type, state, status_code, status_message,
                          status_time_ms, spot_price, create_time_ms, interruption_behavior,
                          product_description)
    VALUES ('sir-00000001', 'us-east-1', '111111111111', 'one-time', 'open', 'price-too-low', '',
            1000, '0.001', 1000, 'terminate', 'Linux/UNIX');
INSERT INTO spot_request_parameter VALUES ('sir-00000001', 'InstanceType', 't3.micro');
INSERT INTO spot_datafeed_subscription VALUES ('111111111111', 'some-bucket', NULL);
)sql"},
    {38, R"sql(
INSERT INTO capacity_reservation VALUES ('cr-00000001', 'us-east-1', '111111111111', 't3.micro',
    'Linux/UNIX', 'us-east-1a', 'default', 1, 0, 0, 'active', 'open', 1000, 'unlimited', NULL);
INSERT INTO dedicated_host VALUES ('h-00000001', 'us-east-1', '111111111111', 'us-east-1a', NULL,
    'm5', 'on', 'off', 'off', '', 'available', 1000, NULL);
)sql"},
    {39, R"sql(
INSERT INTO vpc_peering_connection VALUES ('pcx-00000001', 'us-east-1', '111111111111',
    'vpc-00000001', 'vpc-00000002', '222222222222', 'eu-west-1', 'active', NULL, 1000, 0, 0, 0, 0);
INSERT INTO vpc_peering_viewer VALUES ('us-east-1', '111111111111', 'pcx-00000001', NULL);
)sql"},
    {40, R"sql(
INSERT INTO vpc_endpoint VALUES ('vpce-00000001', 'us-east-1', '111111111111', 'vpc-00000001',
    'Interface', 'com.amazonaws.us-east-1.ec2', 'available', '{}', 1, 1000);
INSERT INTO vpc_endpoint_route_table VALUES ('vpce-00000001', 'rtb-00000009');
INSERT INTO vpc_endpoint_subnet VALUES ('vpce-00000001', 'subnet-00000001', 'us-east-1a',
    'eni-00000001');
INSERT INTO vpc_endpoint_group VALUES ('vpce-00000001', 'sg-00000001');
)sql"},
    {41, R"sql(
INSERT INTO flow_log VALUES ('fl-00000001', 'us-east-1', '111111111111', 1000, 'vpc-00000001',
    'ALL', 's3', NULL, 'arn:aws:s3:::bucket', NULL, NULL, '${version}', 600, 'parquet', 0, 1);
)sql"},
    {42, R"sql(
INSERT INTO subnet_cidr_reservation VALUES ('scr-00000001', 'us-east-1', '111111111111',
    'subnet-00000001', '172.31.0.64/28', 'prefix', NULL);
)sql"},
    {43, R"sql(
INSERT INTO address_transfer VALUES ('us-east-1', '111111111111', 'eipalloc-00000001', '198.18.0.1',
    '222222222222', 1000, NULL, 1000);
)sql"},
    {44, R"sql(
INSERT INTO instance_connect_endpoint VALUES ('eice-00000001', 'us-east-1', '111111111111',
    'vpc-00000001', 'subnet-00000001', 'us-east-1a', 'eni-00000001', 'create-complete', 'ipv4', 0,
    1000);
)sql"},
    {45, R"sql(
INSERT INTO s3_bucket (name, owner, region, created_ms, ownership, acl, tags, policy,
                       public_access, versioning)
    VALUES ('disks', '111111111111', 'us-east-1', 1000, 'BucketOwnerEnforced', 'private',
            'team=images', NULL, '1111', NULL);
INSERT INTO s3_blob (number, account, size_bytes, held_bytes, boot_id)
  VALUES (1, '111111111111', 5, 4096, NULL);
INSERT INTO s3_removed_blob VALUES (2);
INSERT INTO s3_content VALUES (1, 5);
INSERT INTO s3_piece VALUES (1, 0, 5, 1, 0, NULL);
INSERT INTO s3_object (bucket, key, owner, content, size_bytes, modified_ms, etag, headers,
                       metadata, tags, acl)
    VALUES ('disks', 'a', '111111111111', 1, 5, 1000, 'etag', '', '', '', 'private');
INSERT INTO s3_upload VALUES ('upload-00000001', 'disks', 'b', '111111111111', 1000, '', '', '',
    'private', NULL, NULL);
INSERT INTO s3_part VALUES ('upload-00000001', 1, '111111111111', 2, 0, 1000, 'etag', NULL);
)sql"},
    {46, R"sql(
INSERT INTO import_snapshot_task VALUES ('import-snap-00000001', 'us-east-1', '111111111111',
    'completed', NULL, 'mine', 'a disk', 'disks', 'a', NULL, 'RAW', 'etag', NULL, NULL, 1000, 1000,
    5, 'snap-00000001');
INSERT INTO import_image_task VALUES ('import-ami-00000001', 'us-east-1', '111111111111',
    'completed', NULL, 'mine', 'x86_64', 'xen', 'Linux', 'BYOL', NULL, 'uefi', NULL, NULL, NULL,
    1000, 1000, 'ami-00000001');
INSERT INTO import_image_disk VALUES ('import-ami-00000001', 0, 'a disk', '/dev/sda1', 'disks', 'a',
    NULL, 'RAW', 'etag', 5, 'snap-00000001');
)sql"},
    {47, R"sql(
INSERT INTO iam_role VALUES ('111111111111', 'vmimport', '/', NULL, '{}', 3600, 1000);
INSERT INTO iam_role_tag VALUES ('111111111111', 'vmimport', 'of', 'test');
INSERT INTO iam_role_policy VALUES ('111111111111', 'vmimport', 'disks', '{}');
)sql"},
    {48, R"sql(
INSERT INTO store_image_task VALUES ('store-image-task-00000001', 'us-east-1', '111111111111',
    '9223372036854774807', 'ami-00000001', 'disks', 'ami-00000001.bin', 1, 1000, 1000, 'Failed',
    50, 'why');
INSERT INTO store_image_task_tag VALUES ('store-image-task-00000001', 0, 'key', 'value');
INSERT INTO restore_image_task VALUES ('restore-image-task-00000001', 'us-east-1',
    '111111111111', 'ami-00000001', 'disks', 'a', 'etag', 1);
INSERT INTO restore_image_task_disk VALUES ('restore-image-task-00000001', 0, 'snap-00000001');
)sql"},
    {49, R"sql(
INSERT INTO export_task VALUES ('export-ami-00000001', 'us-east-1', '111111111111', 'image',
    'ami-00000001', 'description', 'VMDK', NULL, NULL, 'vmimport', 'disks', 'exports/',
    'exports/export-ami-00000001.vmdk', 1000, 1000, 'completed', 100, NULL);
)sql"},
    {50, R"sql(
INSERT INTO bundle_task VALUES ('bun-00000001', 'us-east-1', '111111111111', 'i-00000001',
    'bucket/image.manifest.xml', 'bucket', 'new', NULL, NULL, NULL, 1000, 1000, 1000, 'complete',
    100, NULL, NULL);
)sql"},
    {52, R"sql(
INSERT INTO s3_object_part VALUES (1, 1, 5, 'checksum');
)sql"},
    {53, R"sql(
INSERT INTO parameter_version (owner, region, name, version, type, value, data_type, tier,
                               last_modified_ms, last_modified_user, key_id, allowed_pattern)
    VALUES ('111111111111', 'us-east-1', '/a', 2, 'SecureString', 'secret', 'text', 'Standard',
            1000, 'root', 'alias/aws/ssm', '^s');
INSERT INTO parameter_tag VALUES ('111111111111', 'us-east-1', '/a', 'stage', 'test');
)sql"},
    {55, R"sql(
INSERT INTO conversion_task VALUES ('import-vol-00000001', 'us-east-1', '111111111111', 'volume',
    'completed', NULL, 1000, 2000, 'mine', NULL, 'us-east-1a', 'RAW', 5,
    'http://localhost:4566/disks/a', 1, 'vol-00000001', NULL, NULL, NULL, 1, 5);
)sql"},
    {57, R"sql(
UPDATE route_table_association SET gateway_id = (SELECT min(id) FROM internet_gateway)
    WHERE id = 'rtbassoc-00000009';
)sql"},
    {58, R"sql(
INSERT INTO instance_event_window_host VALUES ('iew-00000001', 'h-00000001');
)sql"},
    {59, R"sql(
UPDATE network_interface SET udp_timeout = 45 WHERE id = 'eni-00000001';
)sql"},
    {60, R"sql(
UPDATE network_interface SET primary_ipv6 = 1 WHERE id = 'eni-00000001';
)sql"},
    {61, R"sql(
UPDATE network_interface SET network_card_index = 1 WHERE id = 'eni-00000001';
)sql"},
    {62, R"sql(
UPDATE network_interface SET ena_srd = 1, ena_queue_count = 8 WHERE id = 'eni-00000001';
)sql"},
    {63, R"sql(
UPDATE instance_option SET nested_virtualization = 'enabled';
)sql"},
    {64, R"sql(
INSERT INTO iam_instance_profile VALUES ('111111111111', 'web', 'AIPA222222222222222222', '/',
    'vmimport', 1000);
INSERT INTO iam_instance_profile_tag VALUES ('111111111111', 'web', 'of', 'test');
)sql"},
    {65, R"sql(
INSERT INTO billing_request VALUES ('cr-00000001', '222222222222', 'us-east-1', '111111111111',
    'pending', 1, 1000, 2000, 3000);
)sql"},
    {67, R"sql(
INSERT INTO released_address VALUES ('198.18.0.2', 'us-east-1', '111111111111', 1000);
)sql"},
    {68, R"sql(
UPDATE network_interface SET ipv6_native = 1 WHERE id = 'eni-00000001';
)sql"},
    {72, R"sql(
INSERT INTO iam_role_attachment VALUES ('111111111111', 'vmimport',
    'arn:aws:iam::aws:policy/ReadOnlyAccess');
)sql"},
};

using Steps = std::span<const char* const>;

Steps steps_to(int version)
{
    return migration_steps().first(static_cast<std::size_t>(version));
}

/// A database as the version `version` has left it, with rows in all of its tables.
std::unique_ptr<Database> database_of(int version, const std::string& path = ":memory:")
{
    auto db = open_connection(path, Database::Mode::kReadWrite, Durability::kPrivate);
    migrate(*db, steps_to(version));
    for (const auto& rows : kRows) {
        if (rows.step <= version && (rows.until == 0 || version < rows.until)) {
            db->run(rows.sql);
        }
    }
    return db;
}

std::string newest_schema()
{
    Database db(":memory:", Database::Mode::kReadWrite);
    migrate(db);
    return schema_text(db);
}

TableColumns newest_columns()
{
    Database db(":memory:", Database::Mode::kReadWrite);
    migrate(db);
    return columns_of(db);
}

/// What a run that fails must leave as it was.
std::string everything_in(Database& db)
{
    auto text = schema_text(db);
    for (const auto& [table, rows] : rows_of(db, columns_of(db))) {
        text += fmt::format("{}\n{}\n", table, fmt::join(rows, "\n"));
    }
    return text;
}

std::string bytes_of(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Name → bytes of all files below a folder but the lock, which names the process.
std::map<std::string, std::string> files_below(const fs::path& folder)
{
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().filename() != "lock") {
            files[entry.path().lexically_relative(folder)] = bytes_of(entry.path());
        }
    }
    return files;
}

template <class Action>
std::string error_of(const Action& action)
{
    try {
        action();
    } catch (const StorageError& error) {
        return error.what();
    }
    return "";
}

TEST(Migrations, AreTriedWithARowInEveryTable)
{
    for (int version = 1; version <= schema_version(); ++version) {
        const auto db = database_of(version);
        for (const auto& [table, rows] : rows_of(*db, columns_of(*db))) {
            EXPECT_FALSE(rows.empty()) << "no row for " << table << " of step " << version;
        }
    }
}

TEST(Migrations, UpgradeEveryEarlierVersionToTheSchemaThatIsMadeInOneGo)
{
    const auto newest = newest_schema();
    for (int version = 0; version <= schema_version(); ++version) {
        SCOPED_TRACE(fmt::format("from version {}", version));
        const auto db = database_of(version);
        EXPECT_EQ(user_version(*db), version);
        migrate(*db);
        EXPECT_EQ(schema_text(*db), newest);
        EXPECT_THAT(check_database(*db), IsEmpty());
    }
}

TEST(Migrations, KeepTheRowsOfEveryEarlierVersion)
{
    const auto newest = newest_columns();
    for (int version = 0; version <= schema_version(); ++version) {
        SCOPED_TRACE(fmt::format("from version {}", version));
        const auto db = database_of(version);
        const auto kept = common_columns(columns_of(*db), newest);
        const auto before = rows_of(*db, kept);
        migrate(*db);
        EXPECT_EQ(rows_of(*db, kept), before);
    }
}

TEST(Migrations, MakeInterfacesOfWhatInstancesHad)
{
    const auto db = database_of(kInterfaceStep - 1);
    migrate(*db);
    Statement select(*db,
                     "SELECT e.subnet_id || ' ' || e.mac_address || ' ' || e.instance_id || ' ' ||"
                     " e.attachment_id || ' ' || e.device_index || ' ' || a.address || ' ' ||"
                     " a.public_ip || ' ' || g.group_id FROM network_interface e"
                     " JOIN interface_address a ON a.interface_id = e.id"
                     " JOIN interface_group g ON g.interface_id = e.id");
    select.bind();
    EXPECT_THAT(select.texts(),
                ElementsAre("subnet-00000001 02:00:00:00:00:01 i-00000001 eni-attach-00000001 0 "
                            "172.31.0.4 198.18.0.4 sg-00000001"));
}

TEST(Migrations, CountTheAddressesThatInterfacesHave)
{
    const auto used_of = [](Database& db) {
        migrate(db);
        Statement select(db, "SELECT id || ' ' || used_addresses FROM subnet WHERE used_addresses");
        select.bind();
        return select.texts();
    };
    // Of an address, and of a prefix besides.
    EXPECT_THAT(used_of(*database_of(kInterfaceStep - 1)), ElementsAre("subnet-00000001 1"));
    const auto db = database_of(kUsedAddressStep - 1);
    db->run(
        "INSERT INTO interface_prefix VALUES"
        " ('eni-00000001', '2001:db8:0:0:1::/80', 'subnet-00000001')");
    EXPECT_THAT(used_of(*db), ElementsAre("subnet-00000001 17"));
    db->run("DELETE FROM interface_address");
    EXPECT_THAT(used_of(*db), ElementsAre("subnet-00000001 16"));
}

std::vector<std::string> opcodes_of(Database& db, const std::string& sql)
{
    Statement explain(db, "EXPLAIN " + sql);
    explain.bind();
    std::vector<std::string> opcodes;
    while (explain.step()) {
        auto row = explain.row();
        row.integer();
        opcodes.push_back(row.text());
    }
    return opcodes;
}

// IN over more than two words does, each time that a row is held against it.
TEST(Migrations, LeaveNoCheckThatMakesATemporaryTableWhereMostCallsWrite)
{
    const auto db = database_of(schema_version());
    for (const auto* table : {"snapshot", "volume", "image", "instance", "attachment"}) {
        const auto insert = fmt::format("INSERT INTO {} (state) VALUES ('none')", table);
        EXPECT_THAT(opcodes_of(*db, insert), Not(Contains("OpenEphemeral"))) << table;
        const auto update = fmt::format("UPDATE {} SET state = 'none'", table);
        EXPECT_THAT(error_of([&] { db->run(update); }), HasSubstr("CHECK constraint failed"));
    }
}

TEST(Migrations, StepByStepMakeWhatTheyMakeInOneGo)
{
    const auto db = database_of(0);
    for (int version = 1; version <= schema_version(); ++version) {
        migrate(*db, steps_to(version));
        EXPECT_EQ(user_version(*db), version);
    }
    EXPECT_EQ(schema_text(*db), newest_schema());
}

TEST(Migrations, ChangeNothingOfACurrentDatabase)
{
    const TemporaryDirectory folder;
    const auto db = database_of(schema_version(), folder.path() + "/metadata.sqlite");
    const auto files = files_below(folder.path());
    const auto changes = sqlite3_total_changes64(db->handle());
    const auto schema = schema_text(*db);
    migrate(*db);
    migrate(*db);
    EXPECT_EQ(files_below(folder.path()), files);
    EXPECT_EQ(sqlite3_total_changes64(db->handle()), changes);
    EXPECT_EQ(schema_text(*db), schema);
    EXPECT_EQ(user_version(*db), schema_version());
}

TEST(Migrations, AnUpgradedDatabaseIsCurrentWhenItIsOpenedAgain)
{
    const TemporaryDirectory folder;
    const auto path = folder.path() + "/metadata.sqlite";
    migrate(*database_of(1, path));
    const auto files = files_below(folder.path());
    migrate(*open_connection(path, Database::Mode::kReadWrite, Durability::kPrivate));
    EXPECT_EQ(files_below(folder.path()), files);
}

// Each ends in another way, after something that would stay.
constexpr const char* kFailingSteps[] = {
    "CREATE TABLE half (id TEXT); CREATE TABLE half (id TEXT);",
    "CREATE TABLE half (id TEXT); INSERT INTO half VALUES (1); SELECT no_such_function(1);",
    "CREATE TABLE half (id TEXT NOT NULL); INSERT INTO half VALUES (NULL);",
    "CREATE TABLE half (id TEXT); this is no SQL;",
};

/// From `version`, with `bad_step` in the place of step `failing`.
void expect_rolled_back(int version, int failing, const char* bad_step)
{
    SCOPED_TRACE(fmt::format("from version {}, `{}` as step {}", version, bad_step, failing + 1));
    std::vector<const char*> steps(migration_steps().begin(), migration_steps().end());
    steps.insert(steps.begin() + failing, bad_step);
    const auto db = database_of(version);
    const auto before = everything_in(*db);
    EXPECT_THROW(migrate(*db, steps), StorageError);
    EXPECT_EQ(everything_in(*db), before);
    migrate(*db);
    EXPECT_EQ(user_version(*db), schema_version());
}

TEST(Migrations, RollTheWholeRunBackWhenItsLastStepFails)
{
    for (const auto* bad_step : kFailingSteps) {
        expect_rolled_back(1, schema_version(), bad_step);
    }
    for (int version = 0; version <= schema_version(); ++version) {
        expect_rolled_back(version, schema_version(), kFailingSteps[0]);
    }
}

// From the first version and from the one before it: the runs between differ in nothing else, and
// their number would grow with the square of the steps.
TEST(Migrations, RollTheWholeRunBackWhenAStepOnTheWayFails)
{
    for (int failing = 0; failing < schema_version(); ++failing) {
        expect_rolled_back(0, failing, kFailingSteps[0]);
        expect_rolled_back(failing, failing, kFailingSteps[0]);
    }
}

TEST(Migrations, RollTheWholeRunBackOnAFullDiskAndUpgradeWhenThereIsRoom)
{
    const TemporaryDirectory folder;
    const auto db = database_of(1, folder.path() + "/metadata.sqlite");
    const auto before = everything_in(*db);
    db->run("PRAGMA max_page_count = 1");  // as many as there are, no more
    try {
        migrate(*db);
        ADD_FAILURE() << "the upgrade took no page";
    } catch (const StorageError& error) {
        EXPECT_TRUE(error.is_full_disk()) << error.what();
    }
    EXPECT_EQ(everything_in(*db), before);
    db->run("PRAGMA max_page_count = 1000000");
    migrate(*db);
    EXPECT_EQ(schema_text(*db), newest_schema());
}

TEST(Migrations, RefuseANewerDatabaseWithoutChangingIt)
{
    const auto db = database_of(schema_version());
    db->run("CREATE TABLE of_a_newer_version (id TEXT); PRAGMA user_version = 4711");
    const auto before = everything_in(*db);
    const auto text = fmt::format(
        "open :memory:: written by a newer amilab (schema 4711, this one knows {}); use that "
        "version or another --data directory",
        schema_version());
    EXPECT_EQ(error_of([&] { migrate(*db); }), text);
    EXPECT_EQ(error_of([&] { require_known_version(*db); }), text);
    EXPECT_EQ(everything_in(*db), before);
}

// A list of steps that ends earlier is an older program.
TEST(Migrations, RefuseADatabaseOfTheNextVersionWhicheverThatIs)
{
    for (int version = 1; version <= schema_version(); ++version) {
        const auto db = database_of(version);
        const auto before = everything_in(*db);
        EXPECT_THAT(error_of([&] { migrate(*db, steps_to(version - 1)); }),
                    HasSubstr(fmt::format("schema {}, this one knows {}", version, version - 1)));
        EXPECT_EQ(everything_in(*db), before);
    }
}

// The key of a snapshot was its upload's before it was its own.
TEST(Migrations, GiveDefaultGroupsTheirRules)
{
    const auto db = database_of(21);
    migrate(*db);
    Statement select(*db,
                     "SELECT id || ' ' || group_id || ' ' || is_egress || ' ' || peer"
                     " FROM security_group_rule ORDER BY is_egress");
    select.bind();
    EXPECT_THAT(select.texts(), ElementsAre("sgr-00000001 sg-00000001 0 sg-00000001",
                                            "sgr-10000001 sg-00000001 1 0.0.0.0/0"));
}

/// A database from before the rules for IPv6, whose VPC has a block of it and is as it was made.
class Ipv6Rules : public ::testing::Test {
protected:
    Ipv6Rules()
    {
        db->run(
            "INSERT INTO vpc_cidr_block (id, region, owner, vpc_id, family, cidr_block) VALUES"
            " ('vpc-cidr-assoc-00000002', 'us-east-1', '111111111111', 'vpc-00000001', 'ipv6',"
            "  '2001:db8::/56');"
            "INSERT INTO network_acl VALUES"
            " ('acl-00000001', 'us-east-1', '111111111111', 'vpc-00000001', 1);"
            "INSERT INTO network_acl_entry (network_acl_id, egress, rule_number, protocol,"
            "                               rule_action, cidr_block)"
            " SELECT 'acl-00000001', e.egress, r.number, '-1', r.action, '0.0.0.0/0' FROM"
            "  (SELECT 0 AS egress UNION ALL SELECT 1) e,"
            "  (SELECT 100 AS number, 'allow' AS action UNION ALL SELECT 32767, 'deny') r;"
            "DELETE FROM security_group_rule;"
            "INSERT INTO security_group_rule (id, region, owner, group_id, is_egress, protocol,"
            "                                 from_port, to_port, peer_kind, peer)"
            " VALUES ('sgr-10000001', 'us-east-1', '111111111111', 'sg-00000001', 1, '-1', -1, -1,"
            "         'ipv4', '0.0.0.0/0')");
    }
    std::vector<std::string> entries()
    {
        Statement select(*db,
                         "SELECT network_acl_id || ' ' || egress || ' ' || rule_number || ' ' ||"
                         " rule_action FROM network_acl_entry WHERE ipv6_cidr_block = '::/0'"
                         " ORDER BY network_acl_id, egress, rule_number");
        select.bind();
        return select.texts();
    }
    std::vector<std::string> group_rules()
    {
        Statement select(*db,
                         "SELECT id || ' ' || group_id || ' ' || is_egress || ' ' || peer"
                         " FROM security_group_rule WHERE peer_kind = 'ipv6'");
        select.bind();
        return select.texts();
    }

    std::unique_ptr<Database> db = database_of(kIpv6RuleStep - 1);
};

TEST_F(Ipv6Rules, ComeWhereAVpcIsAsItWasMade)
{
    migrate(*db);
    EXPECT_THAT(entries(), ElementsAre("acl-00000001 0 101 allow", "acl-00000001 0 32768 deny",
                                       "acl-00000001 1 101 allow", "acl-00000001 1 32768 deny",
                                       "acl-00000009 0 32768 deny", "acl-00000009 1 32768 deny"));
    EXPECT_THAT(group_rules(), ElementsAre("sgr-20000001 sg-00000001 1 ::/0"));
}

TEST_F(Ipv6Rules, DoNotComeWhereSomebodyHasChangedThoseOfIpv4)
{
    db->run(
        "UPDATE network_acl_entry SET protocol = '6' WHERE network_acl_id = 'acl-00000001'"
        "  AND egress = 0 AND rule_number = 100;"
        "UPDATE security_group_rule SET peer = '10.0.0.0/8' WHERE is_egress = 1");
    migrate(*db);
    EXPECT_THAT(entries(), ElementsAre("acl-00000001 0 32768 deny", "acl-00000001 1 101 allow",
                                       "acl-00000001 1 32768 deny", "acl-00000009 0 32768 deny",
                                       "acl-00000009 1 32768 deny"));
    EXPECT_THAT(group_rules(), IsEmpty());
}

TEST_F(Ipv6Rules, ThatWereThereAndWereTakenAwayStayAway)
{
    db->run(
        "INSERT INTO network_acl_entry (network_acl_id, egress, rule_number, protocol, rule_action,"
        "                               ipv6_cidr_block)"
        " SELECT id, egress, 32768, '-1', 'deny', '::/0' FROM network_acl,"
        "  (SELECT 0 AS egress UNION ALL SELECT 1)");
    const auto before = entries();
    migrate(*db);
    EXPECT_EQ(entries(), before);
    EXPECT_THAT(group_rules(), IsEmpty());
}

TEST_F(Ipv6Rules, AreNotForVpcsWithoutIpv6)
{
    db->run("DELETE FROM vpc_cidr_block WHERE family = 'ipv6'");
    migrate(*db);
    EXPECT_THAT(entries(), IsEmpty());
    EXPECT_THAT(group_rules(), IsEmpty());
}

TEST(Migrations, HaveTheNextStartTakeUpImportsThatWereActive)
{
    const auto db = database_of(kActiveImportStep - 1);
    db->run(
        "INSERT INTO import_snapshot_task (id, region, owner, state, bucket, key, etag,"
        "                                  start_time_ms, due_time_ms, image_bytes) VALUES"
        " ('import-snap-a', 'us-east-1', '111111111111', 'active', 'b', 'k', 'etag', 0, 0, 5),"
        " ('import-snap-b', 'us-east-1', '111111111111', 'active', 'b', 'k', NULL, 0, 0, 0),"
        " ('import-snap-c', 'us-east-1', '111111111111', 'deleted', 'b', 'k', 'etag', 0, 0, 5);"
        "INSERT INTO import_image_task (id, region, owner, state, start_time_ms, due_time_ms)"
        " VALUES ('import-ami-a', 'us-east-1', '222222222222', 'active', 0, 0),"
        "        ('import-ami-b', 'us-east-1', '222222222222', 'active', 0, 0);"
        "INSERT INTO import_image_disk (task_id, position, bucket, key, etag, image_bytes) VALUES"
        " ('import-ami-a', 0, 'b', 'k', 'etag', 5), ('import-ami-b', 0, 'b', 'k', 'etag', 5),"
        " ('import-ami-b', 1, 'b', 'absent', NULL, 0)");
    insert_transition(*db, {.due_ms = kAtNextStart,
                            .action = "store-image",
                            .resource_id = "store-image-task-a",
                            .account = "111111111111"});
    migrate(*db);
    Statement select(*db,
                     "SELECT action || ' ' || resource_id || ' ' || account FROM transition"
                     " WHERE due_ms = ? ORDER BY sequence");
    select.bind(kAtNextStart);
    EXPECT_THAT(select.texts(),
                ElementsAre("store-image store-image-task-a 111111111111",
                            "import-image-task-works import-ami-a 222222222222",
                            "import-snapshot-task-works import-snap-a 111111111111"));
}

TEST(Migrations, BringTheKeysOfUploadedSnapshotsAlong)
{
    for (int version = 4; version < 9; ++version) {
        const auto db = database_of(version);
        db->run(
            "UPDATE snapshot SET encrypted = 1; UPDATE direct_snapshot SET kms_key_arn = 'key'");
        migrate(*db);
        EXPECT_THAT(rows_of(*db, {{"snapshot", {"kms_key_id"}}})["snapshot"],
                    ElementsAre("kms_key_id='key'"))
            << "from version " << version;
    }
}

/// A data directory that the next version has left: closed, or by a kill, with its last commits
/// still in the WAL.
class NewerDataDirectory : public ::testing::Test {
protected:
    NewerDataDirectory()
    {
        DataDirectory data(options(closed));
        auto writer = data.current()->writer();
        Transaction transaction(writer.db());
        writer.db().run(
            "CREATE TABLE of_a_newer_version (id TEXT NOT NULL PRIMARY KEY) STRICT;"
            "INSERT INTO of_a_newer_version (id) VALUES ('kept');");
        writer.db().run(fmt::format("PRAGMA user_version = {}", schema_version() + 1));
        transaction.commit();
        fs::copy(closed, killed, fs::copy_options::recursive);
    }

    static DataDirectory::Options options(const fs::path& path)
    {
        return {.path = path.string(), .seed = "1", .report = [](auto) {}};
    }

    /// Neither a server nor `amilab check` changes a byte of it, or makes or removes a file.
    static void expect_refused_untouched(const fs::path& path)
    {
        const auto before = files_below(path);
        const auto text = fmt::format(
            "open {}/generation-1/metadata.sqlite: written by a newer amilab (schema {}, this one "
            "knows {}); use that version or another --data directory",
            path.string(), schema_version() + 1, schema_version());
        EXPECT_EQ(error_of([&] { const DataDirectory data(options(path)); }), text);
        EXPECT_EQ(error_of([&] { check_data_directory(path.string()); }), text);
        const auto after = files_below(path);
        EXPECT_EQ(after.size(), before.size());
        for (const auto& [name, bytes] : after) {
            const auto was = before.find(name);
            EXPECT_TRUE(was != before.end() && was->second == bytes) << name;
        }
    }

    TemporaryDirectory folder;
    fs::path closed = fs::path(folder.path()) / "closed";
    fs::path killed = fs::path(folder.path()) / "killed";
};

TEST_F(NewerDataDirectory, IsRefusedUntouched)
{
    EXPECT_FALSE(fs::exists(closed / "generation-1/metadata.sqlite-wal"));
    expect_refused_untouched(closed);
}

TEST_F(NewerDataDirectory, IsRefusedUntouchedWithCommitsInTheWal)
{
    EXPECT_GT(fs::file_size(killed / "generation-1/metadata.sqlite-wal"), 0U);
    expect_refused_untouched(killed);
}

TEST_F(NewerDataDirectory, IsThereForTheVersionThatWroteItAfterwards)
{
    expect_refused_untouched(killed);
    Database db((killed / "generation-1/metadata.sqlite").string(), Database::Mode::kReadWrite);
    EXPECT_EQ(user_version(db), schema_version() + 1);
    const std::string table = "of_a_newer_version";
    EXPECT_THAT(rows_of(db, {{table, {"id"}}})[table], ElementsAre("id='kept'"));
}

}  // namespace
}  // namespace amilab::test
