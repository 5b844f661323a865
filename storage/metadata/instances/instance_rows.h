#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

struct AttachmentRow;

/// What an instance does that shuts itself down.
enum class ShutdownBehavior : std::uint8_t { kStop, kTerminate };
template <>
inline constexpr auto kWords<ShutdownBehavior> = words("stop", "terminate");

enum class MetadataOptionsState : std::uint8_t { kPending, kApplied };
template <>
inline constexpr auto kWords<MetadataOptionsState> = words("pending", "applied");

struct InstanceRow {
    InstanceId id{};
    std::string region{};
    std::string owner{};
    std::string reservation_id{};
    std::int64_t launch_index = 0;
    /// Empty when the launch had none.
    std::string client_token{};
    /// When it was last started.
    TimeMs launch_time_ms = 0;
    InstanceStateName state{};
    std::optional<std::string> state_reason_code{};
    std::optional<std::string> state_reason_message{};
    std::string state_transition_reason{};
    TimeMs state_change_time_ms = 0;
    std::string instance_type{};
    std::string zone{};
    std::string image_id{};
    std::string image_owner{};
    std::string architecture{};
    std::string virtualization_type{};
    std::string hypervisor{};
    std::optional<std::string> root_device_name{};
    std::string root_device_type{};
    /// The image's.
    std::optional<std::string> boot_mode{};
    std::string current_boot_mode{};
    std::optional<std::string> imds_support{};
    std::optional<std::string> tpm_support{};
    bool ena_support = false;
    std::optional<std::string> sriov_net_support{};
    std::optional<std::string> platform{};
    std::string platform_details{};
    std::string usage_operation{};
    /// When it was first launched.
    TimeMs usage_operation_time_ms = 0;
    std::optional<std::string> kernel_id{};
    std::optional<std::string> ramdisk_id{};
    std::optional<std::string> key_name{};
    /// Base64.
    std::optional<std::string> user_data{};
    bool ebs_optimized = false;
    bool disable_api_termination = false;
    bool disable_api_stop = false;
    /// stop, terminate
    std::string shutdown_behavior{};
    std::string http_tokens{};
    std::int64_t http_put_response_hop_limit = 0;
    /// Booting: its status checks have not passed yet.
    bool initializing = false;
    // Read only. From the catalogue: the zone's id, and what the type has.
    std::string zone_id{};
    std::int64_t cores = 0;
    std::int64_t threads_per_core = 0;
    // Read only, as answers and filters have them.
    std::int64_t state_code = 0;
    MetadataOptionsState metadata_options_state{};
};

/// Source: EC2 API Reference, InstanceState (documented).
inline constexpr auto kInstanceStateCode =
    "CASE n.state WHEN " + sql_word<InstanceStateName::kPending> + " THEN 0 WHEN " +
    sql_word<InstanceStateName::kRunning> + " THEN 16 WHEN " +
    sql_word<InstanceStateName::kShuttingDown> + " THEN 32 WHEN " +
    sql_word<InstanceStateName::kTerminated> + " THEN 48 WHEN " +
    sql_word<InstanceStateName::kStopping> + " THEN 64 ELSE 80 END";
inline constexpr auto kIsPending = "n.state = " + sql_word<InstanceStateName::kPending>;
/// Whether an instance takes room. Source: one that is stopped or terminated does not (documented);
/// one that is on its way there does (assumed).
inline constexpr auto kTakesCapacity = "n.state NOT IN (" + sql_word<InstanceStateName::kStopped> +
                                       ", " + sql_word<InstanceStateName::kTerminated> + ")";
inline constexpr auto kMetadataOptionsState = "iif(" + kIsPending + ", " +
                                              sql_word<MetadataOptionsState::kPending> + ", " +
                                              sql_word<MetadataOptionsState::kApplied> + ")";

inline constexpr auto kInstanceColumns = columns<InstanceRow>(
    "instance", "n", text<&InstanceRow::id>("id"), text<&InstanceRow::region>("region"),
    text<&InstanceRow::owner>("owner"), text<&InstanceRow::reservation_id>("reservation_id"),
    integer<&InstanceRow::launch_index>("launch_index"),
    text<&InstanceRow::client_token>("client_token"),
    time<&InstanceRow::launch_time_ms>("launch_time_ms"), text<&InstanceRow::state>("state"),
    text<&InstanceRow::state_reason_code>("state_reason_code"),
    text<&InstanceRow::state_reason_message>("state_reason_message"),
    text<&InstanceRow::state_transition_reason>("state_transition_reason"),
    time<&InstanceRow::state_change_time_ms>("state_change_time_ms"),
    text<&InstanceRow::instance_type>("instance_type"), text<&InstanceRow::zone>("zone"),
    text<&InstanceRow::image_id>("image_id"), text<&InstanceRow::image_owner>("image_owner"),
    text<&InstanceRow::architecture>("architecture"),
    text<&InstanceRow::virtualization_type>("virtualization_type"),
    text<&InstanceRow::hypervisor>("hypervisor"),
    text<&InstanceRow::root_device_name>("root_device_name"),
    text<&InstanceRow::root_device_type>("root_device_type"),
    text<&InstanceRow::boot_mode>("boot_mode"),
    text<&InstanceRow::current_boot_mode>("current_boot_mode"),
    text<&InstanceRow::imds_support>("imds_support"),
    text<&InstanceRow::tpm_support>("tpm_support"), flag<&InstanceRow::ena_support>("ena_support"),
    text<&InstanceRow::sriov_net_support>("sriov_net_support"),
    text<&InstanceRow::platform>("platform"),
    text<&InstanceRow::platform_details>("platform_details"),
    text<&InstanceRow::usage_operation>("usage_operation"),
    time<&InstanceRow::usage_operation_time_ms>("usage_operation_time_ms"),
    text<&InstanceRow::kernel_id>("kernel_id"), text<&InstanceRow::ramdisk_id>("ramdisk_id"),
    text<&InstanceRow::key_name>("key_name"), text<&InstanceRow::user_data>("user_data"),
    flag<&InstanceRow::ebs_optimized>("ebs_optimized"),
    flag<&InstanceRow::disable_api_termination>("disable_api_termination"),
    flag<&InstanceRow::disable_api_stop>("disable_api_stop"),
    text<&InstanceRow::shutdown_behavior>("shutdown_behavior"),
    text<&InstanceRow::http_tokens>("http_tokens"),
    integer<&InstanceRow::http_put_response_hop_limit>("http_put_response_hop_limit"),
    flag<&InstanceRow::initializing>("initializing"),
    text<&InstanceRow::zone_id>("zone_id").as("z.zone_id"),
    integer<&InstanceRow::cores>("cores").as("t.default_cores"),
    integer<&InstanceRow::threads_per_core>("threads_per_core").as("t.default_threads_per_core"),
    integer<&InstanceRow::state_code>("state_code").as(kInstanceStateCode),
    text<&InstanceRow::metadata_options_state>("metadata_options_state").as(kMetadataOptionsState));
/// Where kInstanceColumns come from.
inline constexpr std::string_view kInstanceFrom =
    "instance n JOIN catalogue.availability_zone z ON z.name = n.zone"
    " JOIN catalogue.instance_type t ON t.name = n.instance_type";

/// What a client sees of a change of state.
struct InstanceStateRow {
    InstanceStateName state{};
    std::optional<std::string> reason_code{};
    std::optional<std::string> reason_message{};
    /// Empty after a launch or a start.
    std::string transition_reason{};
    TimeMs time_ms = 0;
};

void insert_instance(Database& db, const InstanceRow& row);
std::optional<InstanceRow> select_instance(Database& db, std::string_view owner,
                                           std::string_view region, const InstanceId& id);
bool instance_exists(Database& db, std::string_view owner, std::string_view region,
                     const InstanceId& id);
/// Whose an instance of the region is, whoever asks.
std::optional<std::string> select_instance_owner(Database& db, std::string_view region,
                                                 const InstanceId& id);
/// The instances of one launch that are still there, in the order of their launch indexes.
std::vector<InstanceRow> select_reservation(Database& db, std::string_view owner,
                                            std::string_view region,
                                            std::string_view reservation_id);

// What belongs to several instances, in the order of their ids.

/// The root of an instance first, the others in the order in which they were attached.
std::vector<AttachmentRow> select_instance_attachments(Database& db,
                                                       const std::vector<std::string>& instances);

/// False, and nothing changes, when the instance is not in the state `from`.
bool change_instance_state(Database& db, const InstanceId& id, InstanceStateName from,
                           const InstanceStateRow& to);
/// Changes a state whose reasons stay; false as change_instance_state() says it.
bool end_instance_state(Database& db, const InstanceId& id, InstanceStateName from,
                        InstanceStateName to, TimeMs now_ms);
/// Whatever the state is now.
void set_instance_state(Database& db, const InstanceId& id, const InstanceStateRow& to);
void delete_instance_row(Database& db, const InstanceId& id);

/// Volumes that came with the launch are there now.
void mark_attachments_attached(Database& db, const InstanceId& id);
/// Removes all of the instance's attachments: which volume, and whether it goes too.
std::vector<std::pair<VolumeId, bool>> take_attachments_of(Database& db, const InstanceId& id);

/// Sets one member of an instance, by the member: &InstanceRow::user_data.
template <auto kMember, class Value>
void set_instance(Database& db, const InstanceId& id, const Value& value)
{
    set_member<kInstanceColumns, kMember>(db, id, value);
}
void set_instance_type(Database& db, const InstanceId& id, std::string_view instance_type,
                       std::string_view current_boot_mode);

}  // namespace amilab
