#include "server/services/ec2/images/images.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "server/services/ec2/common/bin.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/former_images.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/adopted_images.h"
#include "server/services/ec2/images/allowed_images.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/image_annotations.h"
#include "server/services/ec2/images/image_manifests.h"
#include "server/services/ec2/images/image_mappings.h"
#include "server/services/ec2/images/image_names.h"
#include "server/services/ec2/images/new_image.h"
#include "server/services/ec2/snapshots/snapshot_locks.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/wire/ec2/images/images.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"
#include "storage/metadata/images/fast_launch_rows.h"
#include "storage/metadata/images/image_life_rows.h"
#include "storage/metadata/images/image_lineage_rows.h"
#include "storage/metadata/images/image_search.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/sql/children.h"

namespace amilab::ec2 {

namespace {

std::string require_virtualization(const std::optional<std::string>& wanted)
{
    // Source: EC2 API Reference, RegisterImage: paravirtual by default (documented).
    const auto type = wanted.value_or(std::string(text_of(VirtualizationType::kParavirtual)));
    if (!find_word<VirtualizationType>(type)) {
        throw invalid_value(type, "virtualizationType", "Expected hvm or paravirtual.");
    }
    return type;
}

/// Source: EC2 User Guide, "Boot modes" and "NitroTPM" (documented which go together); the codes
/// and texts are assumed.
void check_platform(const RegisterImageRequest& request, std::string_view architecture,
                    std::string_view virtualization)
{
    const bool is_arm = architecture.starts_with("arm64");
    const auto boot_mode = request.boot_mode.value_or("");
    if (request.boot_mode && !find_word<BootMode>(boot_mode)) {
        throw wire::invalid_parameter_value("bootMode", boot_mode, "");
    }
    if (is_arm && virtualization != VirtualizationType::kHvm) {
        throw invalid_parameter_combination(
            fmt::format("The architecture {} needs the virtualization type hvm, not {}.",
                        architecture, virtualization));
    }
    if (is_arm && !boot_mode.empty() && boot_mode != BootMode::kUefi) {
        throw invalid_parameter_combination(fmt::format(
            "The architecture {} boots by uefi only, not {}.", architecture, boot_mode));
    }
    if (boot_mode.starts_with("uefi") && virtualization != VirtualizationType::kHvm) {
        throw invalid_parameter_combination(
            fmt::format("The boot mode {} needs the virtualization type hvm.", boot_mode));
    }
    if (request.tpm_support && boot_mode != BootMode::kUefi) {
        throw invalid_parameter_combination("TpmSupport needs the boot mode uefi.");
    }
    // Source: base64 (documented); the code is assumed.
    if (request.uefi_data && !wire::decode_base64(*request.uefi_data)) {
        throw invalid_parameter_value("UefiData is not base64.");
    }
    if (request.uefi_data && !boot_mode.starts_with("uefi")) {
        throw invalid_parameter_combination("UefiData needs the boot mode uefi or uefi-preferred.");
    }
    if (request.sriov_net_support && *request.sriov_net_support != SriovNetSupport::kSimple) {
        throw invalid_value(*request.sriov_net_support, "sriovNetSupport", "Expected simple.");
    }
    if (request.ena_support.value_or(false) && virtualization != VirtualizationType::kHvm) {
        throw invalid_parameter_combination("EnaSupport needs the virtualization type hvm.");
    }
}

/// Source: an instance store image's manifest is at ImageLocation (documented). That its root has
/// no snapshot is assumed.
void check_location(const RegisterImageRequest& request,
                    const std::vector<ImageMappingRow>& mappings)
{
    if (!request.image_location) {
        if (!request.root_device_name) {
            throw missing_parameter("RootDeviceName");
        }
        return;
    }
    const auto& location = *request.image_location;
    const auto slash = location.find('/');
    if (slash == 0 || slash == std::string::npos || slash + 1 == location.size()) {
        throw invalid_manifest(location);
    }
    const auto* root = find_root_mapping(mappings, request.root_device_name);
    if (root != nullptr && !root->virtual_name) {
        throw invalid_parameter_combination(
            "An image at an ImageLocation has its root on the instance store: the root device "
            "cannot be mapped to a volume.");
    }
}

std::vector<ImageMappingRow> complete_mappings(Session& session,
                                               std::vector<ImageMappingRow> mappings,
                                               const RegisterImageRequest& request)
{
    const auto* root = find_root_mapping(mappings, request.root_device_name);
    for (auto& mapping : mappings) {
        complete_mapping(session, mapping, &mapping == root);
    }
    const bool has_root = root != nullptr && root->snapshot_id;
    if (!has_root && !request.image_location) {
        throw invalid_parameter_combination("No root snapshot specified in device mapping.");
    }
    return mappings;
}

/// Source: i386 by default (documented); an instance store image's is in its manifest.
std::string architecture_of(const RegisterImageRequest& request)
{
    return request.architecture.value_or(std::string(text_of(Architecture::kI386)));
}

ImageRow make_row(const RegisterImageRequest& request)
{
    return {.name = request.name,
            .description = request.description,
            .location = request.image_location.value_or(""),
            .architecture = architecture_of(request),
            .image_type = std::string(text_of(ImageType::kMachine)),
            .root_device_name = request.root_device_name,
            .root_device_type = std::string(text_of(
                request.image_location ? RootDeviceType::kInstanceStore : RootDeviceType::kEbs)),
            .virtualization_type = require_virtualization(request.virtualization_type),
            .hypervisor = std::string(text_of(Hypervisor::kXen)),
            .boot_mode = request.boot_mode,
            .imds_support = request.imds_support,
            .tpm_support = request.tpm_support,
            .ena_support = request.ena_support.value_or(false),
            .sriov_net_support = request.sriov_net_support,
            .platform_details = "Linux/UNIX",
            .usage_operation = std::string(kPlainUsageOperation),
            .kernel_id = request.kernel_id,
            .ramdisk_id = request.ramdisk_id};
}

/// The snapshots behind the devices, whose product codes an image gets.
/// Source: documented of Marketplace product codes.
std::vector<std::string> snapshots_of(const std::vector<ImageMappingRow>& mappings)
{
    std::vector<std::string> snapshots;
    for (const auto& mapping : mappings) {
        if (mapping.snapshot_id) {
            snapshots.push_back(*mapping.snapshot_id);
        }
    }
    return snapshots;
}

/// Puts into the answer what the row alone says.
void add_row(const Session& session, ImageRow&& row, Image& image)
{
    image.architecture = std::move(row.architecture);
    image.boot_mode = std::move(row.boot_mode);
    image.creation_date = wire::format_timestamp({row.creation_time_ms});
    image.deprecation_time = time_text(row.deprecation_time_ms);
    image.deregistration_protection = text_of(row.deregistration_protection);
    image.description = std::move(row.description);
    image.ena_support = row.ena_support;
    image.free_tier_eligible = row.free_tier_eligible;
    image.hypervisor = std::move(row.hypervisor);
    image.image_allowed = row.allowed;
    image.image_id = row.id.text();
    image.image_location = std::move(row.location);
    image.image_owner_alias = std::move(row.owner_alias);
    image.image_type = std::move(row.image_type);
    image.imds_support = std::move(row.imds_support);
    image.kernel_id = std::move(row.kernel_id);
    // Only the owner learns when an image was last launched.
    // Source: EC2 API Reference, Image (documented).
    if (row.owner == session.account()) {
        image.last_launched_time = time_text(reported_launch_ms(row, session.now_ms()));
    }
    image.name = std::move(row.name);
    image.owner_id = std::move(row.owner);
    image.platform = std::move(row.platform);
    image.platform_details = std::move(row.platform_details);
    image.public_value = row.is_public;
    image.public_ssm_parameter_name = std::move(row.public_ssm_parameter_name);
    image.ramdisk_id = std::move(row.ramdisk_id);
    image.root_device_name = std::move(row.root_device_name);
    image.root_device_type = std::move(row.root_device_type);
    image.source_image_id = std::move(row.source_image_id);
    image.source_image_region = std::move(row.source_image_region);
    image.source_instance_id = std::move(row.source_instance_id);
    image.sriov_net_support = std::move(row.sriov_net_support);
    image.state = text_of(row.state);
    if (row.state_reason_code) {
        image.state_reason = StateReason{.code = std::move(row.state_reason_code),
                                         .message = std::move(row.state_reason_message)};
    }
    image.tpm_support = std::move(row.tpm_support);
    image.usage_operation = std::move(row.usage_operation);
    image.virtualization_type = std::move(row.virtualization_type);
}

/// Source: a copy that is pending has no snapshots yet (observed).
void hide_pending_snapshot(const Image& image, BlockDeviceMapping& mapping)
{
    const bool is_copy = image.source_image_id && !image.source_instance_id;
    if (is_copy && image.state == ImageState::kPending && mapping.ebs) {
        mapping.ebs->snapshot_id.reset();
    }
}

/// The images of a page and what belongs to them.
std::vector<Image> to_answers(Session& session, std::vector<ImageRow>&& rows)
{
    const auto ids = ids_of(rows);
    std::vector<std::string> annotated;
    for (const auto& row : rows) {
        if (row.annotated) {
            annotated.push_back(row.id.text());
        }
    }
    const PageAnnotations annotations(session, annotated);
    const auto mappings = select_image_mappings(session.db(), ids);
    const PageTags tags(session, ids);
    const PageProductCodes codes(session, ids);
    std::vector<Image> answers(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& answer = answers[i];
        add_row(session, std::move(rows[i]), answer);
        annotations.add_to(answer, ids[i]);
        for (const auto& mapping : children_of(mappings, &ImageMappingRow::image_id, ids[i])) {
            answer.block_device_mappings.push_back(to_mapping(mapping));
            hide_pending_snapshot(answer, answer.block_device_mappings.back());
        }
        answer.product_codes = codes.of(ids[i]);
        answer.tags = tags.of(ids[i]);
    }
    return answers;
}

/// Throws for ids that no image has. Images that a filter left out, or that the caller may not see,
/// are no error (observed), nor is one that was deregistered for those who had it (observed for
/// some days), nor while instances of it are left (documented). `found` is in the order of ids.
void require_all_exist(Database& db, const ListQuery& wanted, const std::vector<ImageRow>& found)
{
    std::vector<ImageId> missing;
    for (const auto& text : wanted.ids) {
        const auto id = ImageId::trusted(text);
        if (!std::ranges::binary_search(found, id, {}, &ImageRow::id) &&
            !image_exists(db, wanted.region, id) &&
            !is_gone_image_in_use(db, wanted.owner, wanted.region, id) &&
            !is_gone_image_of(db, wanted.owner, wanted.region, id)) {
            missing.push_back(id);
        }
    }
    if (!missing.empty()) {
        throw not_found(missing);
    }
}

/// Says of each image whether the viewer's settings allow it.
void mark_allowed(Database& db, const ListQuery& wanted, const AllowedImagesSettings& settings,
                  std::vector<ImageRow>& rows)
{
    if (settings.state == AllowedImages::kDisabled) {
        return;
    }
    std::vector<ImageId> ids;
    std::ranges::transform(rows, std::back_inserter(ids), &ImageRow::id);
    const auto allowed = select_allowed_images(db, settings, wanted.owner, wanted.now_ms, ids);
    for (auto& row : rows) {
        row.allowed = allowed.contains(row.id);
    }
}

std::vector<ImageRow> find_images(Database& db, const ListQuery& wanted)
{
    const auto settings = select_allowed_images_in_force(db, wanted.owner, wanted.region);
    auto rows = select_images(db, wanted, settings);
    require_all_exist(db, wanted, rows);
    mark_allowed(db, wanted, settings, rows);
    return rows;
}

/// Source: account ids, self and these (documented); the refusal is observed.
std::vector<std::string> parse_owners(Session& session, const std::vector<std::string>& owners)
{
    std::vector<std::string> parsed;
    for (const auto& owner : owners) {
        if (owner != kSelf && !find_word<OwnerAlias>(owner) && !wire::is_account_id(owner)) {
            throw invalid_image_user(owner);
        }
        parsed.push_back(owner == kSelf ? session.account() : owner);
    }
    return parsed;
}

void check_executable_users(const std::vector<std::string>& users)
{
    for (const auto& user : users) {
        if (user != kSelf && user != kEverybody && !wire::is_account_id(user)) {
            throw invalid_image_user(user);
        }
    }
}

/// Source: EC2 User Guide, "Protect an AMI from deregistration" (documented); the code is assumed.
void require_not_protected(Session& session, const ImageId& id)
{
    const auto row = select_image_protection(session.db(), id);
    if (row.protection != ImageProtection::kDisabled) {
        throw image_protected(id);
    }
    if (row.cooldown_end_ms.value_or(session.now_ms()) > session.now_ms()) {
        throw image_protected_until(id, wire::format_timestamp({*row.cooldown_end_ms}));
    }
}

DeleteSnapshotReturnCode delete_mapped_snapshot(Session& session, const std::string& snapshot_id)
{
    DeleteSnapshotReturnCode result;
    result.snapshot_id = snapshot_id;
    const auto id = SnapshotId::trusted(snapshot_id);
    const auto snapshot = select_snapshot(session.db(), session.region(), id);
    if (!snapshot) {
        result.return_code = "client-error";
    } else if (snapshot->owner != session.account()) {
        result.return_code = "missing-permissions";
    } else if (select_image_using_snapshot(session.db(), id)) {
        result.return_code = "skipped";
    } else if (is_locked(session, id)) {
        result.return_code = "client-error";
    } else {
        remove_snapshot(session, *snapshot);
        result.return_code = "success";
    }
    return result;
}

/// Puts an image that is being deleted into the bin; false, and nothing happens, when no rule keeps
/// it.
bool recycle_image(Session& session, const ImageRow& row)
{
    // Source: "Only Amazon EBS-backed AMIs are supported" (documented). A pending one's snapshots
    // are completed meanwhile.
    const auto state = row.state == ImageState::kPending ? ImageState::kAvailable : row.state;
    if (row.root_device_type != RootDeviceType::kEbs ||
        !put_into_bin(session, kImageBin, {row.id.text(), row.owner, row.region, text_of(state)})) {
        return false;
    }
    remember_launch_permissions(session.db(), row.id);
    set_launch_permissions_aside(session.db(), row.id);
    set_image<&ImageRow::state>(session.db(), row.id, ImageState::kDeregistered);
    return true;
}

void add_wishes(Session& session, const DescribeImagesRequest& request, ListQuery& wanted)
{
    wanted.among.emplace_back(kAmongImageOwners, parse_owners(session, request.owners));
    check_executable_users(request.executable_users);
    wanted.among.emplace_back(kAmongLaunchers, request.executable_users);
    auto& hidden = wanted.among.emplace_back(kAmongHidden, std::vector<std::string>()).second;
    if (request.include_deprecated.value_or(false)) {
        hidden.emplace_back(kHiddenDeprecated);
    }
    if (request.include_disabled.value_or(false)) {
        hidden.emplace_back(kHiddenDisabled);
    }
}

constexpr DescribeSpec kDescribe{.schema = kDescribeImages,
                                 .ids = {.member = &DescribeImagesRequest::image_ids,
                                         .check = &check_ids<ImageId>,
                                         .not_with_page = "imageIds",
                                         .select_requires = true},
                                 .refine = &add_wishes,
                                 .select = &find_images,
                                 .answers = &to_answers,
                                 .into = &DescribeImagesResponse::images};

/// A request that needs no state to be sound, and what is read out of it.
struct Registration {
    RegisterImageRequest request;
    std::vector<ImageMappingRow> mappings;
    std::vector<TagRow> tags;
};

Registration check_registration(const RegisterImageRequest& sent)
{
    auto request = sent;
    // Source: Terraform sends ImageLocation empty (observed); the others alike (assumed).
    for (auto* text : {&request.image_location, &request.kernel_id, &request.ramdisk_id,
                       &request.root_device_name, &request.sriov_net_support, &request.uefi_data,
                       &request.boot_mode}) {
        drop_empty(*text);
    }
    check_image_name(request.name);
    check_platform(request, architecture_of(request),
                   require_virtualization(request.virtualization_type));
    // Source: only authorized accounts name billing products (documented); the code is assumed.
    if (!request.billing_products.empty()) {
        throw billing_products_not_authorized();
    }
    check_kernel(request.kernel_id, request.ramdisk_id);
    auto mappings = parse_mappings(request.block_device_mappings);
    check_location(request, mappings);
    auto tags = parse_tags<ImageId>(request.tag_specifications);
    stop_if_dry_run(request);
    return {std::move(request), std::move(mappings), std::move(tags)};
}

RegisterImageResponse make_registered(Session& session, const Registration& registration)
{
    const auto& request = registration.request;
    const auto mappings = complete_mappings(session, registration.mappings, request);
    const auto row = new_image(session, {.row = make_row(request),
                                         .uefi_data = request.uefi_data,
                                         .mappings = mappings,
                                         .tags = registration.tags,
                                         .product_codes_of = snapshots_of(mappings),
                                         .available_ms = session.due_ms(kImagePending)});
    return {.image_id = row.id.text()};
}

/// Of an image whose root is on the instance store.
RegisterImageResponse register_stored_image(ByteSession& session, const RegisterImageRequest& sent)
{
    auto registration = check_registration(sent);
    auto& request = registration.request;
    const auto manifest = read_image_manifest(session, *request.image_location);
    // Source: the manifest's (documented); that the call's go before them is assumed.
    request.architecture = request.architecture.value_or(manifest.architecture);
    for (auto [asked, told] : {std::pair(&request.kernel_id, &manifest.kernel_id),
                               std::pair(&request.ramdisk_id, &manifest.ramdisk_id)}) {
        *asked = *asked ? *asked : *told;
    }
    check_platform(request, *request.architecture,
                   require_virtualization(request.virtualization_type));
    check_kernel(request.kernel_id, request.ramdisk_id);
    RegisterImageResponse response;
    session.write([&](Session& rows) { response = make_registered(rows, registration); });
    return response;
}

bool is_of_manifest(const wire::Parameters& parameters)
{
    return !parameters.find("ImageLocation").value_or("").empty();
}

}  // namespace

// Source: EC2 API Reference, RegisterImage (documented).
RegisterImageResponse register_image(Session& session, const RegisterImageRequest& request)
{
    return make_registered(session, check_registration(request));
}

// Source: EC2 API Reference, DescribeImages (documented); one unknown id fails the whole call
// (observed); an id that is named is shown though its image is deprecated (documented).
DescribeImagesResponse describe_images(Session& session, const DescribeImagesRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeregisterImage (documented): into the recycle bin when a rule keeps
// it; a second call finds the image unavailable (observed).
DeregisterImageResponse deregister_image(Session& session, const DeregisterImageRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    const auto image = require_changeable_image(session, id);
    require_not_protected(session, id);

    DeregisterImageResponse response;
    response.return_value = true;
    const auto mappings = select_image_mappings(session.db(), id);
    session.cancel_transitions(id.text());
    delete_fast_launches_of(session.db(), id);
    if (!recycle_image(session, image)) {
        end_image(session, id);
    }
    if (request.delete_associated_snapshots.value_or(false)) {
        // Two devices may have one snapshot.
        std::set<std::string_view> seen;
        for (const auto& mapping : mappings) {
            if (mapping.snapshot_id && seen.insert(*mapping.snapshot_id).second) {
                response.delete_snapshot_results.push_back(
                    delete_mapped_snapshot(session, *mapping.snapshot_id));
            }
        }
    }
    return response;
}

ImageRow require_runnable_image(Session& session, const ImageId& id)
{
    auto image = require_permitted_image(session, id);
    if (image.state == ImageState::kDeregistered) {
        throw image_unavailable(id);
    }
    if (image.state != ImageState::kAvailable) {
        throw image_not_runnable(id, text_of(image.state));
    }
    return image;
}

ImageRow require_own_image(Session& session, const ImageId& id)
{
    auto row = select_visible_image(session.db(), session.account(), session.region(), id);
    if (!row && !image_exists(session.db(), session.region(), id)) {
        throw not_found(id);
    }
    if (!row || row->owner != session.account()) {
        throw not_authorized_for_image(id);
    }
    if (row->state == ImageState::kDeregistered) {
        throw image_unavailable(id);
    }
    return *row;
}

ImageRow require_changeable_image(Session& session, const ImageId& id)
{
    auto row = require_own_image(session, id);
    if (!is_image_row(session.db(), id)) {
        throw catalogue_image_unchangeable(id);
    }
    return row;
}

ImageRow require_image_in_use(Session& session, const ImageId& id)
{
    auto row = require_changeable_image(session, id);
    if (row.state != ImageState::kAvailable && row.state != ImageState::kDisabled) {
        throw image_in_wrong_state(id, text_of(row.state));
    }
    return row;
}

namespace {

/// Source: a copy's snapshot says itself why it failed (documented).
std::string why_lost(Session& session, const std::string& snapshot_id)
{
    auto message = select_snapshot_failure(session.db(), SnapshotId::trusted(snapshot_id));
    return message ? std::move(*message) : fmt::format("The snapshot '{}' is lost.", snapshot_id);
}

}  // namespace

void image_available(Session& session, const ImageId& id)
{
    if (const auto lost = find_lost_snapshot(session.db(), id)) {
        // Source: the reason's code (documented), for a snapshot of which bytes were lost
        // (assumed).
        fail_image(session.db(), id, "Client.InvalidSnapshot.NotFound", why_lost(session, *lost));
        return;
    }
    set_image<&ImageRow::state>(session.db(), id, ImageState::kAvailable);
}

namespace {

constexpr Operation kOperations[] = {
    write_or_move<register_image, register_stored_image, is_of_manifest>(kRegisterImage),
    read<describe_images, kAdoptedImages>(kDescribeImages),
    write<deregister_image>(kDeregisterImage, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<ImageId, not_found>(kTaggableImage),
};

constexpr DueRow kDue[] = {
    when<image_available>(kImageAvailable),
    when<image_forgotten>(kImageForgotten),
};

constexpr Delay kDelays[] = {kImagePending};

}  // namespace

constinit const Family kImages{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
