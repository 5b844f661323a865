#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct VolumeTag {
    static constexpr std::string_view kPrefix = "vol";
    static constexpr std::string_view kResourceType = "volume";
};

using VolumeId = Id<VolumeTag>;

}  // namespace amilab
