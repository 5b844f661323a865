#pragma once

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
    std::string key;
    /// The image that it was attached to first.
    std::string source_image_id;
    std::string source_image_region;
    TimeMs source_image_creation_time_ms;
    TimeMs creation_time_ms;
};

/// One that is there stays as it is.
void insert_watermark(Database& db, const ImageId& id, const WatermarkRow& row);
void delete_watermark(Database& db, const ImageId& id, std::string_view key);
/// In the order of their keys.
std::vector<WatermarkRow> select_watermarks(Database& db, const ImageId& id);
/// Gives a new image the watermarks of the one that it is made of.
void copy_watermarks(Database& db, std::string_view from, const ImageId& to);

/// Names of instance types, in which `*` stands for any characters.
struct InstanceTypePatterns {
    /// Empty: all but the unsupported ones.
    std::vector<std::string> supported;
    std::vector<std::string> unsupported;
};

/// Two empty lists remove what is there.
void replace_instance_type_patterns(Database& db, const ImageId& id,
                                    const InstanceTypePatterns& patterns);
InstanceTypePatterns select_instance_type_patterns(Database& db, const ImageId& id);

}  // namespace amilab
