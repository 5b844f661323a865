#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/calls/encryption.h"
#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab::ec2 {

extern const Family kSnapshotCopies;

/// What a copy of a snapshot is to be like.
struct SnapshotCopy {
    EncryptionWish encryption;
    std::string description;
    /// Within how long it is to be done; nothing: in its own time.
    std::optional<std::int64_t> completion_minutes;
    std::vector<TagRow> tags;
};

/// Throws InvalidParameterValue unless it is a multiple of 15.
/// Source: in 15 minute increments (documented).
void check_completion_minutes(const std::optional<std::int64_t>& minutes,
                              std::string_view parameter);
/// Throws InvalidParameterValue unless there is such a region.
void require_source_region(Session& session, const std::string& region);

/// When a copy that begins now is done.
TimeMs copy_due_ms(const Session& session, const std::optional<std::int64_t>& completion_minutes);

/// Begins a copy of `source` into the caller's account and region. Throws IncorrectState unless the
/// source is completed and not archived.
SnapshotRow start_snapshot_copy(Session& session, const SnapshotRow& source,
                                const SnapshotCopy& wanted);

}  // namespace amilab::ec2
