#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

struct VolumeRow {
    VolumeId id;
    std::string region;
    std::string owner;
    std::string zone;
    /// The writable layer on top.
    LayerId layer_id;
    std::int64_t size_gib;
    /// The snapshot that it was made from.
    std::optional<std::string> snapshot_id;
    std::string volume_type;
    std::optional<std::int64_t> iops;
    /// MiB/s
    std::optional<std::int64_t> throughput;
    bool encrypted;
    bool multi_attach;
    std::string state;
    TimeMs create_time_ms;
    /// The volume that it is a copy of.
    std::optional<std::string> source_volume_id{};
    /// MiB/s, when one was asked for.
    std::optional<std::int64_t> initialization_rate{};
    /// When all its bytes have come from a snapshot or another volume; nothing for an empty one.
    std::optional<TimeMs> initialized_ms{};
    bool auto_enable_io = false;
    /// The key's ARN and the identifier of the data key; nothing while not encrypted.
    std::optional<std::string> kms_key_id = {};
    std::optional<std::string> data_key_id = {};
    /// Made where its snapshot was enabled for fast restores.
    bool fast_restored = false;
};

struct AttachmentRow {
    VolumeId volume_id;
    InstanceId instance_id;
    std::string device;
    std::string state;
    TimeMs attach_time_ms;
    bool delete_on_termination;
};

void insert_volume(Database& db, const VolumeRow& row);
std::optional<VolumeRow> select_volume(Database& db, std::string_view owner,
                                       std::string_view region, const VolumeId& id);
/// Whoever's it is, and in the bin too: its state is deleted there, and the others leave it out.
std::optional<VolumeRow> select_any_volume(Database& db, const VolumeId& id);
void set_volume_state(Database& db, const VolumeId& id, std::string_view state);
/// False, and nothing changes, when the volume is not in the state `from`.
bool change_volume_state(Database& db, const VolumeId& id, std::string_view from,
                         std::string_view to);
void set_volume_layer(Database& db, const VolumeId& id, LayerId layer);
/// Deletes the row of a volume in that state, and returns its layer, for the caller to release;
/// nothing happens to another.
std::optional<LayerId> take_volume_in_state(Database& db, const VolumeId& id,
                                            std::string_view state);

/// What ModifyVolume changes.
void set_volume_performance(Database& db, const VolumeRow& row);
void set_volume_auto_enable_io(Database& db, const VolumeId& id, bool value);

/// False when the instance has something at that device, or that volume already, or the volume is
/// attached elsewhere and not for several instances. Also notes the root volumes of instances.
bool insert_attachment(Database& db, const AttachmentRow& row);
void set_attachment_state(Database& db, const VolumeId& volume, const InstanceId& instance,
                          std::string_view state);
void set_delete_on_termination(Database& db, const VolumeId& volume, const InstanceId& instance,
                               bool delete_on_termination);
void delete_attachment(Database& db, const VolumeId& volume, const InstanceId& instance);
std::optional<AttachmentRow> select_attachment(Database& db, const VolumeId& volume,
                                               const InstanceId& instance);
/// In the order of the instances' ids.
std::vector<AttachmentRow> select_attachments_on(Database& db, const VolumeId& volume);
/// The root first, the others in the order in which they were attached.
std::vector<AttachmentRow> select_attachments_of(Database& db, const InstanceId& instance);
/// Whether an instance has the volume as its root, or had.
bool was_root_volume(Database& db, std::string_view volume);
/// The same of one instance.
bool was_root_volume_of(Database& db, std::string_view volume, const InstanceId& instance);

/// Which filters a query's names are: those of DescribeVolumes or of DescribeVolumeStatus.
enum class VolumeFilters { kVolumes, kStatuses };

struct VolumeQuery {
    std::string_view owner;
    std::string_view region;
    std::vector<VolumeId> ids;
    std::span<const Filter> filters;
    std::string_view after;
    std::int64_t limit;
    VolumeFilters filters_of = VolumeFilters::kVolumes;
    TimeMs now_ms = 0;
};

/// In the order of their ids.
std::vector<VolumeRow> select_volumes(Database& db, const VolumeQuery& query);

/// What attaching looks at of an instance.
struct AttachmentHost {
    std::string state;
    std::string zone;
    std::optional<std::string> root_device_name;
    std::string instance_type;
    /// The type's limit; nothing where it has none.
    std::optional<std::int64_t> maximum_attachments;
    /// How many volumes it has.
    std::int64_t attachments;
    /// nitro, xen; nothing on bare metal.
    std::optional<std::string> hypervisor;
    bool bare_metal = false;
};

std::optional<AttachmentHost> select_attachment_host(Database& db, std::string_view owner,
                                                     std::string_view region,
                                                     const InstanceId& instance);

/// Which volumes an account may tag: ?1 the id, ?2 the region, ?3 the account.
inline constexpr std::string_view kTaggableVolume =
    "SELECT 1 FROM volume WHERE id = ?1 AND region = ?2 AND owner = ?3";

}  // namespace amilab
