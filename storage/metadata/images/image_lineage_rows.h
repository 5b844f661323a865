#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

/// Where images come from, and what uses them.
namespace amilab {

/// An image and what it was made of.
struct AncestorRow {
    ImageId id{};
    std::string region{};
    std::optional<std::string> owner_alias{};
    TimeMs creation_time_ms = 0;
    std::optional<std::string> source_image_id{};
    std::optional<std::string> source_image_region{};
};
/// Whoever's and whatever its state: deregistered ones too.
std::optional<AncestorRow> select_ancestor(Database& db, const ImageId& id,
                                           std::string_view region);

/// Why a snapshot is in error, if it says so.
std::optional<std::string> select_snapshot_failure(Database& db, const SnapshotId& id);

/// What refers to an image: an instance that was launched from it, a parameter that holds its id,
/// or a launch template with a version that names it.
struct ImageReferenceRow {
    enum class Kind : std::uint8_t { kInstance, kParameter, kLaunchTemplate };
    std::string image_id{};
    Kind kind = Kind::kInstance;
    /// The instance's id, the parameter's name, the template's id.
    std::string name{};
    /// Among those of the image: the kind's number and the name.
    std::string place{};
};
/// Lets pass only references of these kinds; none: nothing. Instances only in these states; none:
/// in any.
void want_reference_kinds(ListQuery& wanted, const std::vector<ImageReferenceRow::Kind>& kinds);
void want_instance_states(ListQuery& wanted, const std::vector<std::string>& states);
/// Launch templates only by so many of their newest versions.
void want_version_depth(ListQuery& wanted, std::int64_t depth);
/// What refers to the images that the query names, in the order of image, kind and name: instances,
/// the newest versions of parameters of data type aws:ec2:image, and launch templates, each once.
/// Pages go on behind an image_reference_order_key().
std::vector<ImageReferenceRow> select_image_references(Database& db, const ListQuery& wanted);
std::string image_reference_order_key(const ImageReferenceRow& row);

}  // namespace amilab
