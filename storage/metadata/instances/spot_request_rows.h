#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/regions/zone_id.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// Requests for Spot Instances.
namespace amilab {

struct SpotRequestTag {
    static constexpr std::string_view kPrefix = "sir";
    static constexpr std::string_view kResourceType = "spot-instances-request";
    static constexpr std::string_view kMalformed = "InvalidSpotInstanceRequestID.Malformed";
};
using SpotRequestId = Id<SpotRequestTag>;

enum class SpotRequestType : std::uint8_t { kOneTime, kPersistent };
template <>
inline constexpr auto kWords<SpotRequestType> = words("one-time", "persistent");

/// Source: EC2 User Guide, "Spot request states" (documented).
enum class SpotRequestState : std::uint8_t {
    kOpen,
    kActive,
    kClosed,
    kCancelled,
    kFailed,
    kDisabled
};
template <>
inline constexpr auto kWords<SpotRequestState> = words("open", "active", "closed", "cancelled",
                                                       "failed", "disabled");

enum class InterruptionBehavior : std::uint8_t { kHibernate, kStop, kTerminate };
template <>
inline constexpr auto kWords<InterruptionBehavior> = words("hibernate", "stop", "terminate");

struct SpotRequestRow {
    SpotRequestId id{};
    std::string region{};
    std::string owner{};
    SpotRequestType type = SpotRequestType::kOneTime;
    SpotRequestState state = SpotRequestState::kOpen;
    std::string status_code{};
    std::string status_message{};
    TimeMs status_time_ms = 0;
    /// Dollars for an hour.
    std::string spot_price{};
    TimeMs create_time_ms = 0;
    std::optional<TimeMs> valid_from_ms{};
    std::optional<TimeMs> valid_until_ms{};
    std::optional<std::string> launch_group{};
    std::optional<std::string> zone_group{};
    InterruptionBehavior interruption_behavior = InterruptionBehavior::kTerminate;
    std::string product_description{};
    std::optional<InstanceId> instance_id{};
    /// Where the instance is.
    std::optional<std::string> zone{};
    std::optional<std::string> fault_code{};
    std::optional<std::string> fault_message{};
    /// Read only.
    std::optional<std::string> zone_id{};
};

inline constexpr auto kSpotRequestZoneId = sql_zone_id(sql("s.zone"));
inline constexpr auto kSpotRequestColumns = columns<SpotRequestRow>(
    "spot_request", "s", text<&SpotRequestRow::id>("id"), text<&SpotRequestRow::region>("region"),
    text<&SpotRequestRow::owner>("owner"), text<&SpotRequestRow::type>("type"),
    text<&SpotRequestRow::state>("state"), text<&SpotRequestRow::status_code>("status_code"),
    text<&SpotRequestRow::status_message>("status_message"),
    time<&SpotRequestRow::status_time_ms>("status_time_ms"),
    text<&SpotRequestRow::spot_price>("spot_price"),
    time<&SpotRequestRow::create_time_ms>("create_time_ms"),
    time<&SpotRequestRow::valid_from_ms>("valid_from_ms"),
    time<&SpotRequestRow::valid_until_ms>("valid_until_ms"),
    text<&SpotRequestRow::launch_group>("launch_group"),
    text<&SpotRequestRow::zone_group>("zone_group"),
    text<&SpotRequestRow::interruption_behavior>("interruption_behavior"),
    text<&SpotRequestRow::product_description>("product_description"),
    text<&SpotRequestRow::instance_id>("instance_id"), text<&SpotRequestRow::zone>("zone"),
    text<&SpotRequestRow::fault_code>("fault_code"),
    text<&SpotRequestRow::fault_message>("fault_message"),
    text<&SpotRequestRow::zone_id>("zone_id").as(kSpotRequestZoneId));

/// What is asked of the parameters of a launch whose path is like this one; `*` stands for the
/// numbers of lists.
template <std::size_t kLength>
constexpr auto sql_of_launch(const char (&path)[kLength])
{
    return sql("EXISTS (SELECT 1 FROM spot_request_parameter x WHERE x.request_id = s.id"
               " AND x.path GLOB '") +
           sql(path) + "' AND ";
}
inline constexpr auto kSpotMapDelete =
    sql_of_launch("BlockDeviceMapping.*.Ebs.DeleteOnTermination");
inline constexpr auto kSpotMapDevice = sql_of_launch("BlockDeviceMapping.*.DeviceName");
inline constexpr auto kSpotMapSnapshot = sql_of_launch("BlockDeviceMapping.*.Ebs.SnapshotId");
inline constexpr auto kSpotMapSize = sql_of_launch("BlockDeviceMapping.*.Ebs.VolumeSize");
inline constexpr auto kSpotMapType = sql_of_launch("BlockDeviceMapping.*.Ebs.VolumeType");
inline constexpr auto kSpotGroupId = sql_of_launch("SecurityGroupId.*");
/// Groups stand there by their ids, but in requests that are older than that.
inline constexpr std::string_view kSpotGroupName =
    "CASE WHEN x.path GLOB 'SecurityGroup.*' THEN x.value ELSE g.name END";
inline constexpr std::string_view kSpotGroups =
    "EXISTS (SELECT 1 FROM spot_request_parameter x LEFT JOIN security_group g"
    " ON g.id = x.value AND g.owner = s.owner"
    " WHERE x.request_id = s.id AND x.path GLOB 'SecurityGroup*.*' AND ";
inline constexpr auto kSpotImage = sql_of_launch("ImageId");
inline constexpr auto kSpotInstanceType = sql_of_launch("InstanceType");
inline constexpr auto kSpotKernel = sql_of_launch("KernelId");
inline constexpr auto kSpotKey = sql_of_launch("KeyName");
inline constexpr auto kSpotRamdisk = sql_of_launch("RamdiskId");
inline constexpr auto kSpotPrimary =
    sql_of_launch("NetworkInterface.*.PrivateIpAddresses.*.Primary");
inline constexpr auto kSpotInterfaceDelete =
    sql_of_launch("NetworkInterface.*.DeleteOnTermination");
inline constexpr auto kSpotInterfaceText = sql_of_launch("NetworkInterface.*.Description");
inline constexpr auto kSpotInterfaceIndex = sql_of_launch("NetworkInterface.*.DeviceIndex");
inline constexpr auto kSpotInterfaceGroup = sql_of_launch("NetworkInterface.*.SecurityGroupId.*");
inline constexpr auto kSpotInterface = sql_of_launch("NetworkInterface.*.NetworkInterfaceId");
inline constexpr auto kSpotAddress = sql_of_launch("NetworkInterface.*.PrivateIpAddress");
inline constexpr auto kSpotSubnet = sql_of_launch("NetworkInterface.*.SubnetId");
inline constexpr std::string_view kSpotMonitoring =
    "coalesce((SELECT x.value FROM spot_request_parameter x WHERE x.request_id = s.id"
    " AND x.path = 'Monitoring.Enabled'), 'false')";

/// Source: EC2 API Reference, DescribeSpotInstanceRequests (documented).
inline constexpr FilterColumn kSpotRequestFilters[] = {
    {"availability-zone-group", "zone_group"},
    {"create-time", "create_time_ms"},
    {"fault-code", "fault_code"},
    {"fault-message", "fault_message"},
    {"instance-id", "instance_id"},
    {"launch-group", "launch_group"},
    {"launch.block-device-mapping.delete-on-termination", "x.value", kSpotMapDelete, ")"},
    {"launch.block-device-mapping.device-name", "x.value", kSpotMapDevice, ")"},
    {"launch.block-device-mapping.snapshot-id", "x.value", kSpotMapSnapshot, ")"},
    {"launch.block-device-mapping.volume-size", "x.value", kSpotMapSize, ")"},
    {"launch.block-device-mapping.volume-type", "x.value", kSpotMapType, ")"},
    {"launch.group-id", "x.value", kSpotGroupId, ")"},
    {"launch.group-name", kSpotGroupName, kSpotGroups, ")"},
    {"launch.image-id", "x.value", kSpotImage, ")"},
    {"launch.instance-type", "x.value", kSpotInstanceType, ")"},
    {"launch.kernel-id", "x.value", kSpotKernel, ")"},
    {"launch.key-name", "x.value", kSpotKey, ")"},
    {"launch.monitoring-enabled", kSpotMonitoring},
    {"launch.ramdisk-id", "x.value", kSpotRamdisk, ")"},
    {"launched-availability-zone", "zone"},
    {"launched-availability-zone-id", "zone_id"},
    {"network-interface.addresses.primary", "x.value", kSpotPrimary, ")"},
    {"network-interface.delete-on-termination", "x.value", kSpotInterfaceDelete, ")"},
    {"network-interface.description", "x.value", kSpotInterfaceText, ")"},
    {"network-interface.device-index", "x.value", kSpotInterfaceIndex, ")"},
    {"network-interface.group-id", "x.value", kSpotInterfaceGroup, ")"},
    {"network-interface.network-interface-id", "x.value", kSpotInterface, ")"},
    {"network-interface.private-ip-address", "x.value", kSpotAddress, ")"},
    {"network-interface.subnet-id", "x.value", kSpotSubnet, ")"},
    {"product-description", "product_description"},
    {"spot-instance-request-id", "id"},
    {"spot-price", "printf('%.6f', s.spot_price)"},
    {"state", "state"},
    {"status-code", "status_code"},
    {"status-message", "status_message"},
    {"type", "type"},
    {"valid-from", "valid_from_ms"},
    {"valid-until", "valid_until_ms"},
};
inline constexpr Listing<SpotRequestRow> kSpotRequestList{
    .key = "s.id", .columns = kSpotRequestColumns, .filters = kSpotRequestFilters};

/// One parameter of the launches of a request.
struct SpotRequestParameterRow {
    std::string request_id{};
    std::string path{};
    std::string value{};
};
inline constexpr auto kSpotRequestParameterColumns = columns<SpotRequestParameterRow>(
    "spot_request_parameter", "x", text<&SpotRequestParameterRow::request_id>("request_id"),
    text<&SpotRequestParameterRow::path>("path"), text<&SpotRequestParameterRow::value>("value"));

/// Whoever's it is.
std::optional<SpotRequestRow> select_spot_request(Database& db, const SpotRequestId& id);
/// The request of the instance; nothing when that is no Spot Instance.
std::optional<SpotRequestRow> select_spot_request_of(Database& db, const InstanceId& instance);
/// What can change: state, status, instance and fault, as the row has them.
void update_spot_request(Database& db, const SpotRequestRow& row);
/// Of those requests, in the order of their ids.
std::vector<SpotRequestParameterRow> select_spot_request_parameters(
    Database& db, const std::vector<std::string>& requests);

}  // namespace amilab
