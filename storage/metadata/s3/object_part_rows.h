#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/metadata/s3/object_bytes_rows.h"

namespace amilab {

/// A part that an object was uploaded in; only of uploads that named an algorithm.
struct ObjectPartRow {
    ContentNumber content{};
    std::int64_t number = 0;
    std::int64_t size_bytes = 0;
    /// Of the object's algorithm, in base64.
    std::string checksum{};
};

void insert_object_part(Database& db, const ObjectPartRow& row);
std::optional<ObjectPartRow> select_object_part(Database& db, ContentNumber content,
                                                std::int64_t number);
/// In the order of their numbers, behind `after` and up to `last`; they have no gaps.
std::vector<ObjectPartRow> select_object_parts(Database& db, ContentNumber content,
                                               std::int64_t after, std::int64_t last);

}  // namespace amilab
