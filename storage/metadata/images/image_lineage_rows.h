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

/// What refers to an image: an instance that was launched from it, or a parameter that holds its
/// id.
struct ImageReferenceRow {
    enum class Kind : std::uint8_t { kInstance, kParameter };
    std::string image_id{};
    Kind kind = Kind::kInstance;
    /// The instance's id, the parameter's name.
    std::string name{};
    /// Among those of the image: the kind's number and the name.
    std::string place{};
};
/// Lets pass only references of these kinds; none: nothing. Instances only in these states; none:
/// in any.
void want_reference_kinds(ListQuery& wanted, const std::vector<ImageReferenceRow::Kind>& kinds);
void want_instance_states(ListQuery& wanted, const std::vector<std::string>& states);
/// What refers to the images that the query names, in the order of image, kind and name: instances,
/// and the newest versions of parameters of data type aws:ec2:image. Pages go on behind an
/// image_reference_order_key().
std::vector<ImageReferenceRow> select_image_references(Database& db, const ListQuery& wanted);
std::string image_reference_order_key(const ImageReferenceRow& row);

}  // namespace amilab
