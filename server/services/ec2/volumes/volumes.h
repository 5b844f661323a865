#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/volumes/volume_ids.h"

namespace amilab {

enum class VolumeState : std::uint8_t;

}  // namespace amilab

namespace amilab::ec2 {

extern const Family kVolumes;

inline constexpr Delay kVolumeCreating{"volume.creating"};
inline constexpr Delay kVolumeDeleting{"volume.deleting"};
inline constexpr Delay kVolumeInitializing{"volume.initializing"};

inline constexpr Due kVolumeAvailable{"volume-available"};
inline constexpr Due kVolumeGone{"volume-gone"};

/// Removes a volume in that state, with its tags and what nobody else needs of its layers; nothing
/// happens to another.
void remove_volume(Session& session, const VolumeId& id, VolumeState state);

/// Does what remove_volume() does, but a volume that has served goes into the recycle bin when a
/// rule keeps it.
/// Source: volumes of ended instances and replaced root volumes do (documented).
void discard_volume(Session& session, const VolumeId& id, VolumeState state);

/// Throws InvalidParameterValue for a rate that AWS does not have.
/// Source: 100 to 300 MiB/s (documented), the text is observed.
void require_initialization_rate(const std::optional<std::int64_t>& rate);

/// Throws InvalidParameterCombination for types without Multi-Attach.
/// Source: io1 and io2 (documented), the text is observed.
void require_multi_attach_type(std::string_view volume_type);

/// Throws for places where volumes of the type have no Multi-Attach.
/// Source: io1 in three regions (documented), the code and the text are observed in part.
void require_multi_attach_zone(Session& session, std::string_view volume_type,
                               std::string_view zone);

}  // namespace amilab::ec2
