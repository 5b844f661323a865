#include "server/services/ec2/instances/new_instance.h"

#include "server/compute/machines.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/host_placement.h"
#include "server/services/ec2/instances/iam_instance_profiles.h"
#include "server/services/ec2/instances/instance_consoles.h"
#include "server/services/ec2/instances/instance_states.h"
#include "server/services/ec2/instances/reserved_capacity.h"
#include "server/services/ec2/snapshots/fast_restores.h"
#include "server/services/ec2/volumes/new_volumes.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

void fill_from_image(InstanceRow& row, const ImageRow& image)
{
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
}

/// Source: EC2 API Reference, Instance (documented); a new one's reason is its state (observed).
InstanceRow new_row(Session& session, const NewInstance& wanted)
{
    InstanceRow row{.id = wanted.id ? *wanted.id : session.next_id<InstanceId>()};
    row.region = session.region();
    row.owner = session.account();
    row.reservation_id = wanted.reservation_id;
    row.launch_index = wanted.launch_index;
    row.client_token = wanted.client_token;
    // Source: whole seconds (observed).
    row.launch_time_ms = whole_seconds(session.now_ms());
    row.usage_operation_time_ms = row.launch_time_ms;
    if (wanted.begin == InstanceBegin::kRunning) {
        row.state = InstanceStateName::kPending;
        row.state_reason_code = text_of(row.state);
        row.state_reason_message = text_of(row.state);
    } else {
        row.state = InstanceStateName::kStopped;
    }
    row.state_change_time_ms = session.now_ms();
    row.instance_type = wanted.type.name;
    row.current_boot_mode = current_boot_mode(wanted.type, wanted.image.boot_mode);
    row.zone = wanted.interfaces.front().subnet.zone;
    row.user_data = wanted.user_data;
    if (wanted.key_pair) {
        row.key_name = wanted.key_pair->name;
    }
    row.disable_api_termination = wanted.disable_api_termination;
    row.disable_api_stop = wanted.disable_api_stop;
    row.shutdown_behavior = wanted.shutdown_behavior;
    fill_from_image(row, wanted.image);
    row.http_tokens = wanted.options.http_tokens;
    row.http_put_response_hop_limit = wanted.options.http_put_response_hop_limit;
    row.ebs_optimized = wanted.options.ebs_optimized;
    if (wanted.options.kernel_id) {
        row.kernel_id = wanted.options.kernel_id;
    }
    if (wanted.options.ramdisk_id) {
        row.ramdisk_id = wanted.options.ramdisk_id;
    }
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
                  .layer = wanted.layer,
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
    insert_instance(session.db(), row);
    add_interfaces(session, row.id, wanted.interfaces,
                   static_cast<std::size_t>(wanted.launch_index), wanted.tags.network_interface);
    auto options = wanted.options.row;
    options.instance_id = row.id;
    if (wanted.spot) {
        options.spot_request_id = fulfil_spot_request(session, row, *wanted.spot).text();
    }
    const bool begins_to_run = wanted.begin == InstanceBegin::kRunning;
    if (begins_to_run) {
        take_host(session, options, row.instance_type, row.zone);
        take_reserved_capacity(session, options, needs_of(row, options));
    }
    insert_instance_options(session.db(), options);
    if (wanted.options.profile) {
        associate_profile(session, row.id, *wanted.options.profile);
    }
    copy_product_codes(session.db(), row.image_id, row.id.text());
    for (const auto& volume : wanted.volumes) {
        create_volume_of(session, row, volume, wanted.tags.volume);
    }
    store_tags(session, row.id, wanted.tags.instance);
    make_password(session, row, wanted.key_pair);
    if (begins_to_run) {
        tell_machines(session, &Machines::start, row.id);
        schedule_end_of(session, kInstancePending, kInstanceRunning, row.id);
    } else {
        mark_attachments_attached(session.db(), row.id);
        drop_public_addresses(session, row.id);
    }
    return row.id;
}

}  // namespace amilab::ec2
