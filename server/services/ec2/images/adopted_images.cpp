#include "server/services/ec2/images/adopted_images.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "server/services/ec2/instance_types/launch_types.h"
#include "storage/metadata/images/launch_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/state/generation.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kRootDevice = "/dev/xvda";
constexpr std::int64_t kRootGib = 8;

bool has_item(const std::optional<LaunchTypeRow>& type, std::string_view item)
{
    return type && list_has(type->architectures, item);
}

/// What the type runs; x86_64 of what it runs several of.
std::string architecture_for(const std::optional<LaunchTypeRow>& type)
{
    for (const auto* architecture : {"x86_64", "arm64", "x86_64_mac", "arm64_mac"}) {
        if (has_item(type, architecture)) {
            return architecture;
        }
    }
    return "x86_64";
}

ImageRow invent(Session& session, const ImageId& id, std::string_view instance_type)
{
    const auto type = select_launch_type(session.db(), std::string(instance_type));
    auto name = fmt::format("adopted-{}", id.text());
    auto location = fmt::format("{}/{}", kNobody, name);
    return {.id = id,
            .region = session.region(),
            .owner = std::string(kNobody),
            .owner_alias = {},
            .name = std::move(name),
            .description = "Made up by amilab for a launch of an unknown image",
            .location = std::move(location),
            .architecture = architecture_for(type),
            .image_type = "machine",
            .is_public = true,
            .state = "available",
            .root_device_name = std::string(kRootDevice),
            .root_device_type = "ebs",
            .virtualization_type = "hvm",
            .hypervisor = "xen",
            .boot_mode = {},
            .imds_support = {},
            .tpm_support = {},
            .ena_support = true,
            .sriov_net_support = "simple",
            .platform = {},
            .platform_details = "Linux/UNIX",
            .usage_operation = "RunInstances",
            .kernel_id = {},
            .ramdisk_id = {},
            .creation_time_ms = session.now_ms(),
            .deprecation_time_ms = {},
            .last_launched_time_ms = {},
            .source_instance_id = {},
            .source_image_id = {},
            .source_image_region = {},
            .free_tier_eligible = false,
            .public_ssm_parameter_name = {}};
}

SnapshotRow invent_snapshot(Session& session)
{
    return {.id = session.next_id<SnapshotId>(),
            .region = session.region(),
            .owner = std::string(kNobody),
            .owner_alias = {},
            .layer_id = {},
            .volume_id = kNoVolumeId,
            .volume_size_gib = kRootGib,
            .description = {},
            .state = "completed",
            .start_time_ms = session.now_ms(),
            .due_time_ms = {},
            .completion_time_ms = session.now_ms(),
            .encrypted = false};
}

/// The well-formed ids among those that the request names that no image has.
std::vector<ImageId> unknown_named_images(Session& session, const DescribeImagesRequest& request)
{
    std::vector<ImageId> unknown;
    if (session.generation().unknown_images() != UnknownImages::kAdopt ||
        request.dry_run.value_or(false)) {
        return unknown;
    }
    for (const auto& text : request.image_ids) {
        const auto id = ImageId::from_text(text);
        if (id && !image_id_is_taken(session.db(), *id)) {
            unknown.push_back(*id);
        }
    }
    return unknown;
}

bool is_unknown_image_named(Session& session, const DescribeImagesRequest& request)
{
    return !unknown_named_images(session, request).empty();
}

void adopt_named_images(Session& session, const DescribeImagesRequest& request)
{
    for (const auto& id : unknown_named_images(session, request)) {
        adopt_unknown_image(session, id, {});
    }
}

}  // namespace

const PrerequisiteOf<DescribeImagesRequest> kAdoptedImages{is_unknown_image_named,
                                                           adopt_named_images};

void fit_adopted_image(Session& session, ImageRow& image, std::string_view instance_type)
{
    if (session.generation().unknown_images() != UnknownImages::kAdopt || image.owner != kNobody ||
        image.last_launched_time_ms) {
        return;
    }
    const auto type = select_launch_type(session.db(), std::string(instance_type));
    if (type && !has_item(type, image.architecture)) {
        image.architecture = architecture_for(type);
        set_image_architecture(session.db(), image.id, image.architecture);
        session.after_commit(
            [id = image.id.text(), architecture = image.architecture](Generation&) {
                spdlog::warn("{} was made up before it was launched, and is {} from now on", id,
                             architecture);
            });
    }
}

std::optional<ImageRow> adopt_unknown_image(Session& session, const ImageId& id,
                                            std::string_view instance_type)
{
    if (session.generation().unknown_images() != UnknownImages::kAdopt ||
        image_id_is_taken(session.db(), id)) {
        return std::nullopt;
    }
    auto image = invent(session, id, instance_type);
    const auto snapshot = invent_snapshot(session);
    insert_snapshot(session.db(), snapshot);
    ImageMappingRow root;
    root.device_name = kRootDevice;
    root.snapshot_id = snapshot.id.text();
    root.volume_size_gib = kRootGib;
    root.volume_type = "gp3";
    root.encrypted = false;
    root.delete_on_termination = true;
    if (!insert_image(session.db(), image, std::nullopt, {&root, 1})) {
        return std::nullopt;
    }
    insert_launch_permission(session.db(), id, {"group", "all"});
    session.after_commit([id = id.text(), region = session.region(),
                          architecture = image.architecture,
                          snapshot = snapshot.id.text()](Generation&) {
        spdlog::warn(
            "{} in {} is unknown and was made up: a public {} Linux image of account {}, HVM with"
            " ENA, {} on {} GiB of gp3 that read as zeros ({})",
            id, region, architecture, kNobody, kRootDevice, kRootGib, snapshot);
    });
    return image;
}

bool is_usable_image(Session& session, std::string_view image_id)
{
    const auto id = ImageId::from_text(image_id);
    if (!id) {
        return false;
    }
    return select_visible_image(session.db(), session.account(), session.region(), *id) ||
           adopt_unknown_image(session, *id, {});
}

}  // namespace amilab::ec2
