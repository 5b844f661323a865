#pragma once

#include "server/calls/family.h"

namespace amilab::ec2 {

extern const Family kVolumeModifications;

inline constexpr Delay kVolumeModifying{"volume.modifying"};
inline constexpr Delay kVolumeOptimizing{"volume.optimizing"};

inline constexpr Due kVolumeOptimizes{"volume-optimizing"};
inline constexpr Due kVolumeModified{"volume-modified"};

}  // namespace amilab::ec2
