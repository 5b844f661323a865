#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/encryption.h"
#include "server/calls/session.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/tags/tag_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

/// How volumes come to be, whichever call makes them.
namespace amilab::ec2 {

/// What becomes of a new volume.
enum class VolumeUse {
    /// Time makes it available.
    kNone,
    /// The task that replaces a root volume says when it is available.
    kRootReplacement,
    /// The volume is in use at once; who launches attaches it.
    kLaunch,
};

/// A volume that nothing stands against but its encryption.
struct NewVolume {
    std::string zone;
    /// Complete.
    VolumeSpec spec;
    /// What its bytes are: those of a sealed layer that has a row and is nobody's, a snapshot's, or
    /// another volume's of this instant, or none.
    std::optional<LayerId> layer{};
    const SnapshotRow* snapshot = nullptr;
    const VolumeRow* source = nullptr;
    EncryptionWish encryption{};
    bool multi_attach = false;
    /// MiB/s
    std::optional<std::int64_t> initialization_rate{};
    bool fast_restored = false;
    /// Ids of those whose product codes it gets.
    std::vector<std::string> product_codes_of{};
    std::vector<TagRow> tags{};
    VolumeUse use = VolumeUse::kNone;
    /// Nothing: the next one.
    std::optional<VolumeId> id{};
};

/// Makes the caller's volume: its layer, its row, what hangs on it, and what time brings. A source
/// is sealed, which stops its writers for a moment. Throws what encrypt_volume throws.
VolumeId new_volume(Session& session, const NewVolume& wanted);

}  // namespace amilab::ec2
