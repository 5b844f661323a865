#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// What an instance may be told beside its image, type and place. Few are told anything: an
/// instance without a row has what a row has that nothing was said of.
namespace amilab {

enum class MonitoringState : std::uint8_t { kDisabled, kDisabling, kEnabled, kPending };
template <>
inline constexpr auto kWords<MonitoringState> = words("disabled", "disabling", "enabled",
                                                      "pending");

enum class InstanceTenancy : std::uint8_t { kDefault, kDedicated, kHost };
template <>
inline constexpr auto kWords<InstanceTenancy> = words("default", "dedicated", "host");

enum class CpuCredits : std::uint8_t { kStandard, kUnlimited };
template <>
inline constexpr auto kWords<CpuCredits> = words("standard", "unlimited");

// What holds for an instance that was told nothing of it; filters say the same in SQL.
inline constexpr char kUsualHttpEndpoint[] = "enabled";
inline constexpr char kUsualHttpProtocolIpv6[] = "disabled";
inline constexpr char kUsualMetadataTags[] = "disabled";
inline constexpr char kUsualAutoRecovery[] = "default";
inline constexpr char kUsualHostnameType[] = "ip-name";
inline constexpr char kUsualCapacityPreference[] = "open";
inline constexpr char kUsualBandwidthWeighting[] = "default";
/// Of InstanceOptionRow::instance_metadata_tags: the instance's metadata show its tags.
inline constexpr std::string_view kMetadataTagsEnabled = "enabled";

struct InstanceOptionRow {
    InstanceId instance_id{};
    /// In detail, that is: all are monitored.
    bool monitored = false;
    std::string tenancy{text_of(InstanceTenancy::kDefault)};
    std::optional<std::string> placement_group_id{};
    std::optional<std::string> placement_group_name{};
    std::optional<std::int64_t> partition_number{};
    /// enabled, disabled; as are the next two.
    std::string http_endpoint = kUsualHttpEndpoint;
    std::string http_protocol_ipv6 = kUsualHttpProtocolIpv6;
    std::string instance_metadata_tags = kUsualMetadataTags;
    /// Nothing: what the type has.
    std::optional<std::int64_t> core_count{};
    std::optional<std::int64_t> threads_per_core{};
    /// enabled, disabled; nothing when nothing was said.
    std::optional<std::string> amd_sev_snp{};
    /// enabled, disabled; nothing when nothing was said.
    std::optional<std::string> nested_virtualization{};
    bool hibernation = false;
    bool enclave = false;
    /// default, disabled; as is the next.
    std::string auto_recovery = kUsualAutoRecovery;
    std::string reboot_migration = "default";
    /// ip-name, resource-name
    std::string hostname_type = kUsualHostnameType;
    bool resource_name_dns_a = false;
    bool resource_name_dns_aaaa = false;
    /// Nothing: what the family of its type has by default.
    std::optional<std::string> cpu_credits{};
    /// open, none, capacity-reservations-only
    std::string capacity_preference = kUsualCapacityPreference;
    /// default, vpc-1, ebs-1
    std::string bandwidth_weighting = kUsualBandwidthWeighting;
    /// ARNs of license configurations.
    std::vector<std::string> licenses{};
    /// The request of a Spot Instance.
    std::optional<std::string> spot_request_id{};
    /// The capacity reservation that it was told to run in.
    std::optional<std::string> capacity_target_id{};
    /// The one that it runs in.
    std::optional<std::string> capacity_reservation_id{};
    /// The Dedicated Host that it is on, or was.
    std::optional<std::string> host_id{};
    /// default, host; nothing: default.
    std::optional<std::string> affinity{};
    bool operator==(const InstanceOptionRow&) const = default;
};

/// What an instance type lets its instances be told. Lists are the catalogue's: comma-separated.
struct TypeOptionsRow {
    std::string name{};
    bool burstable = false;
    bool hibernation = false;
    bool bare_metal = false;
    std::optional<std::string> hypervisor{};
    std::string nitro_enclaves_support{};
    std::int64_t default_cores = 0;
    std::int64_t default_threads_per_core = 0;
    std::optional<std::string> valid_cores{};
    std::optional<std::string> valid_threads_per_core{};
    std::optional<std::string> processor_features{};
    std::optional<std::string> bandwidth_weightings{};
    std::string placement_strategies{};
};
/// One that lets them be told nothing where there is no such type.
TypeOptionsRow select_type_options(Database& db, std::string_view name);

/// Writes nothing for one that has nothing but defaults.
void insert_instance_options(Database& db, const InstanceOptionRow& row);
void put_instance_options(Database& db, const InstanceOptionRow& row);
InstanceOptionRow select_instance_options(Database& db, const InstanceId& id);
/// Of those of the instances that were told anything, in the order of their ids.
std::vector<InstanceOptionRow> select_instance_options(Database& db,
                                                       const std::vector<std::string>& instances);
/// Whether an instance that is not terminated was put into the placement group.
bool placement_group_is_used(Database& db, std::string_view placement_group_id);

/// What an instance was told, or what holds for one that was told nothing.
template <std::size_t kLength, std::size_t kUsual>
constexpr auto sql_told(const char (&value)[kLength], const SqlText<kUsual>& usual)
{
    return "coalesce((SELECT " + sql(value) +
           " FROM instance_option o WHERE o.instance_id = n.id), " + usual + ")";
}
template <std::size_t kLength, std::size_t kUsual>
constexpr auto sql_told(const char (&value)[kLength], const char (&usual)[kUsual])
{
    return sql_told(value, sql_quoted(usual));
}
inline constexpr auto kTenancy = sql_told("o.tenancy", sql_word<InstanceTenancy::kDefault>);

/// Source: EC2 User Guide, "Burstable performance instances": T2 instances are standard by default,
/// the later families unlimited (documented). Others are reported as standard (documented).
inline constexpr auto kInstanceCpuCredits =
    "coalesce((SELECT o.cpu_credits FROM instance_option o WHERE o.instance_id = n.id),"
    " iif(t.burstable_performance_supported AND n.instance_type NOT LIKE 't2.%', " +
    sql_word<CpuCredits::kUnlimited> + ", " + sql_word<CpuCredits::kStandard> + "))";

/// What DescribeInstanceCreditSpecifications lists.
struct InstanceCreditRow {
    InstanceId id{};
    std::string cpu_credits{};
};
inline constexpr auto kInstanceCreditColumns = columns<InstanceCreditRow>(
    "instance", "n", text<&InstanceCreditRow::id>("id"),
    text<&InstanceCreditRow::cpu_credits>("cpu_credits").as(kInstanceCpuCredits));
inline constexpr FilterColumn kInstanceCreditFilters[] = {{"instance-id", "id"}};
inline constexpr Listing<InstanceCreditRow> kInstanceCreditList{
    .from = "instance n JOIN catalogue.instance_type t ON t.name = n.instance_type",
    .key = "n.id",
    .columns = kInstanceCreditColumns,
    .filters = kInstanceCreditFilters};

}  // namespace amilab
