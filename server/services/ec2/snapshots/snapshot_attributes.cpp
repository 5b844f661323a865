#include "server/services/ec2/snapshots/snapshot_attributes.h"
#include "server/services/ec2/settings/public_access.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/snapshot_attributes.h"

#include <fmt/format.h>

#include "server/calls/encryption.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/permissions.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/snapshots/errors.h"
#include "storage/metadata/snapshots/snapshot_permission_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kCreateVolumePermission = "createVolumePermission";
constexpr std::string_view kParameter = "CreateVolumePermission";

/// Source: only the owner may (documented); a snapshot that the caller may not see does not exist
/// for him, another is an AuthFailure (assumed, as for images).
SnapshotRow require_modifiable_snapshot(Session& session, const SnapshotId& id)
{
    auto row = select_visible_snapshot(session.db(), session.account(), session.region(), id);
    if (!row) {
        throw not_found(id);
    }
    if (row->owner != session.account()) {
        throw not_authorized_for_snapshot(id);
    }
    return std::move(*row);
}

std::vector<Grantee> to_rows(const Session& session,
                             const std::vector<CreateVolumePermission>& permissions)
{
    RequestedGrantees rows(session.region());
    for (const auto& permission : permissions) {
        const auto before = rows.size();
        rows.append(GranteeKind::kUserId, permission.user_id);
        rows.append(GranteeKind::kGroup, permission.group);
        if (rows.size() == before) {
            throw invalid_parameter_combination(
                "Each create volume permission needs a UserId or a Group.");
        }
    }
    return rows.take();
}

PermissionChange parse_change(const Session& session, const ModifySnapshotAttributeRequest& request)
{
    if (request.attribute.value_or(std::string(kCreateVolumePermission)) !=
        kCreateVolumePermission) {
        throw invalid_value(*request.attribute, "attribute", "Expected createVolumePermission.");
    }
    std::optional<PermissionChange> structured;
    if (request.create_volume_permission) {
        structured.emplace();
        structured->add = to_rows(session, request.create_volume_permission->add);
        structured->remove = to_rows(session, request.create_volume_permission->remove);
    }
    RequestedGrantees flat(session.region());
    for (const auto& value : request.user_ids) {
        flat.append(GranteeKind::kUserId, value);
    }
    for (const auto& value : request.group_names) {
        flat.append(GranteeKind::kGroup, value);
    }
    auto change =
        merge_styles(std::move(structured),
                     {.grantees = flat.take(),
                      .operation = find_word<OperationType>(request.operation_type.value_or(""))},
                     kParameter);
    if (change.is_empty()) {
        throw missing_parameter(kParameter);
    }
    // Source: either adds or removes, 500 at most (documented; codes and texts assumed).
    constexpr std::size_t kMost = 500;
    if (!change.add.empty() && !change.remove.empty()) {
        throw invalid_parameter_combination(
            "Permissions cannot be both added and removed in one call.");
    }
    if (change.add.size() + change.remove.size() > kMost) {
        throw too_many_given(change.add.size() + change.remove.size(), kMost, "permissions");
    }
    return change;
}

/// Source: block public access; encrypted ones and those with a Marketplace product code cannot be
/// public (documented, codes and texts assumed).
void require_publishable(Session& session, const SnapshotRow& row)
{
    if (is_snapshot_public_access_blocked(session)) {
        throw public_access_blocked(SharedType::kSnapshot);
    }
    if (row.encrypted) {
        throw encrypted_snapshot_not_public();
    }
    if (!select_product_codes(session.db(), row.id.text()).empty()) {
        throw product_not_public(SharedType::kSnapshot);
    }
}

}  // namespace

// Source: EC2 API Reference, ModifySnapshotAttribute (documented): both styles.
ModifySnapshotAttributeResponse modify_snapshot_attribute(
    Session& session, const ModifySnapshotAttributeRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    const auto change = parse_change(session, request);
    stop_if_dry_run(request);
    const auto row = require_modifiable_snapshot(session, id);
    if (change.publishes()) {
        require_publishable(session, row);
    }
    // Source: the rule documented, its code and text observed.
    if (!change.add.empty() && has_managed_key(row)) {
        throw managed_key_snapshot_not_shared();
    }
    for (const auto& grantee : change.add) {
        insert_create_volume_permission(session.db(), id, grantee);
    }
    for (const auto& grantee : change.remove) {
        delete_create_volume_permission(session.db(), id, grantee);
    }
    return {};
}

// Source: EC2 API Reference, DescribeSnapshotAttribute (documented).
DescribeSnapshotAttributeResponse describe_snapshot_attribute(
    Session& session, const DescribeSnapshotAttributeRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    stop_if_dry_run(request);
    require_modifiable_snapshot(session, id);

    DescribeSnapshotAttributeResponse response;
    response.snapshot_id = id.text();
    if (request.attribute == kCreateVolumePermission) {
        auto& permissions = response.create_volume_permissions.emplace();
        for (const auto& grantee : select_create_volume_permissions(session.db(), id)) {
            CreateVolumePermission permission;
            (grantee.kind == GranteeKind::kGroup ? permission.group : permission.user_id) =
                grantee.value;
            permissions.push_back(std::move(permission));
        }
    } else {
        response.product_codes = product_code_answers(session, id.text());
    }
    return response;
}

// Source: EC2 API Reference, ResetSnapshotAttribute: createVolumePermission alone can be reset
// (documented).
ResetSnapshotAttributeResponse reset_snapshot_attribute(
    Session& session, const ResetSnapshotAttributeRequest& request)
{
    const auto id = parse_id<SnapshotId>(request.snapshot_id);
    if (request.attribute != kCreateVolumePermission) {
        throw invalid_value(request.attribute, "attribute", "Expected createVolumePermission.");
    }
    stop_if_dry_run(request);
    require_modifiable_snapshot(session, id);

    delete_all_create_volume_permissions(session.db(), id);
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_snapshot_attribute>(kDescribeSnapshotAttribute),
    write<modify_snapshot_attribute>(kModifySnapshotAttribute),
    write<reset_snapshot_attribute>(kResetSnapshotAttribute),
};

}  // namespace

constinit const Family kSnapshotAttributes{.operations = kOperations};

}  // namespace amilab::ec2
