#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "server/calls/session.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/vcpu_quota_rows.h"

/// How many vCPUs an account's instances may have in a region: any number, unless the control API
/// or the command line says otherwise.
namespace amilab::ec2 {

/// The quota that instances of the type count to; nothing for those of Dedicated Hosts.
std::optional<VcpuQuota> quota_of(std::string_view instance_type);

/// AWS's own. Source: AWS General Reference, "Amazon EC2 endpoints and quotas", "Running On-Demand
/// ... instances": 5 for the standard families, 0 for all others (documented).
std::int64_t aws_quota(VcpuQuota quota);

/// How many instances of the type with these options the account may begin to run, `most` at most.
/// Throws VcpuLimitExceeded when that is less than `fewest`.
std::int64_t within_quota(Session& session, std::string_view instance_type,
                          const InstanceOptionRow& options, std::int64_t fewest, std::int64_t most);

/// Throws VcpuLimitExceeded unless these instances, which do not run, may all begin to.
void require_within_quotas(Session& session, const std::vector<InstanceRow>& rows);

}  // namespace amilab::ec2
