#include "server/services/ec2/images/image_copies.h"
#include "server/wire/ec2/images/image_copies.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/allowed_images.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/image_names.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/images/new_image.h"
#include "server/services/ec2/snapshots/snapshot_copies.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "storage/metadata/images/catalogue_builder.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

namespace {

// Source: 128 characters (documented in the service model).
constexpr std::size_t kMostCopyTokenCharacters = 128;

// Source: tags of such keys are shared with those who share the image (documented).
constexpr std::string_view kSharedTag = "ec2:SharedTag/";

/// What of the request needs no state.
struct Wish {
    ImageId source_id;
    SnapshotCopy snapshots;
    std::vector<TagRow> image_tags;
};

Wish check_request(const Session& session, const CopyImageRequest& request)
{
    check_image_name(request.name);
    const auto& minutes = request.snapshot_copy_completion_duration_minutes;
    check_completion_minutes(minutes, "SnapshotCopyCompletionDurationMinutes");
    const auto& tags = request.tag_specifications;
    return {.source_id = parse_id<ImageId>(request.source_image_id),
            .snapshots = {.encryption =
                              parse_encryption(session, request.encrypted, request.kms_key_id),
                          .description = {},
                          .completion_minutes = minutes,
                          .tags = parse_tags<SnapshotId, ImageId>(tags)},
            .image_tags = parse_tags<ImageId, SnapshotId>(tags)};
}

/// Source: an image that is visible and available; codes observed at launches, assumed here. One
/// that the caller's Allowed AMIs settings hide in its region is not there either (assumed).
ImageRow require_source(Session& session, const CopyImageRequest& request, const ImageId& id)
{
    auto image = select_visible_image(session.db(), session.account(), request.source_region, id);
    if (!image || !is_allowed_image(session, request.source_region, id)) {
        throw not_found(id);
    }
    if (image->state == ImageState::kDeregistered) {
        throw image_unavailable(id);
    }
    if (image->state != ImageState::kAvailable) {
        throw image_in_wrong_state(id, text_of(image->state));
    }
    return std::move(*image);
}

/// What of another account's image can be copied at all. Source: refusals and texts observed;
/// Windows, RHEL and the like have billing product codes, which shows in what they are billed as.
void check_copyable(Session& session, const ImageRow& image)
{
    if (image.owner == session.account()) {
        return;
    }
    if (!select_product_codes(session.db(), image.id.text()).empty()) {
        throw marketplace_image_not_copyable();
    }
    if (image.usage_operation != kPlainUsageOperation) {
        throw billed_image_not_copyable();
    }
}

/// The snapshots behind the image, each of which the caller must be allowed to make volumes of:
/// a shared image can be launched without that, but not copied. Source: documented, text observed.
/// Amazon's and the publishers' own images are copied though nobody else sees their snapshots
/// (observed of Amazon Linux, assumed of the others).
std::vector<std::optional<SnapshotRow>> require_storage(
    Session& session, const ImageRow& image, const std::vector<ImageMappingRow>& mappings)
{
    const bool is_published = catalogue_has_image(session.db(), image.id);
    std::vector<std::optional<SnapshotRow>> snapshots;
    for (const auto& mapping : mappings) {
        auto& found = snapshots.emplace_back();
        if (!mapping.snapshot_id) {
            continue;
        }
        const auto id = SnapshotId::trusted(*mapping.snapshot_id);
        found = select_snapshot(session.db(), image.region, id);
        const bool is_allowed =
            found && (is_published ||
                      select_visible_snapshot(session.db(), session.account(), image.region, id));
        if (!is_allowed) {
            throw image_storage_not_permitted();
        }
    }
    return snapshots;
}

/// Source: the caller's own tags on the image, and the owner's that are shared (documented).
std::vector<TagRow> tags_to_copy(Session& session, const ImageRow& source,
                                 const std::vector<TagRow>& wanted)
{
    auto tags = select_tags(session.db(), session.account(), source.id.text());
    if (source.owner != session.account()) {
        for (auto& tag : select_tags(session.db(), source.owner, source.id.text())) {
            if (tag.key.starts_with(kSharedTag)) {
                tags.push_back(std::move(tag));
            }
        }
    }
    // What the call says goes over what the source has.
    std::erase_if(tags, [&](const TagRow& tag) {
        return std::any_of(wanted.begin(), wanted.end(),
                           [&](const TagRow& one) { return one.key == tag.key; });
    });
    tags.insert(tags.end(), wanted.begin(), wanted.end());
    return tags;
}

/// Source: name and description are the call's, launch permissions do not come along (documented).
ImageRow make_row(const CopyImageRequest& request, const ImageId& id, const ImageRow& source)
{
    return {.id = id,
            .name = request.name,
            .description = request.description,
            .architecture = source.architecture,
            .image_type = source.image_type,
            .root_device_name = source.root_device_name,
            .root_device_type = source.root_device_type,
            .virtualization_type = source.virtualization_type,
            .hypervisor = source.hypervisor,
            .boot_mode = source.boot_mode,
            .imds_support = source.imds_support,
            .tpm_support = source.tpm_support,
            .ena_support = source.ena_support,
            .sriov_net_support = source.sriov_net_support,
            .platform = source.platform,
            .platform_details = source.platform_details,
            .usage_operation = source.usage_operation,
            .kernel_id = source.kernel_id,
            .ramdisk_id = source.ramdisk_id,
            .source_image_id = source.id.text(),
            .source_image_region = source.region,
            // Source: observed.
            .free_tier_eligible = source.free_tier_eligible};
}

/// 1,566,308,778,174
std::string with_commas(TimeMs number)
{
    constexpr std::size_t kGroup = 3;
    const auto digits = std::to_string(number);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        if (i > 0 && (digits.size() - i) % kGroup == 0) {
            text += ',';
        }
        text += digits[i];
    }
    return text;
}

/// Copies the snapshots, one for each device, and puts the copies into the mappings.
void copy_storage(Session& session, const ImageId& id, const ImageRow& source,
                  const std::vector<std::optional<SnapshotRow>>& snapshots, SnapshotCopy wanted,
                  std::vector<ImageMappingRow>& mappings)
{
    for (std::size_t i = 0; i < mappings.size(); ++i) {
        if (!snapshots[i]) {
            continue;
        }
        // Source: observed.
        wanted.description = fmt::format(
            "Copied for DestinationAmi {} from SourceAmi {} for SourceSnapshot {}. Task created on "
            "{}.",
            id.text(), source.id.text(), snapshots[i]->id.text(), with_commas(session.now_ms()));
        const auto copy = start_snapshot_copy(session, *snapshots[i], wanted);
        mappings[i].snapshot_id = copy.id.text();
        mappings[i].encrypted = copy.encrypted;
    }
}

}  // namespace

// Source: EC2 API Reference, CopyImage (documented).
CopyImageResponse copy_image(Session& session, const CopyImageRequest& request)
{
    auto wish = check_request(session, request);
    require_source_region(session, request.source_region);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = CopyImageRequest::kOperation;
    if (const auto made =
            made_before(session, kOperation, request.client_token, kMostCopyTokenCharacters)) {
        return {.image_id = made};
    }
    const auto source = require_source(session, request, wish.source_id);
    check_copyable(session, source);
    auto mappings = select_image_mappings(session.db(), source.id);
    const auto snapshots = require_storage(session, source, mappings);

    const auto id = session.next_id<ImageId>();
    copy_storage(session, id, source, snapshots, wish.snapshots, mappings);
    new_image(session,
              {.row = make_row(request, id, source),
               .uefi_data = select_image_uefi_data(session.db(), source.id),
               .mappings = std::move(mappings),
               .tags = request.copy_image_tags.value_or(false)
                           ? tags_to_copy(session, source, wish.image_tags)
                           : wish.image_tags,
               .product_codes_of = {source.id.text()},
               // Source: watermarks go to all images that are made of one (documented).
               .watermarks_of = source.id.text(),
               // Source: only RegisterImage and CreateImage want a new name (observed of tools).
               .name = ImageName::kAny,
               .available_ms = std::max(session.due_ms(kImagePending),
                                        copy_due_ms(session, wish.snapshots.completion_minutes))});
    remember_token(session, kOperation, request.client_token, id.text());
    return {.image_id = id.text()};
}

namespace {

constexpr Operation kOperations[] = {
    write<copy_image>(kCopyImage),
};

}  // namespace

constinit const Family kImageCopies{.operations = kOperations};

}  // namespace amilab::ec2
