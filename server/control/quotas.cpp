#include "server/control/quotas.h"

#include <optional>
#include <vector>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/control/bodies.h"
#include "server/services/ec2/instances/vcpu_quotas.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"

namespace amilab::control {

namespace json = boost::json;

namespace {

VcpuQuotaRow read_quota(std::string_view name, const json::value& value)
{
    if (!find_word<VcpuQuota>(name)) {
        refuse(fmt::format("\"{}\" is no quota", name));
    }
    if (value.is_null()) {
        return {.quota = std::string(name)};
    }
    if (!value.is_int64() || value.get_int64() < 0) {
        refuse(fmt::format("{} is {}; expected a number of vCPUs or null", name,
                           json::serialize(value)));
    }
    return {.quota = std::string(name), .vcpus = value.get_int64()};
}

}  // namespace

json::value show_quotas(Emulator& emulator)
{
    json::object quotas;
    for (const auto word : kWords<VcpuQuota>) {
        const auto usual = ec2::aws_quota(*find_word<VcpuQuota>(word));
        quotas[word] = emulator.options().has_aws_quotas ? json::value(usual) : json::value();
    }
    auto reader = emulator.data().current()->reader();
    for (const auto& row : select_vcpu_quotas(reader.db())) {
        quotas[row.quota] = row.vcpus ? json::value(*row.vcpus) : json::value();
    }
    return quotas;
}

void change_quotas(Emulator& emulator, const json::value& wanted)
{
    std::vector<VcpuQuotaRow> rows;
    for (const auto& [name, value] : require_object(wanted)) {
        rows.push_back(read_quota(std::string_view(name), value));
    }
    auto writer = emulator.data().current()->writer();
    Transaction transaction(writer.db());
    for (const auto& row : rows) {
        put_vcpu_quota(writer.db(), row);
    }
    transaction.commit();
}

}  // namespace amilab::control
