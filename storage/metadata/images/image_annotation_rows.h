#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/database.h"

/// What can be noted on an image: watermarks, and the instance types that it runs on. Each change
/// keeps ImageRow::annotated true to what is there.
namespace amilab {

struct WatermarkRow {
    /// The account that attached it, a colon and its name.
    std::string key{};
    /// The image that it was attached to first.
    std::string source_image_id{};
    std::string source_image_region{};
    TimeMs source_image_creation_time_ms = 0;
    TimeMs creation_time_ms = 0;
    /// What insert_watermark() sees to.
    std::string image_id{};
};

/// One that is there stays as it is.
void insert_watermark(Database& db, const ImageId& id, const WatermarkRow& row);
void delete_watermark(Database& db, const ImageId& id, std::string_view key);
/// The watermarks of the images, in the order of images and keys.
std::vector<WatermarkRow> select_watermarks(Database& db, const std::vector<std::string>& images);
/// Gives a new image the watermarks of the one that it is made of.
void copy_watermarks(Database& db, std::string_view from, const ImageId& to);

/// Names of instance types, in which `*` stands for any characters.
struct InstanceTypePatterns {
    /// Empty: all but the unsupported ones.
    std::vector<std::string> supported{};
    std::vector<std::string> unsupported{};
};

/// One of them, as it is kept.
struct InstanceTypePatternRow {
    std::string image_id{};
    bool supported = false;
    std::int64_t position = 0;
    std::string pattern{};
};

/// Two empty lists remove what is there.
void replace_instance_type_patterns(Database& db, const ImageId& id,
                                    const InstanceTypePatterns& patterns);
/// The patterns of the images, in their order, the unsupported ones first, each kind as it was
/// given.
std::vector<InstanceTypePatternRow> select_instance_type_patterns(
    Database& db, const std::vector<std::string>& images);
/// The rows of one image.
InstanceTypePatterns to_patterns(std::span<const InstanceTypePatternRow> rows);

}  // namespace amilab
