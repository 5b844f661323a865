#include "server/services/ec2/instances/vcpu_quotas.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/calls/services.h"

namespace amilab::ec2 {

namespace {

/// Source: observed.
ApiError vcpu_limit_exceeded(std::int64_t limit)
{
    return {"VcpuLimitExceeded",
            fmt::format("You have requested more vCPU capacity than your current vCPU limit of {} "
                        "allows for the instance bucket that the specified instance type belongs "
                        "to. Please visit http://aws.amazon.com/contact-us/ec2-request to request "
                        "an adjustment to this limit.",
                        limit)};
}

/// Nothing: any number.
std::optional<std::int64_t> quota_in_force(Session& session, VcpuQuota quota)
{
    for (const auto& row : select_vcpu_quotas(session.db())) {
        if (row.quota == quota) {
            return row.vcpus;
        }
    }
    return session.services().ports().has_aws_quotas ? std::optional(aws_quota(quota))
                                                     : std::nullopt;
}

std::int64_t vcpus_in_use(Session& session, VcpuQuota quota)
{
    std::int64_t vcpus = 0;
    for (const auto& type :
         select_vcpus_in_use(session.db(), session.account(), session.region())) {
        vcpus += quota_of(type.instance_type) == quota ? type.vcpus : 0;
    }
    return vcpus;
}

/// At least one, so that it can be divided by.
std::int64_t vcpus_of(Session& session, std::string_view instance_type,
                      const InstanceOptionRow& options)
{
    const auto vcpus = options.core_count
                           ? *options.core_count * options.threads_per_core.value_or(1)
                           : select_default_vcpus(session.db(), instance_type);
    return std::max<std::int64_t>(vcpus, 1);
}

/// Source: Spot Instances and those of Dedicated Hosts count to no On-Demand quota (documented).
bool counts_to_quotas(const InstanceOptionRow& options)
{
    return !options.spot_request_id && options.tenancy != InstanceTenancy::kHost;
}

/// Those of the instances that count to the quota.
std::int64_t vcpus_of(Session& session, const std::vector<InstanceRow>& rows, VcpuQuota quota)
{
    std::int64_t vcpus = 0;
    for (const auto& row : rows) {
        if (quota_of(row.instance_type) != quota) {
            continue;
        }
        const auto options = select_instance_options(session.db(), row.id);
        if (counts_to_quotas(options)) {
            vcpus += vcpus_of(session, row.instance_type, options);
        }
    }
    return vcpus;
}

}  // namespace

std::optional<VcpuQuota> quota_of(std::string_view instance_type)
{
    constexpr std::pair<std::string_view, VcpuQuota> kQuotas[] = {
        {"dl", VcpuQuota::kDl},   {"f", VcpuQuota::kF},     {"g", VcpuQuota::kG},
        {"gr", VcpuQuota::kG},    {"vt", VcpuQuota::kG},    {"u", VcpuQuota::kHighMemory},
        {"hpc", VcpuQuota::kHpc}, {"inf", VcpuQuota::kInf}, {"p", VcpuQuota::kP},
        {"trn", VcpuQuota::kTrn}, {"x", VcpuQuota::kX}};
    const auto letters = instance_type.substr(0, instance_type.find_first_of("0123456789-."));
    if (letters == "mac") {
        return std::nullopt;
    }
    const auto* const found =
        std::ranges::find(kQuotas, letters, &std::pair<std::string_view, VcpuQuota>::first);
    return found == std::end(kQuotas) ? VcpuQuota::kStandard : found->second;
}

std::int64_t aws_quota(VcpuQuota quota)
{
    return quota == VcpuQuota::kStandard ? 5 : 0;
}

std::int64_t within_quota(Session& session, std::string_view instance_type,
                          const InstanceOptionRow& options, std::int64_t fewest, std::int64_t most)
{
    const auto quota = quota_of(instance_type);
    const auto limit = quota ? quota_in_force(session, *quota) : std::nullopt;
    if (!limit) {
        return most;
    }
    const auto left = std::max<std::int64_t>(*limit - vcpus_in_use(session, *quota), 0);
    const auto fit = left / vcpus_of(session, instance_type, options);
    if (fit < fewest) {
        throw vcpu_limit_exceeded(*limit);
    }
    return std::min(most, fit);
}

void require_within_quotas(Session& session, const std::vector<InstanceRow>& rows)
{
    std::set<VcpuQuota> quotas;
    for (const auto& row : rows) {
        if (const auto quota = quota_of(row.instance_type)) {
            quotas.insert(*quota);
        }
    }
    for (const auto quota : quotas) {
        const auto limit = quota_in_force(session, quota);
        if (limit && vcpus_in_use(session, quota) + vcpus_of(session, rows, quota) > *limit) {
            throw vcpu_limit_exceeded(*limit);
        }
    }
}

}  // namespace amilab::ec2
