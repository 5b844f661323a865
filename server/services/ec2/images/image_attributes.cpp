#include "server/services/ec2/images/image_attributes.h"
#include "server/services/ec2/settings/public_access.h"
#include "server/wire/ec2/images/image_attributes.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <boost/algorithm/string/predicate.hpp>

#include "server/calls/encryption.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/permissions.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/image_life.h"
#include "server/services/ec2/images/image_names.h"
#include "server/services/ec2/images/images.h"
#include "server/wire/types.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

namespace {

// Those that can be modified; kReaders has all.
constexpr std::string_view kDescription = "description";
constexpr std::string_view kLaunchPermission = "launchPermission";
constexpr std::string_view kImdsSupport = "imdsSupport";
constexpr std::string_view kProductCodes = "productCodes";

/// What a ModifyImageAttribute request amounts to, whichever of its two styles it is written in.
struct Change {
    std::string_view attribute;
    std::string value;
    PermissionChange permissions;
};

std::vector<Grantee> to_rows(const Session& session,
                             const std::vector<LaunchPermission>& permissions)
{
    RequestedGrantees rows(session.region());
    for (const auto& permission : permissions) {
        const auto before = rows.size();
        rows.append(GranteeKind::kUserId, permission.user_id);
        rows.append(GranteeKind::kGroup, permission.group);
        rows.append(GranteeKind::kOrganizationArn, permission.organization_arn);
        rows.append(GranteeKind::kOrganizationalUnitArn, permission.organizational_unit_arn);
        if (rows.size() == before) {
            throw invalid_parameter_combination(
                "Each launch permission needs a UserId, Group, OrganizationArn or "
                "OrganizationalUnitArn.");
        }
    }
    return rows.take();
}

std::vector<Grantee> flat_rows(const Session& session, const ModifyImageAttributeRequest& request)
{
    RequestedGrantees rows(session.region());
    for (const auto& value : request.user_ids) {
        rows.append(GranteeKind::kUserId, value);
    }
    for (const auto& value : request.user_groups) {
        rows.append(GranteeKind::kGroup, value);
    }
    for (const auto& value : request.organization_arns) {
        rows.append(GranteeKind::kOrganizationArn, value);
    }
    for (const auto& value : request.organizational_unit_arns) {
        rows.append(GranteeKind::kOrganizationalUnitArn, value);
    }
    return rows.take();
}

PermissionChange parse_permissions(const Session& session,
                                   const ModifyImageAttributeRequest& request)
{
    std::optional<PermissionChange> structured;
    if (request.launch_permission) {
        structured.emplace();
        structured->add = to_rows(session, request.launch_permission->add);
        structured->remove = to_rows(session, request.launch_permission->remove);
    }
    auto change =
        merge_styles(std::move(structured),
                     {.grantees = flat_rows(session, request),
                      .operation = find_word<OperationType>(request.operation_type.value_or(""))},
                     "LaunchPermission");
    if (change.is_empty()) {
        throw invalid_parameter_combination("No launch permissions specified.");
    }
    return change;
}

/// The one attribute that the request is about.
std::string_view attribute_of(const ModifyImageAttributeRequest& request)
{
    std::vector<std::string_view> named;
    if (request.description) {
        named.push_back(kDescription);
    }
    if (request.imds_support) {
        named.push_back(kImdsSupport);
    }
    if (request.launch_permission || !request.user_ids.empty() || !request.user_groups.empty() ||
        !request.organization_arns.empty() || !request.organizational_unit_arns.empty()) {
        named.push_back(kLaunchPermission);
    }
    if (!request.product_codes.empty()) {
        named.push_back(kProductCodes);
    }
    if (request.attribute) {
        // Source: Ansible and others send "LaunchPermission" and "Description" (observed).
        const auto known = {kDescription, kImdsSupport, kLaunchPermission, kProductCodes};
        const auto* found = std::find_if(known.begin(), known.end(), [&](std::string_view name) {
            return boost::algorithm::iequals(*request.attribute, name);
        });
        if (found == known.end()) {
            throw invalid_value(*request.attribute, "attribute",
                                "Expected description, imdsSupport, launchPermission or "
                                "productCodes.");
        }
        if (std::find(named.begin(), named.end(), *found) == named.end()) {
            named.push_back(*found);
        }
    }
    if (named.empty()) {
        throw no_attribute_to_modify();
    }
    if (named.size() > 1) {
        throw invalid_parameter_combination(fmt::format(
            "Fields for multiple attribute types specified: {}, {}", named[0], named[1]));
    }
    return named.front();
}

std::string value_of(const ModifyImageAttributeRequest& request,
                     const std::optional<AttributeValue>& typed, std::string_view attribute)
{
    if (typed && request.value && typed->value != request.value) {
        throw invalid_parameter_combination(
            fmt::format("Value and {} say different things.", attribute));
    }
    if (typed && typed->value) {
        return *typed->value;
    }
    if (!request.value) {
        throw missing_parameter("Value");
    }
    return *request.value;
}

Change parse_change(const Session& session, const ModifyImageAttributeRequest& request)
{
    Change change{.attribute = attribute_of(request), .value = {}, .permissions = {}};
    if (change.attribute == kLaunchPermission) {
        if (request.value) {
            throw invalid_parameter_combination("Value does not go with launchPermission.");
        }
        change.permissions = parse_permissions(session, request);
        return change;
    }
    if (change.attribute == kProductCodes) {
        if (request.product_codes.empty()) {
            throw missing_parameter("ProductCode");
        }
        return change;
    }
    if (request.operation_type) {
        throw invalid_parameter_combination("OperationType goes with launchPermission only.");
    }
    if (change.attribute == kDescription) {
        // Source: 255 characters at most (documented).
        constexpr std::size_t kLongest = 255;
        change.value = value_of(request, request.description, kDescription);
        if (wire::characters(change.value) > kLongest) {
            throw invalid_value(change.value, kDescription, "It may have 255 characters at most.");
        }
        return change;
    }
    change.value = value_of(request, request.imds_support, kImdsSupport);
    if (change.value != ImdsSupport::kVersion2) {
        throw invalid_value(change.value, kImdsSupport, "Expected v2.0.");
    }
    return change;
}

/// An attribute without a value is an empty element, as of instances.
AttributeValue value(std::optional<std::string> text)
{
    return {.value = std::move(text)};
}

std::vector<LaunchPermission> permissions_of(Session& session, const ImageRow& image)
{
    auto rows = select_launch_permissions(session.db(), image.id);
    if (rows.empty() && image.is_public) {
        rows.push_back({GranteeKind::kGroup, std::string(kEverybody)});  // of the catalogue
    }
    std::vector<LaunchPermission> permissions;
    for (const auto& row : rows) {
        LaunchPermission permission;
        if (row.kind == GranteeKind::kUserId) {
            permission.user_id = row.value;
        } else if (row.kind == GranteeKind::kGroup) {
            permission.group = row.value;
        } else if (row.kind == GranteeKind::kOrganizationArn) {
            permission.organization_arn = row.value;
        } else {
            permission.organizational_unit_arn = row.value;
        }
        permissions.push_back(std::move(permission));
    }
    return permissions;
}

/// An attribute, and how it gets into the answer.
struct AttributeReader {
    std::string_view name;
    void (*read)(Session& session, const ImageRow& image, DescribeImageAttributeResponse& response);
};

/// A text of the row that goes into the answer as it is.
template <auto kFrom, auto kInto>
void read_text(Session& /*session*/, const ImageRow& image,
               DescribeImageAttributeResponse& response)
{
    response.*kInto = value(image.*kFrom);
}

void read_description(Session& /*session*/, const ImageRow& image,
                      DescribeImageAttributeResponse& response)
{
    response.description = AttributeValue{.value = image.description.value_or("")};
}

void read_permissions(Session& session, const ImageRow& image,
                      DescribeImageAttributeResponse& response)
{
    response.launch_permissions = permissions_of(session, image);
}

void read_product_codes(Session& session, const ImageRow& image,
                        DescribeImageAttributeResponse& response)
{
    response.product_codes = product_code_answers(session, image.id.text());
}

void refuse_mappings(Session& /*session*/, const ImageRow& /*image*/,
                     DescribeImageAttributeResponse& /*response*/)
{
    throw auth_failure("Unauthorized attempt to access restricted resource");
}

void read_uefi_data(Session& session, const ImageRow& image,
                    DescribeImageAttributeResponse& response)
{
    response.uefi_data = value(select_image_uefi_data(session.db(), image.id));
}

void read_last_launched(Session& session, const ImageRow& image,
                        DescribeImageAttributeResponse& response)
{
    const auto launched = reported_launch_ms(image, session.now_ms());
    response.last_launched_time =
        value(launched ? std::optional(wire::format_timestamp({*launched})) : std::nullopt);
}

void read_protection(Session& /*session*/, const ImageRow& image,
                     DescribeImageAttributeResponse& response)
{
    response.deregistration_protection =
        value(std::string(text_of(image.deregistration_protection)));
}

using Answer = DescribeImageAttributeResponse;
constexpr AttributeReader kReaders[] = {
    {kDescription, &read_description},
    {"kernel", &read_text<&ImageRow::kernel_id, &Answer::kernel_id>},
    {"ramdisk", &read_text<&ImageRow::ramdisk_id, &Answer::ramdisk_id>},
    {kLaunchPermission, &read_permissions},
    {"productCodes", &read_product_codes},
    {"blockDeviceMapping", &refuse_mappings},
    {"sriovNetSupport", &read_text<&ImageRow::sriov_net_support, &Answer::sriov_net_support>},
    {"bootMode", &read_text<&ImageRow::boot_mode, &Answer::boot_mode>},
    {"tpmSupport", &read_text<&ImageRow::tpm_support, &Answer::tpm_support>},
    {"uefiData", &read_uefi_data},
    {"lastLaunchedTime", &read_last_launched},
    {kImdsSupport, &read_text<&ImageRow::imds_support, &Answer::imds_support>},
    {"deregistrationProtection", &read_protection},
};

/// Whether an image may be made public.
/// Source: block public access, its code and text, encrypted snapshots and theirs (observed),
/// product codes (documented, code and text assumed).
void require_publishable(Session& session, const ImageId& id)
{
    if (is_image_public_access_blocked(session)) {
        throw public_access_blocked(SharedType::kImage);
    }
    if (!select_product_codes(session.db(), id.text()).empty()) {
        throw product_not_public(SharedType::kImage);
    }
    for (const auto& mapping : select_image_mappings(session.db(), id)) {
        if (mapping.snapshot_id && mapping.encrypted.value_or(false)) {
            throw encrypted_image_not_public();
        }
    }
}

/// Whether an image may be shared at all.
/// Source: not with snapshots that are encrypted under AWS's own key (documented; code and text
/// observed).
void require_shareable(Session& session, const ImageId& id)
{
    for (const auto& mapping : select_image_mappings(session.db(), id)) {
        if (!mapping.snapshot_id || !mapping.encrypted.value_or(false)) {
            continue;
        }
        const auto snapshot = select_snapshot(session.db(), session.region(),
                                              SnapshotId::trusted(*mapping.snapshot_id));
        if (snapshot && has_managed_key(*snapshot)) {
            throw managed_key_image_not_shared();
        }
    }
}

/// Source: the quota "AMI sharing": 1,000 accounts, organizations and units (documented); the code
/// is documented, that it is this one assumed.
void require_within_quota(Session& session, const ImageId& id)
{
    constexpr std::size_t kMost = 1000;
    const auto permissions = select_launch_permissions(session.db(), id);
    const auto shared =
        std::count_if(permissions.begin(), permissions.end(),
                      [](const Grantee& one) { return one.kind != GranteeKind::kGroup; });
    if (static_cast<std::size_t>(shared) > kMost) {
        throw too_many_launch_permissions(id, kMost);
    }
}

/// Source: a product's code is put on by its seller alone, and never taken off (documented in the
/// AWS Marketplace Seller Guide); the code of the refusal is documented, the text too.
void add_product_codes(Session& session, const ImageId& id, const std::vector<std::string>& codes)
{
    for (const auto& code : codes) {
        if (!owns_product(session.db(), session.account(), code)) {
            throw product_code_invalid();
        }
        insert_product_code(session.db(), id.text(), {code, ProductCodeType::kMarketplace});
    }
}

}  // namespace

// Source: EC2 API Reference, ModifyImageAttribute: both styles, one attribute a call (documented).
ModifyImageAttributeResponse modify_image_attribute(Session& session,
                                                    const ModifyImageAttributeRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    const auto change = parse_change(session, request);
    stop_if_dry_run(request);
    const auto image = require_image_in_use(session, id);
    // Source: "A disabled AMI can't be shared" (documented); the code is the one for an image that
    // is not in a state in which its attributes are modified (documented).
    if (!change.permissions.add.empty() && image.state == ImageState::kDisabled) {
        throw image_in_wrong_state(id, text_of(image.state));
    }
    if (change.permissions.publishes()) {
        require_publishable(session, id);
    }
    if (!change.permissions.add.empty()) {
        require_shareable(session, id);
    }

    if (change.attribute == kDescription) {
        set_image<&ImageRow::description>(session.db(), id, change.value);
    } else if (change.attribute == kImdsSupport) {
        set_image<&ImageRow::imds_support>(session.db(), id, change.value);
    }
    add_product_codes(session, id, request.product_codes);
    for (const auto& row : change.permissions.add) {
        insert_launch_permission(session.db(), id, row);
        if (row.kind == GranteeKind::kGroup) {
            deprecate_public_image(session, image);
        }
    }
    for (const auto& row : change.permissions.remove) {
        delete_launch_permission(session.db(), id, row);
    }
    if (!change.permissions.add.empty()) {
        require_within_quota(session, id);
    }
    return {};
}

// Source: EC2 API Reference, DescribeImageAttribute (documented): one attribute an answer; the
// mapping is refused with AuthFailure for everybody (observed).
DescribeImageAttributeResponse describe_image_attribute(
    Session& session, const DescribeImageAttributeRequest& request)
{
    // Source: the refusal, and that it comes before that of the image (observed).
    const auto* reader = std::ranges::find(kReaders, request.attribute, &AttributeReader::name);
    if (reader == std::end(kReaders)) {
        throw ApiError("InvalidRequest", "The request received was invalid.");
    }
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    const auto image = require_own_image(session, id);

    DescribeImageAttributeResponse response;
    response.image_id = id.text();
    reader->read(session, image, response);
    return response;
}

// Source: EC2 API Reference, ResetImageAttribute: launchPermission alone can be reset (documented).
ResetImageAttributeResponse reset_image_attribute(Session& session,
                                                  const ResetImageAttributeRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    if (request.attribute != kLaunchPermission) {
        throw invalid_value(request.attribute, "attribute", "Expected launchPermission.");
    }
    stop_if_dry_run(request);
    require_image_in_use(session, id);

    delete_all_launch_permissions(session.db(), id);
    return {};
}

// Source: EC2 API Reference, CancelImageLaunchPermission; only what is shared with the account
// itself (documented), the refusal's code and text are assumed.
CancelImageLaunchPermissionResponse cancel_image_launch_permission(
    Session& session, const CancelImageLaunchPermissionRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    if (!select_visible_image(session.db(), session.account(), session.region(), id)) {
        throw not_found(id);
    }
    const Grantee own{GranteeKind::kUserId, session.account()};
    const auto permissions = select_launch_permissions(session.db(), id);
    if (std::find(permissions.begin(), permissions.end(), own) == permissions.end()) {
        throw launch_permission_not_cancellable(id);
    }
    delete_launch_permission(session.db(), id, own);
    return {.return_value = true};
}

namespace {

constexpr Operation kOperations[] = {
    write<modify_image_attribute>(kModifyImageAttribute),
    read<describe_image_attribute>(kDescribeImageAttribute),
    write<reset_image_attribute>(kResetImageAttribute),
    write<cancel_image_launch_permission>(kCancelImageLaunchPermission),
};

}  // namespace

constinit const Family kImageAttributes{.operations = kOperations};

}  // namespace amilab::ec2
