#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/regions/zone_id.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/volumes/volume_ids.h"
#include "storage/metadata/volumes/volume_state.h"
#include "storage/metadata/volumes/volume_type.h"

namespace amilab {

struct VolumeRow {
    VolumeId id{};
    std::string region{};
    std::string owner{};
    std::string zone{};
    /// The writable layer on top.
    LayerId layer_id{};
    std::int64_t size_gib = 0;
    /// The snapshot that it was made from.
    std::optional<std::string> snapshot_id{};
    std::string volume_type{};
    std::optional<std::int64_t> iops{};
    /// MiB/s
    std::optional<std::int64_t> throughput{};
    bool encrypted = false;
    bool multi_attach = false;
    VolumeState state{};
    TimeMs create_time_ms = 0;
    /// The volume that it is a copy of.
    std::optional<std::string> source_volume_id{};
    /// MiB/s, when one was asked for.
    std::optional<std::int64_t> initialization_rate{};
    /// When all its bytes have come from a snapshot or another volume; nothing for an empty one.
    std::optional<TimeMs> initialized_ms{};
    bool auto_enable_io = false;
    /// The key's ARN and the identifier of the data key; nothing while not encrypted.
    std::optional<std::string> kms_key_id{};
    std::optional<std::string> data_key_id{};
    /// Made where its snapshot was enabled for fast restores.
    bool fast_restored = false;
    /// Read only.
    std::optional<std::string> zone_id{};
};

inline constexpr auto kVolumeZoneId = sql_zone_id(sql("v.zone"));

inline constexpr auto kVolumeColumns = columns<VolumeRow>(
    "volume", "v", text<&VolumeRow::id>("id"), text<&VolumeRow::region>("region"),
    text<&VolumeRow::owner>("owner"), text<&VolumeRow::zone>("zone"),
    integer<&VolumeRow::layer_id>("layer_id"), integer<&VolumeRow::size_gib>("size_gib"),
    text<&VolumeRow::snapshot_id>("snapshot_id"), text<&VolumeRow::volume_type>("volume_type"),
    integer<&VolumeRow::iops>("iops"), integer<&VolumeRow::throughput>("throughput"),
    flag<&VolumeRow::encrypted>("encrypted"), flag<&VolumeRow::multi_attach>("multi_attach"),
    text<&VolumeRow::state>("state"), time<&VolumeRow::create_time_ms>("create_time_ms"),
    text<&VolumeRow::source_volume_id>("source_volume_id"),
    integer<&VolumeRow::initialization_rate>("initialization_rate"),
    time<&VolumeRow::initialized_ms>("initialized_ms"),
    flag<&VolumeRow::auto_enable_io>("auto_enable_io"), text<&VolumeRow::kms_key_id>("kms_key_id"),
    text<&VolumeRow::data_key_id>("data_key_id"), flag<&VolumeRow::fast_restored>("fast_restored"),
    text<&VolumeRow::zone_id>("zone_id").as(kVolumeZoneId));

inline constexpr std::string_view kOfAttachment =
    "EXISTS (SELECT 1 FROM attachment a WHERE a.volume_id = v.id AND ";
inline constexpr std::string_view kOfOneAttachment =
    "v.id IN (SELECT a.volume_id FROM attachment a WHERE ";
inline constexpr auto kAttachTime = sql_whole_seconds(sql("a.attach_time_ms"));
// operator.principal: no service manages a volume here, so nothing matches it. A snapshot's volumes
// are found by their index.
inline constexpr FilterColumn kVolumeFilters[] = {
    {"attachment.attach-time", kAttachTime, kOfAttachment, ")"},
    {"attachment.delete-on-termination", "iif(a.delete_on_termination, 'true', 'false')",
     kOfAttachment, ")"},
    {"attachment.device", "a.device", kOfAttachment, ")"},
    {"attachment.instance-id", "a.instance_id", kOfOneAttachment, ")", kOfAttachment},
    {"attachment.status", "a.state", kOfAttachment, ")"},
    {"availability-zone", "zone"},
    {"availability-zone-id", "zone_id"},
    {"create-time", "create_time_ms"},
    {"encrypted", "encrypted"},
    {"fast-restored", "fast_restored"},
    {"multi-attach-enabled", "multi_attach"},
    {"operator.managed", "'false'"},
    {"size", "size_gib"},
    {"snapshot-id", "s.snapshot_id", "v.id IN (SELECT s.id FROM volume s WHERE ", ")",
     "EXISTS (SELECT 1 FROM volume s WHERE s.id = v.id AND "},
    {"status", "state"},
    {"volume-id", "id"},
    {"volume-type", "volume_type"},
};
/// What is in the recycle bin is left out.
inline constexpr auto kNotInBin = "v.state <> " + sql_word<VolumeState::kDeleted>;
inline constexpr Listing<VolumeRow> kVolumeList{
    .where = kNotInBin, .key = "v.id", .columns = kVolumeColumns, .filters = kVolumeFilters};

/// A volume's status, and what of it tells how far it is.
struct VolumeStatusRow {
    VolumeId id{};
    std::string zone{};
    std::optional<std::string> zone_id{};
    TimeMs create_time_ms = 0;
    std::optional<std::string> source_volume_id{};
    std::optional<std::int64_t> initialization_rate{};
    std::optional<TimeMs> initialized_ms{};
    VolumeCheck status{};
    /// The details.
    VolumeCheck io_enabled{};
    VolumeCheck io_performance{};
    /// Nothing for a volume that began empty.
    std::optional<InitializationState> initialization_state{};
    /// Of each of its attachments, whatever the volume's state: normal, not-applicable.
    VolumeCheck attached_io_performance{};
};

// Source: volume status and its details (documented): I/O performance is checked of volumes with
// provisioned IOPS that are attached; a volume that is being made has not been checked (assumed).
inline constexpr auto kIsAttached =
    sql("EXISTS (SELECT 1 FROM attachment a WHERE a.volume_id = v.id)");
inline constexpr auto kHasProvisionedIops = "v.volume_type IN " + sql_list<kProvisionedIopsTypes>();
inline constexpr auto kIsCreating = "v.state = " + sql_word<VolumeState::kCreating>;
inline constexpr auto kUnlessCreating =
    "iif(" + kIsCreating + ", " + sql_word<VolumeCheck::kInsufficientData> + ", ";
inline constexpr auto kVolumeStatus = kUnlessCreating + sql_word<VolumeCheck::kOk> + ")";
inline constexpr auto kIoEnabled = kUnlessCreating + sql_word<VolumeCheck::kPassed> + ")";
inline constexpr auto kAttachedIoPerformance = "iif(" + kHasProvisionedIops + ", " +
                                               sql_word<VolumeCheck::kNormal> + ", " +
                                               sql_word<VolumeCheck::kNotApplicable> + ")";
inline constexpr auto kIoPerformance = kUnlessCreating + "iif(" + kIsAttached + ", " +
                                       kAttachedIoPerformance + ", " +
                                       sql_word<VolumeCheck::kNotApplicable> + "))";
inline constexpr auto kInitializationState =
    "CASE WHEN v.initialized_ms IS NULL THEN NULL WHEN " + kIsCreating +
    " OR v.initialized_ms > $now THEN " + sql_word<InitializationState::kInitializing> + " ELSE " +
    sql_word<InitializationState::kCompleted> + " END";

inline constexpr auto kVolumeStatusColumns = columns<VolumeStatusRow>(
    "volume", "v", text<&VolumeStatusRow::id>("id"), text<&VolumeStatusRow::zone>("zone"),
    text<&VolumeStatusRow::zone_id>("zone_id").as(kVolumeZoneId),
    time<&VolumeStatusRow::create_time_ms>("create_time_ms"),
    text<&VolumeStatusRow::source_volume_id>("source_volume_id"),
    integer<&VolumeStatusRow::initialization_rate>("initialization_rate"),
    time<&VolumeStatusRow::initialized_ms>("initialized_ms"),
    text<&VolumeStatusRow::status>("status").as(kVolumeStatus),
    text<&VolumeStatusRow::io_enabled>("io_enabled").as(kIoEnabled),
    text<&VolumeStatusRow::io_performance>("io_performance").as(kIoPerformance),
    text<&VolumeStatusRow::initialization_state>("initialization_state").as(kInitializationState),
    text<&VolumeStatusRow::attached_io_performance>("attached_io_performance")
        .as(kAttachedIoPerformance));

inline constexpr auto kOfStatusDetail =
    "EXISTS (SELECT 1 FROM (SELECT " + sql_word<VolumeStatusName::kIoEnabled> + " AS name, " +
    kIoEnabled + " AS status UNION ALL SELECT " + sql_word<VolumeStatusName::kIoPerformance> +
    ", " + kIoPerformance + " UNION ALL SELECT " +
    sql_word<VolumeStatusName::kInitializationState> + ", " + kInitializationState +
    " WHERE v.initialized_ms IS NOT NULL) d WHERE ";
inline constexpr auto kIfAttached = kIsAttached + " AND ";
// action.* and event.*: nothing impairs a volume here, so nothing matches them.
inline constexpr FilterColumn kVolumeStatusFilters[] = {
    {"attachment-status.instance-id", "a.instance_id", kOfOneAttachment, ")", kOfAttachment},
    {"attachment-status.io-performance", "attached_io_performance", kIfAttached, ""},
    {"availability-zone", "zone"},
    {"volume-status.details-name", "d.name", kOfStatusDetail, ")"},
    {"volume-status.details-status", "d.status", kOfStatusDetail, ")"},
    {"volume-status.status", "status"},
};
inline constexpr Listing<VolumeStatusRow> kVolumeStatusList{.where = kNotInBin,
                                                            .key = "v.id",
                                                            .columns = kVolumeStatusColumns,
                                                            .filters = kVolumeStatusFilters};

struct AttachmentRow {
    VolumeId volume_id{};
    InstanceId instance_id{};
    std::string device{};
    AttachmentState state{};
    TimeMs attach_time_ms = 0;
    bool delete_on_termination = false;
};

inline constexpr auto kAttachmentColumns = columns<AttachmentRow>(
    "attachment", "a", text<&AttachmentRow::volume_id>("volume_id"),
    text<&AttachmentRow::instance_id>("instance_id"), text<&AttachmentRow::device>("device"),
    text<&AttachmentRow::state>("state"), time<&AttachmentRow::attach_time_ms>("attach_time_ms"),
    flag<&AttachmentRow::delete_on_termination>("delete_on_termination"));

void insert_volume(Database& db, const VolumeRow& row);
std::optional<VolumeRow> select_volume(Database& db, std::string_view owner,
                                       std::string_view region, const VolumeId& id);
/// Whoever's it is, and in the bin too: its state is deleted there, and the others leave it out.
std::optional<VolumeRow> select_any_volume(Database& db, const VolumeId& id);
void set_volume_state(Database& db, const VolumeId& id, VolumeState state);
/// False, and nothing changes, when the volume is not in the state `from`.
bool change_volume_state(Database& db, const VolumeId& id, VolumeState from, VolumeState to);
void set_volume_layer(Database& db, const VolumeId& id, LayerId layer);
/// Deletes the row of a volume in that state, and returns its layer, for the caller to release;
/// nothing happens to another.
std::optional<LayerId> take_volume_in_state(Database& db, const VolumeId& id, VolumeState state);

/// What ModifyVolume changes.
void set_volume_performance(Database& db, const VolumeRow& row);
void set_volume_auto_enable_io(Database& db, const VolumeId& id, bool value);

/// False when the instance has something at that device, or that volume already, or the volume is
/// attached elsewhere and not for several instances. Also notes the root volumes of instances.
bool insert_attachment(Database& db, const AttachmentRow& row);
void set_attachment_state(Database& db, const VolumeId& volume, const InstanceId& instance,
                          AttachmentState state);
void set_delete_on_termination(Database& db, const VolumeId& volume, const InstanceId& instance,
                               bool delete_on_termination);
void delete_attachment(Database& db, const VolumeId& volume, const InstanceId& instance);
std::optional<AttachmentRow> select_attachment(Database& db, const VolumeId& volume,
                                               const InstanceId& instance);
/// The attachments of a volume, in the order of the instances' ids.
std::vector<AttachmentRow> select_attachments_on(Database& db, const VolumeId& volume);
/// Attachments of several volumes, in the order of the volumes' ids, then of the instances'.
std::vector<AttachmentRow> select_attachments_on_all(Database& db,
                                                     const std::vector<std::string>& volumes);
/// The root first, the others in the order in which they were attached.
std::vector<AttachmentRow> select_attachments_of(Database& db, const InstanceId& instance);
std::int64_t count_attachments_of(Database& db, const InstanceId& instance);
/// Whether an instance has the volume as its root, or had.
bool was_root_volume(Database& db, std::string_view volume);
/// Whether this instance has the volume as its root, or had.
bool was_root_volume_of(Database& db, std::string_view volume, const InstanceId& instance);

/// What attaching looks at of an instance.
struct AttachmentHost {
    InstanceStateName state{};
    std::string zone{};
    std::optional<std::string> root_device_name{};
    std::string virtualization_type{};
    std::string instance_type{};
    /// How many volumes it has.
    std::int64_t attachments = 0;
    /// nitro, xen; nothing on bare metal.
    std::optional<std::string> hypervisor{};
    bool bare_metal = false;
};

std::optional<AttachmentHost> select_attachment_host(Database& db, std::string_view owner,
                                                     std::string_view region,
                                                     const InstanceId& instance);

}  // namespace amilab
