#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct VolumeTag {
    static constexpr std::string_view kPrefix = "vol";
};

using VolumeId = Id<VolumeTag>;

}  // namespace amilab
