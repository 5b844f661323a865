#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/sql/database.h"

/// How many vCPUs an account's instances may have in a region.
namespace amilab {

/// What instance types share a quota.
/// Source: EC2 User Guide, "On-Demand Instance quotas" (documented).
enum class VcpuQuota : std::uint8_t {
    kStandard,
    kDl,
    kF,
    kG,
    kHighMemory,
    kHpc,
    kInf,
    kP,
    kTrn,
    kX
};
template <>
inline constexpr auto kWords<VcpuQuota> = words("standard", "dl", "f", "g", "high-memory", "hpc",
                                                "inf", "p", "trn", "x");

struct VcpuQuotaRow {
    std::string quota{};
    /// Nothing: any number.
    std::optional<std::int64_t> vcpus{};
};

/// The quotas that were set.
std::vector<VcpuQuotaRow> select_vcpu_quotas(Database& db);
void put_vcpu_quota(Database& db, const VcpuQuotaRow& row);

/// The vCPUs of the owner's instances of a type that run, or are about to.
struct VcpusOfType {
    std::string instance_type{};
    std::int64_t vcpus = 0;
};
std::vector<VcpusOfType> select_vcpus_in_use(Database& db, std::string_view owner,
                                             std::string_view region);
/// The vCPUs that instances of the type have of themselves.
std::int64_t select_default_vcpus(Database& db, std::string_view instance_type);

}  // namespace amilab
