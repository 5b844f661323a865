#include "storage/metadata/instance_types/instance_requirement_rows.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "storage/metadata/instance_types/instance_type_rows.h"
#include "storage/metadata/instances/spot_price_rows.h"
#include "storage/metadata/sql/patterns.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

/// The rows of a type's accelerators, each once: Inferentia chips have rows of two kinds, of which
/// "inference" counts.
constexpr auto kAccelerators =
    "FROM catalogue.instance_type_accelerator a WHERE a.instance_type = t.name AND (a.kind <> " +
    sql_word<AcceleratorKind::kNeuron> +
    " OR NOT EXISTS (SELECT 1 FROM catalogue.instance_type_accelerator b"
    " WHERE b.instance_type = a.instance_type AND b.kind = " +
    sql_word<AcceleratorKind::kInference> + "))";
// A part of a GPU, of which the catalogue counts no whole ones, is one.
constexpr auto kAcceleratorCount = "(SELECT ifnull(SUM(max(a.count, 1)), 0) " + kAccelerators + ")";
constexpr auto kAcceleratorMemory =
    "(SELECT ifnull(SUM(k.mib), 0) FROM (SELECT MAX(a.total_memory_mib) AS mib " + kAccelerators +
    " GROUP BY a.kind) k)";
constexpr auto kHasAccelerator = "EXISTS (SELECT 1 " + kAccelerators + " AND ";
// Of what is in no list of kinds that requests have.
constexpr auto kAcceleratorType = "iif(a.kind = " + sql_word<AcceleratorKind::kNeuron> + ", " +
                                  sql_word<AcceleratorKind::kInference> + ", a.kind)";

constexpr std::string_view kNetworkGbps =
    "(SELECT SUM(c.baseline_bandwidth_gbps) FROM catalogue.network_card_facts c"
    " WHERE c.network = t.network)";
constexpr std::string_view kHasDisk =
    "EXISTS (SELECT 1 FROM catalogue.disk_facts d WHERE d.storage = t.storage AND d.type IN ";

void within(const WantedRange& range, std::string_view value, ListQuery& query)
{
    if (range.min) {
        query.also.sql(" AND ").sql(value).part(" >= ?", *range.min);
    }
    if (range.max) {
        query.also.sql(" AND ").sql(value).part(" <= ?", *range.max);
    }
}

void one_of(const std::vector<std::string>& values, std::string_view value, ListQuery& query)
{
    if (!values.empty()) {
        query.also.sql(" AND ").sql(value).sql(" IN ").list(values);
    }
}

/// Of a column that holds a list.
void holds_one_of(const std::vector<std::string>& values, std::string_view column, ListQuery& query)
{
    if (!values.empty()) {
        query.also.part(" AND EXISTS (SELECT 1 FROM json_each(?) w WHERE instr(',' || ",
                        json_list(values));
        query.also.sql(column).sql(" || ',', ',' || w.value || ',') > 0)");
    }
}

void included(TypeInclusion inclusion, std::string_view flag, ListQuery& query)
{
    switch (inclusion) {
        case TypeInclusion::kIncluded:
            return;
        case TypeInclusion::kRequired:
            query.also.sql(" AND ").sql(flag);
            return;
        case TypeInclusion::kExcluded:
            query.also.sql(" AND NOT ").sql(flag);
            return;
    }
}

void named_like(const std::vector<std::string>& patterns, std::string_view how, ListQuery& query)
{
    if (!patterns.empty()) {
        query.also.sql(how).part("matches_any(t.name, ?)",
                                 pattern_list({patterns.begin(), patterns.end()}));
    }
}

void require_storage(const WantedAttributes& wanted, ListQuery& query)
{
    included(wanted.local_storage, "t.instance_storage_supported", query);
    within(wanted.local_storage_gb, "ifnull(t.instance_storage_total_gb, 0)", query);
    if (!wanted.disk_types.empty()) {
        query.also.sql(" AND (NOT t.instance_storage_supported OR ").sql(kHasDisk);
        query.also.list(wanted.disk_types).sql("))");
    }
}

void has_accelerator(const std::vector<std::string>& values, std::string_view value,
                     ListQuery& query)
{
    if (!values.empty()) {
        query.also.sql(" AND ").sql(kHasAccelerator).sql(value).sql(" IN ");
        query.also.list(values).sql(")");
    }
}

void require_accelerators(const WantedAttributes& wanted, ListQuery& query)
{
    within(wanted.accelerators, kAcceleratorCount, query);
    within(wanted.accelerator_memory_mib, kAcceleratorMemory, query);
    has_accelerator(wanted.accelerator_types, kAcceleratorType, query);
    // Neuron devices, which have no maker in the catalogue, are AWS's.
    has_accelerator(wanted.accelerator_manufacturers, "ifnull(a.manufacturer, 'AWS')", query);
    has_accelerator(wanted.accelerator_names, "lower(replace(a.name, ' ', '-'))", query);
}

constexpr std::int64_t kNanosOfOne = 1'000'000'000;

/// The lowest prices of Linux, by type.
std::map<std::string, NanoUsd> select_lowest_spot_prices(Database& db, std::string_view region,
                                                         std::vector<std::string> types)
{
    ListQuery query{.region = region};
    query.among.emplace_back(kSpotPriceType, std::move(types));
    query.among.emplace_back(kSpotPriceProduct, std::vector<std::string>{"Linux/UNIX"});
    std::map<std::string, NanoUsd> lowest;
    for (const auto& row : select_page<kSpotPriceList>(db, query)) {
        const NanoUsd price{std::llround(std::stod(row.price) * kNanosOfOne)};
        const auto known = lowest.emplace(row.instance_type, price).first;
        known->second = std::min(known->second, price);
    }
    return lowest;
}

}  // namespace

void require_attributes(const WantedAttributes& wanted, ListQuery& query)
{
    holds_one_of(wanted.architectures, "t.supported_architectures", query);
    holds_one_of(wanted.virtualization_types, "t.supported_virtualization_types", query);
    within(wanted.vcpus, "t.default_vcpus", query);
    within(wanted.memory_mib, "t.memory_mib", query);
    within(wanted.memory_gib_per_vcpu, "(t.memory_mib / 1024.0 / t.default_vcpus)", query);
    one_of(wanted.processor_manufacturers, "t.processor_manufacturer", query);
    named_like(wanted.allowed_types, " AND ", query);
    named_like(wanted.excluded_types, " AND NOT ", query);
    if (wanted.current_generation != wanted.previous_generation) {
        query.also.sql(wanted.current_generation ? " AND t.current_generation"
                                                 : " AND NOT t.current_generation");
    }
    included(wanted.bare_metal, "t.bare_metal", query);
    included(wanted.burstable, "t.burstable_performance_supported", query);
    query.also.sql(wanted.hibernation ? " AND t.hibernation_supported" : "");
    query.also.sql(wanted.encryption_in_transit ? " AND t.encryption_in_transit_supported" : "");
    within(wanted.network_interfaces, "t.maximum_network_interfaces", query);
    within(wanted.network_gbps, kNetworkGbps, query);
    within(wanted.ebs_baseline_mbps, "ifnull(t.ebs_baseline_bandwidth_mbps, 0)", query);
    require_storage(wanted, query);
    require_accelerators(wanted, query);
}

std::vector<PricedTypeRow> select_priced_types(Database& db, const ListQuery& query)
{
    auto all = query;
    all.after = {};
    all.limit = -1;
    std::vector<PricedTypeRow> rows;
    std::vector<std::string> names;
    for (const auto& type : select_page<kInstanceTypeList>(db, all)) {
        rows.push_back({.name = type.name,
                        .current_generation = type.current_generation,
                        .on_demand = select_instance_price(db, query.region, type.name)});
        names.push_back(type.name);
    }
    if (rows.empty()) {
        return rows;  // among no types would be among all
    }
    const auto spot = select_lowest_spot_prices(db, query.region, std::move(names));
    for (auto& row : rows) {
        if (const auto found = spot.find(row.name); found != spot.end()) {
            row.spot = found->second;
        }
    }
    return rows;
}

void require_named_types(const std::vector<std::string>& names, ListQuery& query)
{
    query.also.sql(" AND t.name IN ").list(names);
}

}  // namespace amilab
