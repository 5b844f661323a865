#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/sql/database.h"

/// How an image is protected, deprecated and retired.
namespace amilab {

struct ImageProtectionRow {
    ImageProtection protection = ImageProtection::kDisabled;
    /// Until when protection that has been disabled still holds.
    std::optional<TimeMs> cooldown_end_ms{};
};

/// Throws std::logic_error for an image that has no row.
ImageProtectionRow select_image_protection(Database& db, const ImageId& id);
void set_image_protection(Database& db, const ImageId& id, const ImageProtectionRow& row);

/// A snapshot of the image's that is in the state error; nothing when there is none.
std::optional<std::string> find_lost_snapshot(Database& db, const ImageId& id);
/// The image will never be available.
void fail_image(Database& db, const ImageId& id, std::string_view reason_code,
                std::string_view reason_message);

}  // namespace amilab
