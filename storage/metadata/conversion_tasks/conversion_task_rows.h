#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/base/vocabulary.h"
#include "storage/disk_formats/disk_image.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

/// Source: "InvalidConversionTaskId.Malformed" and the form of these ids (documented); what tags
/// call the kinds is assumed, for the model's resource types have none.
struct ImportInstanceTaskTag {
    static constexpr std::string_view kPrefix = "import-i";
    static constexpr std::string_view kResourceType = "import-instance-task";
    static constexpr std::string_view kMalformed = "InvalidConversionTaskId.Malformed";
};
using ImportInstanceTaskId = Id<ImportInstanceTaskTag>;

struct ImportVolumeTaskTag {
    static constexpr std::string_view kPrefix = "import-vol";
    static constexpr std::string_view kResourceType = "import-volume-task";
    static constexpr std::string_view kMalformed = "InvalidConversionTaskId.Malformed";
};
using ImportVolumeTaskId = Id<ImportVolumeTaskTag>;

/// What a disk becomes.
enum class ConversionKind : std::uint8_t { kInstance, kVolume };
template <>
inline constexpr auto kWords<ConversionKind> = words("instance", "volume");

enum class ConversionTaskState : std::uint8_t { kActive, kCancelling, kCancelled, kCompleted };
template <>
inline constexpr auto kWords<ConversionTaskState> = words("active", "cancelling", "cancelled",
                                                          "completed");

struct ConversionTaskRow {
    /// An ImportInstanceTaskId's or an ImportVolumeTaskId's.
    std::string id{};
    std::string region{};
    std::string owner{};
    ConversionKind kind{};
    ConversionTaskState state{};
    std::optional<std::string> status_message{};
    TimeMs start_time_ms = 0;
    TimeMs expiration_time_ms = 0;
    std::optional<std::string> description{};
    /// Of the disk image of an instance.
    std::optional<std::string> disk_description{};
    std::string zone{};
    DiskFileFormat format{};
    /// Of the disk's file.
    std::int64_t image_bytes = 0;
    std::string manifest_url{};
    std::int64_t volume_size_gib = 0;
    /// The volume that it becomes; of an instance's disk not before it is there.
    std::optional<VolumeId> volume_id{};
    // Of instances: the one that it becomes, what runs on it, and its launch, as
    // write_parameters() writes it.
    std::optional<InstanceId> instance_id{};
    std::optional<std::string> platform{};
    std::optional<std::string> launch{};
    /// How many of its parts have been seen to be there.
    std::int64_t parts_found = 0;
    /// Of the disk's file.
    std::int64_t bytes_converted = 0;
    /// Read only. From the catalogue.
    std::string zone_id{};
};

inline constexpr auto kConversionTaskColumns = columns<ConversionTaskRow>(
    "conversion_task", "t", text<&ConversionTaskRow::id>("id"),
    text<&ConversionTaskRow::region>("region"), text<&ConversionTaskRow::owner>("owner"),
    text<&ConversionTaskRow::kind>("kind"), text<&ConversionTaskRow::state>("state"),
    text<&ConversionTaskRow::status_message>("status_message"),
    time<&ConversionTaskRow::start_time_ms>("start_time_ms"),
    time<&ConversionTaskRow::expiration_time_ms>("expiration_time_ms"),
    text<&ConversionTaskRow::description>("description"),
    text<&ConversionTaskRow::disk_description>("disk_description"),
    text<&ConversionTaskRow::zone>("zone"), text<&ConversionTaskRow::format>("format"),
    integer<&ConversionTaskRow::image_bytes>("image_bytes"),
    text<&ConversionTaskRow::manifest_url>("manifest_url"),
    integer<&ConversionTaskRow::volume_size_gib>("volume_size_gib"),
    text<&ConversionTaskRow::volume_id>("volume_id"),
    text<&ConversionTaskRow::instance_id>("instance_id"),
    text<&ConversionTaskRow::platform>("platform"), text<&ConversionTaskRow::launch>("launch"),
    integer<&ConversionTaskRow::parts_found>("parts_found"),
    integer<&ConversionTaskRow::bytes_converted>("bytes_converted"),
    text<&ConversionTaskRow::zone_id>("zone_id").as("z.zone_id"));
inline constexpr Listing<ConversionTaskRow> kConversionTaskList{
    .from = "conversion_task t JOIN catalogue.availability_zone z ON z.name = t.zone",
    .key = "t.id",
    .columns = kConversionTaskColumns};

void insert_conversion_task(Database& db, const ConversionTaskRow& row);
std::optional<ConversionTaskRow> select_conversion_task(Database& db, const std::string& id);
/// How many the owner has under way in the region.
std::int64_t count_active_conversion_tasks(Database& db, std::string_view owner,
                                           std::string_view region);
/// Stores what becomes of a task: its state, what it says, how far it is and its volume.
void update_conversion_task(Database& db, const ConversionTaskRow& row);
void delete_conversion_task(Database& db, const std::string& id);

}  // namespace amilab
