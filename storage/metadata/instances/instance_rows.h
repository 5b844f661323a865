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
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

struct InstanceRow {
    InstanceId id;
    std::string region{};
    std::string owner{};
    std::string reservation_id{};
    std::int64_t launch_index = 0;
    /// Empty when the launch had none.
    std::string client_token{};
    /// When it was last started.
    TimeMs launch_time_ms = 0;
    /// pending, running, stopping, stopped, shutting-down, terminated
    std::string state{};
    std::optional<std::string> state_reason_code{};
    std::optional<std::string> state_reason_message{};
    std::string state_transition_reason{};
    TimeMs state_change_time_ms = 0;
    std::string instance_type{};
    std::string zone{};
    /// The network is gone once an instance is terminated.
    std::optional<std::string> subnet_id{};
    std::optional<std::string> vpc_id{};
    std::optional<std::string> private_ip{};
    std::optional<std::string> public_ip{};
    std::optional<std::string> network_interface_id{};
    std::optional<std::string> network_attachment_id{};
    std::optional<std::string> mac_address{};
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
    /// Base64.
    std::optional<std::string> user_data{};
    bool ebs_optimized = false;
    bool source_dest_check = false;
    bool disable_api_termination = false;
    bool disable_api_stop = false;
    /// stop, terminate
    std::string shutdown_behavior{};
    std::string http_tokens{};
    std::int64_t http_put_response_hop_limit = 0;
    /// Read only, from the catalogue: the zone's id, and what the type has.
    std::string zone_id{};
    std::int64_t cores = 0;
    std::int64_t threads_per_core = 0;
    /// Booting: its status checks have not passed yet.
    bool initializing = false;
};

/// What a client sees of a change of state.
struct InstanceStateRow {
    std::string_view state;
    std::optional<std::string> reason_code{};
    std::optional<std::string> reason_message{};
    /// Empty after a launch or a start.
    std::string transition_reason{};
    TimeMs time_ms = 0;
};

struct InstanceGroupRow {
    std::string id;
    std::string name;
};

/// `groups`: ids of the interface's security groups, in order.
void insert_instance(Database& db, const InstanceRow& row, std::span<const std::string> groups);
std::optional<InstanceRow> select_instance(Database& db, std::string_view owner,
                                           std::string_view region, const InstanceId& id);
bool instance_exists(Database& db, std::string_view owner, std::string_view region,
                     const InstanceId& id);
/// Whose an instance of the region is, whoever asks.
std::optional<std::string> select_instance_owner(Database& db, std::string_view region,
                                                 const InstanceId& id);
/// Those of one launch that are still there, in the order of their launch indexes.
std::vector<InstanceRow> select_reservation(Database& db, std::string_view owner,
                                            std::string_view region,
                                            std::string_view reservation_id);
std::vector<InstanceGroupRow> select_instance_groups(Database& db, const InstanceId& id);

std::optional<std::string> select_instance_interface(Database& db, const InstanceId& id);

/// False, and nothing changes, when the instance is not in the state `from`.
bool change_instance_state(Database& db, const InstanceId& id, std::string_view from,
                           const InstanceStateRow& to);
/// The same for a change whose reasons stay.
bool end_instance_state(Database& db, const InstanceId& id, std::string_view from,
                        std::string_view to, TimeMs now_ms);
/// Whatever the state is now.
void set_instance_state(Database& db, const InstanceId& id, const InstanceStateRow& to);
/// The instance starts again: a new launch time and another public address.
void set_instance_launch(Database& db, const InstanceId& id, TimeMs launch_time_ms,
                         const std::optional<std::string>& public_ip);
/// Whether its status checks have yet to pass.
void set_instance_initializing(Database& db, const InstanceId& id, bool initializing);
void clear_instance_public_ip(Database& db, const InstanceId& id);
/// Gives up addresses, interface and security groups.
void clear_instance_network(Database& db, const InstanceId& id);
void delete_instance_row(Database& db, const InstanceId& id);

/// Volumes that came with the launch are there now.
void mark_attachments_attached(Database& db, const InstanceId& id);
/// Removes all of the instance's attachments: which volume, and whether it goes too.
std::vector<std::pair<VolumeId, bool>> take_attachments_of(Database& db, const InstanceId& id);

enum class InstanceFlag {
    kDisableApiStop,
    kDisableApiTermination,
    kEbsOptimized,
    kEnaSupport,
    kSourceDestCheck,
};
void set_instance_flag(Database& db, const InstanceId& id, InstanceFlag flag, bool value);

enum class InstanceText { kShutdownBehavior, kSriovNetSupport, kUserData };
void set_instance_text(Database& db, const InstanceId& id, InstanceText which,
                       const std::optional<std::string>& value);
void set_instance_type(Database& db, const InstanceId& id, std::string_view instance_type,
                       std::string_view current_boot_mode);
void replace_instance_groups(Database& db, const InstanceId& id,
                             std::span<const std::string> groups);

/// Which filters a query's names are: those of DescribeInstances or of DescribeInstanceStatus.
enum class InstanceFilters { kInstances, kStatuses };
enum class InstanceStates { kAll, kRunning };

struct InstanceQuery {
    std::string_view owner;
    std::string_view region;
    /// Only these; empty: any.
    std::vector<InstanceId> ids;
    InstanceFilters filters_of = InstanceFilters::kInstances;
    std::span<const Filter> filters;
    InstanceStates states = InstanceStates::kAll;
    std::string_view after;
    std::int64_t limit = -1;
};

/// In the order of their ids.
std::vector<InstanceRow> select_instances(Database& db, const InstanceQuery& query);

/// Which instances an account may tag: ?1 the id, ?2 the region, ?3 the account.
inline constexpr std::string_view kTaggableInstance =
    "SELECT 1 FROM instance WHERE id = ?1 AND region = ?2 AND owner = ?3";

/// Which network interfaces an account may tag: ?1 the id, ?2 the region, ?3 the account.
inline constexpr std::string_view kTaggableNetworkInterface =
    "SELECT 1 FROM instance WHERE network_interface_id = ?1 AND region = ?2 AND owner = ?3";

}  // namespace amilab
