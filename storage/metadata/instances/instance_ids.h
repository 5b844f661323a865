#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct InstanceTag {
    static constexpr std::string_view kPrefix = "i";
    static constexpr std::string_view kResourceType = "instance";
    static constexpr std::string_view kMalformed = "InvalidInstanceID.Malformed";
};
struct ReservationTag {
    static constexpr std::string_view kPrefix = "r";
};
struct ReplaceRootTaskTag {
    static constexpr std::string_view kPrefix = "replacevol";
    static constexpr std::string_view kResourceType = "replace-root-volume-task";
    static constexpr std::string_view kMalformed = "InvalidReplaceRootVolumeTaskId.Malformed";
};

using InstanceId = Id<InstanceTag>;
using ReservationId = Id<ReservationTag>;
using ReplaceRootTaskId = Id<ReplaceRootTaskTag>;

}  // namespace amilab
