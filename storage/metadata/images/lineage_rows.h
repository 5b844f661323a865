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
    enum class Kind { kInstance, kParameter };
    std::string image_id{};
    Kind kind = Kind::kInstance;
    /// The instance's id, the parameter's name.
    std::string name{};
};
/// The ids are the images'; `after` is an image_reference_order_key().
struct ImageReferenceQuery : ListQuery {
    bool instances = false;
    /// Only instances in these states; empty: in any.
    std::vector<std::string> states{};
    /// Of data type aws:ec2:image, by their newest versions.
    bool parameters = false;
};
/// In the order of image, kind and name.
std::vector<ImageReferenceRow> select_image_references(Database& db,
                                                       const ImageReferenceQuery& query);
std::string image_reference_order_key(const ImageReferenceRow& row);

}  // namespace amilab
