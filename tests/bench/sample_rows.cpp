#include "tests/bench/sample_rows.h"

#include <array>
#include <iostream>

#include <fmt/format.h>

#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/network/dhcp_options_rows.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/network/network_interface_rows.h"
#include "storage/metadata/network/security_group_rows.h"
#include "storage/metadata/network/subnet_rows.h"
#include "storage/metadata/network/vpc_rows.h"
#include "storage/metadata/s3/object_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab::bench {

namespace {

constexpr TimeMs kNowMs = 1'700'000'000'000;
// The calls' set-up makes as many: see operations.py.
constexpr std::size_t kVolumes = 100;
constexpr std::int64_t kTagKeys = 40;
// As s3.py has small objects.
constexpr std::int64_t kObjects = 64;
constexpr std::int64_t kObjectBytes = 4096;
constexpr std::string_view kBootId = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
constexpr std::int64_t kAddressesInOctet = 256;

VolumeRow sample_volume(VolumeId id, LayerId layer, VolumeState state)
{
    return {.id = std::move(id),
            .region = std::string(kRegion),
            .owner = std::string(kAccount),
            .zone = "us-east-1a",
            .layer_id = layer,
            .size_gib = 8,
            .snapshot_id = {},
            .volume_type = "gp3",
            .iops = 3000,
            .throughput = 125,
            .encrypted = false,
            .multi_attach = false,
            .state = state,
            .create_time_ms = kNowMs};
}

SnapshotRow sample_snapshot(SnapshotId id, LayerId layer, std::string_view volume)
{
    return {.id = std::move(id),
            .region = std::string(kRegion),
            .owner = std::string(kAccount),
            .layer_id = layer,
            .volume_id = std::string(volume),
            .volume_size_gib = 8,
            .state = SnapshotState::kCompleted,
            .start_time_ms = kNowMs,
            .due_time_ms = kNowMs,
            .completion_time_ms = kNowMs};
}

InstanceRow sample_instance(IdSource& ids, const ImageId& image)
{
    InstanceRow row{.id = ids.next<InstanceId>()};
    row.region = kRegion;
    row.owner = kAccount;
    row.reservation_id = ids.next<ReservationId>().text();
    row.launch_time_ms = kNowMs;
    row.usage_operation_time_ms = kNowMs;
    row.state_change_time_ms = kNowMs;
    row.state = InstanceStateName::kRunning;
    row.instance_type = "t3.micro";
    row.zone = "us-east-1a";
    row.image_id = image.text();
    row.image_owner = kAccount;
    row.architecture = "x86_64";
    row.virtualization_type = "hvm";
    row.hypervisor = "xen";
    row.root_device_name = "/dev/xvda";
    row.root_device_type = "ebs";
    row.current_boot_mode = "legacy-bios";
    row.platform_details = "Linux/UNIX";
    row.usage_operation = "RunInstances";
    row.shutdown_behavior = "stop";
    row.http_tokens = "optional";
    row.http_put_response_hop_limit = 1;
    return row;
}

}  // namespace

void report(std::exception_ptr exception)
{
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& error) {
        std::cerr << "background: " << error.what() << '\n';
    }
}

ImageRow sample_image(ImageId id, std::string_view owner, std::string name, TimeMs now_ms)
{
    return {.id = std::move(id),
            .region = std::string(kRegion),
            .owner = std::string(owner),
            .owner_alias = {},
            .name = name,
            .description = {},
            .location = fmt::format("{}/{}", owner, name),
            .architecture = "x86_64",
            .image_type = "machine",
            .is_public = false,
            .state = ImageState::kAvailable,
            .root_device_name = "/dev/xvda",
            .root_device_type = "ebs",
            .virtualization_type = "hvm",
            .hypervisor = "xen",
            .boot_mode = {},
            .imds_support = {},
            .tpm_support = {},
            .ena_support = true,
            .sriov_net_support = {},
            .platform = {},
            .platform_details = "Linux/UNIX",
            .usage_operation = "RunInstances",
            .kernel_id = {},
            .ramdisk_id = {},
            .creation_time_ms = now_ms,
            .deprecation_time_ms = {},
            .last_launched_time_ms = {},
            .source_instance_id = {},
            .source_image_id = {},
            .source_image_region = {},
            .free_tier_eligible = false,
            .public_ssm_parameter_name = {}};
}

ImageMappingRow sample_mapping(const SnapshotId& snapshot)
{
    ImageMappingRow mapping;
    mapping.device_name = "/dev/xvda";
    mapping.snapshot_id = snapshot.text();
    mapping.volume_size_gib = 8;
    mapping.volume_type = "gp3";
    mapping.delete_on_termination = true;
    return mapping;
}

BucketRow sample_bucket()
{
    return {.name = std::string(kBucket),
            .owner = std::string(kAccount),
            .region = std::string(kRegion),
            .created_ms = kNowMs};
}

SampleRows::SampleRows(Database& db)
    : db_(db),
      ids_(db),
      snapshot_(ids_.next<SnapshotId>()),
      image_(ids_.next<ImageId>()),
      vpc_id_(ids_.next<VpcId>().text()),
      subnet_id_(ids_.next<SubnetId>().text()),
      group_id_(ids_.next<SecurityGroupId>().text())
{
    Transaction transaction(db_);
    make_network();
    snapshot_layer_ = add_layer(std::nullopt);
    mark_layer_sealed(db_, snapshot_layer_, kBootId);
    insert_snapshot(db_, sample_snapshot(snapshot_, snapshot_layer_, "vol-ffffffff"));
    const std::array mappings = {sample_mapping(snapshot_)};
    insert_image(db_, sample_image(image_, kAccount, "floor", kNowMs), {}, mappings);
    make_volumes();
    insert_bucket(db_, sample_bucket());
    transaction.commit();
}

LayerId SampleRows::add_layer(std::optional<LayerId> parent)
{
    const auto layer = static_cast<LayerId>(next_layer_++);
    insert_layer(db_, layer, parent, kNowMs);
    return layer;
}

void SampleRows::make_network()
{
    const auto vpc = VpcId::trusted(vpc_id_);
    const auto options = ids_.next_text("dopt");
    insert_row<kDhcpOptionsColumns>(db_, {.id = DhcpOptionsId::trusted(options),
                                          .region = std::string(kRegion),
                                          .owner = std::string(kAccount),
                                          .is_default = true});
    insert_vpc(db_, {.id = vpc,
                     .region = std::string(kRegion),
                     .owner = std::string(kAccount),
                     .cidr_block = "172.31.0.0/16",
                     .cidr_association_id = ids_.next_text("vpc-cidr-assoc"),
                     .dhcp_options_id = options,
                     .is_default = true});
    insert_subnet(db_, {.id = SubnetId::trusted(subnet_id_),
                        .region = std::string(kRegion),
                        .owner = std::string(kAccount),
                        .vpc_id = vpc,
                        .zone = "us-east-1a",
                        .cidr_block = "172.31.0.0/20",
                        .default_for_zone = true,
                        .map_public_ip_on_launch = true});
    insert_row<kSecurityGroupColumns>(db_, {.id = SecurityGroupId::trusted(group_id_),
                                            .region = std::string(kRegion),
                                            .owner = std::string(kAccount),
                                            .vpc_id = vpc,
                                            .name = "default",
                                            .description = "default VPC security group"});
}

void SampleRows::make_volumes()
{
    for (std::size_t i = 0; i < kVolumes; ++i) {
        auto row =
            sample_volume(ids_.next<VolumeId>(), add_layer(std::nullopt), VolumeState::kAvailable);
        insert_volume(db_, row);
        volumes_.push_back({std::move(row.id), row.layer_id});
    }
}

void SampleRows::create_snapshot()
{
    auto& volume = volumes_[static_cast<std::size_t>(count_++) % volumes_.size()];
    const auto id = ids_.next<SnapshotId>();
    mark_layer_sealed(db_, volume.top, kBootId);
    insert_snapshot(db_, sample_snapshot(id, volume.top, volume.id.text()));
    volume.top = add_layer(volume.top);
    set_volume_layer(db_, volume.id, volume.top);
}

void SampleRows::create_tags()
{
    ++count_;
    upsert_tags(db_, kAccount, kRegion, {image_.text(), "image"},
                {{fmt::format("k{}", count_ % kTagKeys), fmt::format("v{}", count_)}});
}

void SampleRows::register_image()
{
    const std::array mappings = {sample_mapping(snapshot_)};
    insert_image(
        db_,
        sample_image(ids_.next<ImageId>(), kAccount, fmt::format("image-{}", ++count_), kNowMs), {},
        mappings);
}

void SampleRows::put_object()
{
    const BlobNumber blob{++blobs_};
    ObjectRow row;
    row.bucket = kBucket;
    row.key = fmt::format("object-{}", ++count_ % kObjects);
    row.owner = kAccount;
    row.content = insert_content(db_, kObjectBytes);
    row.size_bytes = kObjectBytes;
    row.modified_ms = kNowMs;
    row.etag = "d41d8cd98f00b204e9800998ecf8427e";
    row.headers = "Content-Type: binary/octet-stream\n";
    row.checksum_algorithm = ChecksumAlgorithm::kCrc64Nvme;
    row.checksum_type = ChecksumType::kFullObject;
    row.checksum = "AAAAAAAAAAA=";
    insert_blob(db_, {.number = blob,
                      .account = std::string(kAccount),
                      .size_bytes = kObjectBytes,
                      .held_bytes = kObjectBytes,
                      .boot_id = std::string(kBootId)});
    insert_piece(db_,
                 {.content = row.content, .length_bytes = kObjectBytes, .blob = blob, .part = {}});
    put_object_row(db_, row);
    forget_removed_blobs(db_, select_removed_blobs(db_));
}

void SampleRows::run_instances()
{
    launch_one();
}

void SampleRows::run_instances_by_template()
{
    upsert_tags(db_, kAccount, kRegion, {launch_one().text(), "instance"},
                {{"aws:ec2launchtemplate:id", "lt-0123456789abcdef0"},
                 {"aws:ec2launchtemplate:version", "1"}});
}

InstanceId SampleRows::launch_one()
{
    const auto address = ++count_;
    auto instance = sample_instance(ids_, image_);
    insert_instance(db_, instance);
    const auto interface_id = ids_.next<NetworkInterfaceId>();
    insert_network_interface(db_,
                             {.id = interface_id,
                              .region = instance.region,
                              .owner = instance.owner,
                              .subnet_id = SubnetId::trusted(subnet_id_),
                              .vpc_id = VpcId::trusted(vpc_id_),
                              .zone = instance.zone,
                              .mac_address = "02:5e:10:00:00:01",
                              .instance_id = instance.id,
                              .attachment_id = ids_.next<NetworkInterfaceAttachmentId>(),
                              .device_index = 0,
                              .attach_time_ms = kNowMs,
                              .delete_on_termination = true,
                              .associate_public_ip = true},
                             {SecurityGroupId::trusted(group_id_)});
    ids_.next_number("public-ip");
    insert_interface_address(
        db_, interface_id, 0, SubnetId::trusted(subnet_id_),
        fmt::format("172.31.{}.{}", address / kAddressesInOctet, address % kAddressesInOctet),
        fmt::format("198.18.{}.{}", address / kAddressesInOctet, address % kAddressesInOctet));
    auto volume =
        sample_volume(ids_.next<VolumeId>(), add_layer(snapshot_layer_), VolumeState::kInUse);
    volume.snapshot_id = snapshot_.text();
    insert_volume(db_, volume);
    insert_attachment(db_, {.volume_id = volume.id,
                            .instance_id = instance.id,
                            .device = "/dev/xvda",
                            .state = AttachmentState::kAttached,
                            .attach_time_ms = kNowMs,
                            .delete_on_termination = true});
    set_image_last_launched(db_, image_, kNowMs);
    return instance.id;
}

}  // namespace amilab::bench
