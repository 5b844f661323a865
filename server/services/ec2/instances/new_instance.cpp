#include "server/services/ec2/instances/new_instance.h"

#include "server/compute/machines.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/instance_states.h"
#include "server/services/ec2/instances/launch_place.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/volumes/new_volumes.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: AWS's addresses are locally administered ones (observed). This one is made of the
/// interface's id, the last 10 of whose hex digits hang on the seed.
std::string mac_address_of(std::string_view interface_id)
{
    constexpr std::size_t kDigits = 10;
    const auto digits = interface_id.substr(interface_id.size() - kDigits);
    std::string mac = "02";
    for (std::size_t i = 0; i < kDigits; i += 2) {
        mac += ':';
        mac += digits.substr(i, 2);
    }
    return mac;
}

void fill_from_image(InstanceRow& row, const ImageRow& image)
{
    // Source: EC2 User Guide, "Configure the AMI" for IMDSv2 (documented).
    const bool needs_tokens = image.imds_support == ImdsSupport::kVersion2;
    row.image_id = image.id.text();
    row.image_owner = image.owner;
    row.architecture = image.architecture;
    row.virtualization_type = image.virtualization_type;
    row.hypervisor = image.hypervisor;
    row.root_device_name = image.root_device_name;
    row.root_device_type = image.root_device_type;
    row.boot_mode = image.boot_mode;
    row.imds_support = image.imds_support;
    row.tpm_support = image.tpm_support;
    row.ena_support = image.ena_support;
    row.sriov_net_support = image.sriov_net_support;
    row.platform = image.platform;
    row.platform_details = image.platform_details;
    row.usage_operation = image.usage_operation;
    row.kernel_id = image.kernel_id;
    row.ramdisk_id = image.ramdisk_id;
    row.http_tokens = needs_tokens ? "required" : "optional";
    row.http_put_response_hop_limit = needs_tokens ? 2 : 1;
}

/// Source: EC2 API Reference, Instance (documented); a new one's reason is its state (observed).
InstanceRow new_row(Session& session, const NewInstance& wanted)
{
    InstanceRow row{.id = session.next_id<InstanceId>()};
    row.region = session.region();
    row.owner = session.account();
    row.reservation_id = wanted.reservation_id;
    row.launch_index = wanted.launch_index;
    row.client_token = wanted.client_token;
    // Source: whole seconds (observed).
    row.launch_time_ms = whole_seconds(session.now_ms());
    row.usage_operation_time_ms = row.launch_time_ms;
    row.state = InstanceStateName::kPending;
    row.state_reason_code = text_of(row.state);
    row.state_reason_message = text_of(row.state);
    row.state_change_time_ms = session.now_ms();
    row.instance_type = wanted.type.name;
    row.current_boot_mode = current_boot_mode(wanted.type, wanted.image.boot_mode);
    row.zone = wanted.subnet.zone;
    row.subnet_id = wanted.subnet.id.text();
    row.vpc_id = wanted.subnet.vpc_id.text();
    row.private_ip = wanted.private_ip;
    row.public_ip = new_public_address(session, wanted.subnet);
    row.network_interface_id = session.next_id<NetworkInterfaceId>().text();
    row.network_attachment_id = session.next_id<NetworkInterfaceAttachmentId>().text();
    row.mac_address = mac_address_of(*row.network_interface_id);
    row.user_data = wanted.user_data;
    row.source_dest_check = true;
    row.key_name = wanted.key_name;
    row.disable_api_termination = wanted.disable_api_termination;
    row.disable_api_stop = wanted.disable_api_stop;
    row.shutdown_behavior = wanted.shutdown_behavior;
    fill_from_image(row, wanted.image);
    return row;
}

void create_volume_of(Session& session, const InstanceRow& instance, const LaunchVolume& wanted,
                      const std::vector<TagRow>& tags)
{
    std::vector<std::string> product_codes_of;
    if (wanted.snapshot) {
        product_codes_of.push_back(wanted.snapshot->id.text());
    }
    if (wanted.device_name == instance.root_device_name) {
        product_codes_of.push_back(instance.image_id);
    }
    const auto id = new_volume(
        session, {.zone = instance.zone,
                  .spec = wanted.spec,
                  .snapshot = wanted.snapshot ? &*wanted.snapshot : nullptr,
                  .encryption = wanted.encryption,
                  .initialization_rate = wanted.initialization_rate,
                  .fast_restored = is_restored_fast(session, wanted.snapshot, instance.zone,
                                                    wanted.initialization_rate),
                  .product_codes_of = std::move(product_codes_of),
                  .tags = tags,
                  .use = VolumeUse::kLaunch});
    insert_attachment(session.db(), {.volume_id = id,
                                     .instance_id = instance.id,
                                     .device = wanted.device_name,
                                     .state = AttachmentState::kAttaching,
                                     .attach_time_ms = session.now_ms(),
                                     .delete_on_termination = wanted.delete_on_termination});
}

}  // namespace

InstanceId new_instance(Session& session, const NewInstance& wanted)
{
    const auto row = new_row(session, wanted);
    std::vector<std::string> groups;
    for (const auto& group : wanted.groups) {
        groups.push_back(group.id);
    }
    insert_instance(session.db(), row, groups);
    copy_product_codes(session.db(), row.image_id, row.id.text());
    for (const auto& volume : wanted.volumes) {
        create_volume_of(session, row, volume, wanted.tags.volume);
    }
    store_tags(session, row.id, wanted.tags.instance);
    store_tags(session, NetworkInterfaceId::trusted(*row.network_interface_id),
               wanted.tags.network_interface);
    tell_machines(session, &Machines::start, row.id);
    schedule_end_of(session, kInstancePending, kInstanceRunning, row.id);
    return row.id;
}

}  // namespace amilab::ec2
