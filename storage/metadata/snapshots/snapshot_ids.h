#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct SnapshotTag {
    static constexpr std::string_view kPrefix = "snap";
};

using SnapshotId = Id<SnapshotTag>;

}  // namespace amilab
