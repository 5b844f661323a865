#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct InstanceTag {
    static constexpr std::string_view kPrefix = "i";
};
struct ReservationTag {
    static constexpr std::string_view kPrefix = "r";
};
struct ReplaceRootTaskTag {
    static constexpr std::string_view kPrefix = "replacevol";
};

using InstanceId = Id<InstanceTag>;
using ReservationId = Id<ReservationTag>;
using ReplaceRootTaskId = Id<ReplaceRootTaskTag>;

}  // namespace amilab
