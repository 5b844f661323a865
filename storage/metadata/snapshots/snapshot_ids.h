#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct SnapshotTag {
    static constexpr std::string_view kPrefix = "snap";
    static constexpr std::string_view kResourceType = "snapshot";
};

using SnapshotId = Id<SnapshotTag>;

}  // namespace amilab
