#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "storage/base/clock.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab::ec2 {

/// Whether the image's name is to be its own: kNew is looked for, kFree has been, kAny may be in
/// use.
enum class ImageName : std::uint8_t { kNew, kFree, kAny };

/// What an image is made of.
struct NewImage {
    /// Without an id it gets the next, without an owner it is the caller's, without a location it
    /// is at owner/name. Region, state and time of creation are the maker's to say.
    ImageRow row{};
    std::optional<std::string> uefi_data{};
    /// Complete, with the snapshots that are behind them.
    std::vector<ImageMappingRow> mappings{};
    std::vector<TagRow> tags{};
    /// Ids of what it is made of, whose Marketplace product codes it gets.
    std::vector<std::string> product_codes_of{};
    /// The image whose watermarks it gets.
    std::optional<std::string> watermarks_of{};
    ImageName name = ImageName::kNew;
    /// When it becomes available, of due_ms(); nothing: it is from the start.
    std::optional<TimeMs> available_ms{};
};

/// Makes the image in the call's region. Throws InvalidAMIName.Duplicate where the owner has one of
/// the name there, and that is to be looked for.
ImageRow new_image(Session& session, NewImage image);

}  // namespace amilab::ec2
