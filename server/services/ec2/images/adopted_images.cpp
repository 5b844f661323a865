#include "server/services/ec2/images/adopted_images.h"

#include <fmt/format.h>

#include "server/calls/new_snapshot.h"
#include "server/log/log.h"
#include "server/services/ec2/images/new_image.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/volumes/volume_type.h"
#include "storage/state/settings.h"

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
    return {.id = id,
            .owner = std::string(kNobody),
            .name = fmt::format("adopted-{}", id.text()),
            .description = "Made up by amilab for a launch of an unknown image",
            .architecture = architecture_for(type),
            .image_type = std::string(text_of(ImageType::kMachine)),
            .is_public = true,
            .root_device_name = std::string(kRootDevice),
            .root_device_type = std::string(text_of(RootDeviceType::kEbs)),
            .virtualization_type = std::string(text_of(VirtualizationType::kHvm)),
            .hypervisor = std::string(text_of(Hypervisor::kXen)),
            .ena_support = true,
            .sriov_net_support = std::string(text_of(SriovNetSupport::kSimple)),
            .platform_details = "Linux/UNIX",
            .usage_operation = std::string(kPlainUsageOperation)};
}

/// Returns its id.
std::string invent_snapshot(Session& session)
{
    return new_snapshot(session, {.id = session.next_id<SnapshotId>(),
                                  .start = SnapshotStart::kCompleted,
                                  .owner = std::string(kNobody),
                                  .volume_size_gib = kRootGib})
        .id.text();
}

/// The well-formed ids among those that the request names that no image has.
std::vector<ImageId> unknown_named_images(Session& session, const DescribeImagesRequest& request)
{
    std::vector<ImageId> unknown;
    if (session.settings().catalogue().unknown_images != UnknownImages::kAdopt ||
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
    if (session.settings().catalogue().unknown_images != UnknownImages::kAdopt ||
        image.owner != kNobody || image.last_launched_time_ms) {
        return;
    }
    const auto type = select_launch_type(session.db(), std::string(instance_type));
    if (type && !has_item(type, image.architecture)) {
        image.architecture = architecture_for(type);
        set_image<&ImageRow::architecture>(session.db(), image.id, image.architecture);
        session.after_commit(
            [id = image.id.text(), architecture = image.architecture](Generation&) {
                log::warn("{} was made up before it was launched, and is {} from now on", id,
                          architecture);
            });
    }
}

std::optional<ImageRow> adopt_unknown_image(Session& session, const ImageId& id,
                                            std::string_view instance_type)
{
    if (session.settings().catalogue().unknown_images != UnknownImages::kAdopt ||
        image_id_is_taken(session.db(), id)) {
        return std::nullopt;
    }
    const auto snapshot = invent_snapshot(session);
    auto image =
        new_image(session, {.row = invent(session, id, instance_type),
                            .mappings = {{.device_name = std::string(kRootDevice),
                                          .snapshot_id = snapshot,
                                          .volume_size_gib = kRootGib,
                                          .volume_type = std::string(text_of(VolumeType::kGp3)),
                                          .encrypted = false,
                                          .delete_on_termination = true}}});
    insert_launch_permission(session.db(), id, {GranteeKind::kGroup, std::string(kEverybody)});
    session.after_commit([id = id.text(), region = session.region(),
                          architecture = image.architecture, snapshot](Generation&) {
        log::warn(
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
