#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/wire/api_error.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/security_group_rule_rows.h"

/// Refusals that are about networks. docs/fidelity.md says for each whether it is
/// documented, observed or assumed.
namespace amilab::ec2 {

ApiError not_found(const VpcId& id);
ApiError not_found(const SubnetId& id);
ApiError not_found(const SecurityGroupId& id);
ApiError not_found(const SecurityGroupRuleId& id);

/// A group named by its name, which is looked for in the default VPC alone.
ApiError group_name_not_found(std::string_view name, const VpcId& default_vpc);
/// What is to be of one VPC is not.
ApiError in_other_networks();
/// Others refer to the resource that was to be deleted.
ApiError has_dependent_object(std::string_view id);

}  // namespace amilab::ec2
