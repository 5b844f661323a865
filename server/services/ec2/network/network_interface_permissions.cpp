#include "server/services/ec2/network/network_interface_permissions.h"
#include "server/wire/ec2/network/network_interface_permissions.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/types.h"
#include "storage/metadata/network/network_interface_permission_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: code and text are assumed.
ApiError permission_not_found(const NetworkInterfacePermissionId& id)
{
    return {"InvalidPermissionID.NotFound",
            fmt::format("The networkInterfacePermission ID '{}' does not exist", id.text())};
}

/// Source: a permission is granted at once (assumed).
NetworkInterfacePermission to_answer(const NetworkInterfacePermissionRow& row)
{
    NetworkInterfacePermission answer;
    answer.aws_account_id = row.account;
    answer.network_interface_id = row.interface_id.text();
    answer.network_interface_permission_id = row.id.text();
    answer.permission = row.permission;
    answer.permission_state = NetworkInterfacePermissionState{.state = "granted"};
    return answer;
}

std::vector<NetworkInterfacePermission> to_answers(
    Session& /*session*/, std::vector<NetworkInterfacePermissionRow>&& rows)
{
    std::vector<NetworkInterfacePermission> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeNetworkInterfacePermissions,
    .ids = {.member = &DescribeNetworkInterfacePermissionsRequest::network_interface_permission_ids,
            .check = &check_ids<NetworkInterfacePermissionId>,
            .not_with_page = "NetworkInterfacePermissionIds",
            .before_filters = true,
            .require = &require_listed<kNetworkInterfacePermissionList,
                                       NetworkInterfacePermissionId, permission_not_found>},
    .select = &select_page<kNetworkInterfacePermissionList>,
    .answers = &to_answers,
    .into = &DescribeNetworkInterfacePermissionsResponse::network_interface_permissions};

/// Throws when another account has a permission for the interface. Source: "You can grant
/// permission to a single Amazon Web Services account only" (documented); code and text are
/// assumed.
void require_only_account(Session& session, const NetworkInterfaceId& id,
                          const std::string& account)
{
    const auto present =
        find_own<kNetworkInterfacePermissionList, &NetworkInterfacePermissionRow::interface_id>(
            session, id);
    if (present && present->account != account) {
        throw operation_not_permitted(fmt::format(
            "The network interface '{}' has a permission for another account.", id.text()));
    }
}

// Source: EC2 API Reference, CreateNetworkInterfacePermission: one permission to one account a call
// (documented); what refuses it is assumed.
CreateNetworkInterfacePermissionResponse create_network_interface_permission(
    Session& session, const CreateNetworkInterfacePermissionRequest& request)
{
    const auto id = parse_id<NetworkInterfaceId>(request.network_interface_id);
    if (!is_given(request.aws_account_id)) {
        throw missing_parameter("AwsAccountId");
    }
    const auto& account = *request.aws_account_id;
    if (!wire::is_account_id(account)) {
        throw invalid_value(account, "awsAccountId");
    }
    stop_if_dry_run(request);
    const auto interface = require_unmanaged_interface(session, id);
    require_only_account(session, interface.id, account);
    NetworkInterfacePermissionRow row{
        .interface_id = interface.id, .account = account, .permission = request.permission};
    make_own(session, row);
    if (!insert_unless_there<kNetworkInterfacePermissionColumns>(session.db(), row)) {
        throw ApiError("InvalidPermission.Duplicate",
                       fmt::format("The account {} has the permission {} for '{}' already.",
                                   account, row.permission, id.text()));
    }
    return {.interface_permission = to_answer(row)};
}

// Source: EC2 API Reference, DescribeNetworkInterfacePermissions (documented).
DescribeNetworkInterfacePermissionsResponse describe_network_interface_permissions(
    Session& session, const DescribeNetworkInterfacePermissionsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteNetworkInterfacePermission: unless the account has the interface
// attached, or with Force (documented); the code of the refusal is documented, its text assumed.
DeleteNetworkInterfacePermissionResponse delete_network_interface_permission(
    Session& session, const DeleteNetworkInterfacePermissionRequest& request)
{
    const auto id = parse_id<NetworkInterfacePermissionId>(request.network_interface_permission_id);
    stop_if_dry_run(request);
    const auto row = require_own<kNetworkInterfacePermissionList, NetworkInterfacePermissionId,
                                 permission_not_found>(session, id);
    if (!request.force.value_or(false) &&
        require_interface(session, row.interface_id).instance_owner == row.account) {
        throw operation_not_permitted(
            fmt::format("The account {} has the network interface '{}' attached.", row.account,
                        row.interface_id.text()));
    }
    delete_row<kNetworkInterfacePermissionColumns>(session.db(), id);
    return {.return_value = true};
}

constexpr Operation kOperations[] = {
    write<create_network_interface_permission>(kCreateNetworkInterfacePermission),
    read<describe_network_interface_permissions>(kDescribeNetworkInterfacePermissions),
    write<delete_network_interface_permission>(kDeleteNetworkInterfacePermission,
                                               {.frees_space = true}),
};

}  // namespace

constinit const Family kNetworkInterfacePermissions{.operations = kOperations};

}  // namespace amilab::ec2
