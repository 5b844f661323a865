#pragma once

#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"

/// Windows fast launch: which images an account has prepared for it.
namespace amilab::ec2 {

extern const Family kFastLaunch;

inline constexpr Delay kFastLaunchEnabling{"fast-launch.enabling"};
inline constexpr Delay kFastLaunchDisabling{"fast-launch.disabling"};

inline constexpr Due kFastLaunchEnabled{"fast-launch-enabled"};
inline constexpr Due kFastLaunchGone{"fast-launch-gone"};

}  // namespace amilab::ec2
