#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

/// What a watermark must be like. Nothing: anything.
struct WatermarkCriterion {
    std::optional<std::string> key{};
    std::optional<std::string> source_region{};
    std::optional<std::int64_t> most_days_since_source_created{};
    std::optional<std::int64_t> most_days_since_created{};
};

/// Limits of an Amazon Inspector scan, by names that the rows have; absent: any.
using ScanCriterion = std::map<std::string, std::string>;

/// What an image must be like to be allowed: all that is said. An empty list says nothing.
struct AllowedImageCriterion {
    /// amazon, aws-marketplace, aws-backup-vault, account ids, or none alone.
    std::vector<std::string> providers{};
    std::vector<std::string> product_codes{};
    /// With wildcards.
    std::vector<std::string> names{};
    std::optional<std::int64_t> most_days_since_deprecated{};
    std::optional<std::int64_t> most_days_since_created{};
    std::vector<WatermarkCriterion> watermarks{};
    ScanCriterion scan{};
};

enum class AllowedImages : std::uint8_t { kDisabled, kAuditMode, kEnabled };
template <>
inline constexpr auto kWords<AllowedImages> = words("disabled", "audit-mode", "enabled");

/// The filter of images that the caller's settings allow, or do not.
inline constexpr std::string_view kImageAllowed = "image-allowed";

/// An account's Allowed AMIs settings for a region.
struct AllowedImagesSettings {
    AllowedImages state = AllowedImages::kDisabled;
    /// In the order in which they were given; an image is allowed when it meets one of them.
    std::vector<AllowedImageCriterion> criteria{};
};

AllowedImagesSettings select_allowed_images_settings(Database& db, std::string_view owner,
                                                     std::string_view region);
/// The settings, without criteria while they are disabled: what a look at images needs.
AllowedImagesSettings select_allowed_images_in_force(Database& db, std::string_view owner,
                                                     std::string_view region);
void write_allowed_images_state(Database& db, std::string_view owner, std::string_view region,
                                AllowedImages state);
void replace_image_criteria(Database& db, std::string_view owner, std::string_view region,
                            std::span<const AllowedImageCriterion> criteria);

/// Appends a condition: the image of the alias i is the account's own or meets one of the criteria.
/// Source: EC2 API Reference, ImageCriterionRequest (documented); without criteria only own images
/// are allowed (assumed). No image has been scanned here.
void append_allowed(Query& query, const AllowedImagesSettings& settings, std::string_view account,
                    TimeMs now_ms);

/// What stands before and after append_allowed's condition where the row is no image's.
struct AroundAllowed {
    std::string_view before{};
    std::string_view after{};
};
/// Appends the filter image-allowed of an account. Nothing matches while the settings are disabled.
/// Source: an image has the mark in the states audit-mode and enabled (documented).
void append_allowed_filter(Query& query, const AllowedImagesSettings& settings,
                           std::string_view account, TimeMs now_ms, const RowFilter& filter,
                           const AroundAllowed& around = {});

/// The images among `ids` that are allowed to `account`, whatever the state of the settings.
std::set<ImageId> select_allowed_images(Database& db, const AllowedImagesSettings& settings,
                                        std::string_view account, TimeMs now_ms,
                                        std::span<const ImageId> ids);

}  // namespace amilab
