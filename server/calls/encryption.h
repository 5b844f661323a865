#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"

/// How new volumes and snapshots are encrypted. There is no KMS behind it: every key of the right
/// form exists, and bytes are stored as they are written.
/// Source: EBS User Guide, "Amazon EBS encryption" (documented).
namespace amilab {

struct SnapshotRow;
struct VolumeRow;

/// What a request says of encryption.
struct EncryptionWish {
    std::optional<bool> encrypted = {};
    /// The key's ARN.
    std::optional<std::string> kms_key_id = {};
};

/// Throws InvalidParameterDependency for a key without encryption (observed), InvalidParameterValue
/// for text that names no key.
EncryptionWish parse_encryption(const Session& session, const std::optional<bool>& encrypted,
                                const std::optional<std::string>& kms_key_id);

/// How it comes to be.
struct Encryption {
    bool encrypted = false;
    std::optional<std::string> kms_key_id = {};
    std::optional<std::string> data_key_id = {};
};

/// The encryption of a new volume, made from `snapshot` or from nothing. Throws
/// InvalidParameterCombination when the encryption of the snapshot would be removed,
/// InvalidParameterValue for a key of another region.
Encryption encrypt_volume(Session& session, const EncryptionWish& wish, const SnapshotRow* snapshot,
                          std::string_view new_id);

/// The encryption of a copy of a volume, which keeps its source's whatever is asked for.
Encryption encrypt_volume(Session& session, const EncryptionWish& wish, const VolumeRow& source,
                          std::string_view new_id);

/// The encryption of a copy of `source` into the caller's region. Throws InvalidRequest when the
/// encryption would be removed. Whether the key can be used shows later: why_key_is_unusable.
Encryption encrypt_copy(Session& session, const EncryptionWish& wish, const SnapshotRow& source,
                        std::string_view new_id);
/// Why a copy with this key cannot be made; nothing when it can.
/// Source: keys are checked after the call (documented); the text is observed.
std::optional<std::string> why_key_is_unusable(const Session& session,
                                               const Encryption& encryption);

/// Whether it is encrypted under the key that AWS makes for EBS in each account, which no other
/// account can use.
bool has_managed_key(const SnapshotRow& snapshot);

/// The key that a key's id, alias or ARN means, as an ARN. Throws InvalidParameterValue.
std::string kms_key_arn(const Session& session, std::string_view text);

/// Whether what kms_key_arn() gave is a key of the region, in the region's own partition.
bool is_key_of_region(std::string_view arn, std::string_view region);

}  // namespace amilab
