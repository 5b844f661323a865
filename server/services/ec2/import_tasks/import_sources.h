#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/encryption.h"
#include "server/calls/object_store.h"
#include "server/calls/session.h"
#include "server/services/ec2/import_tasks/import_work.h"
#include "server/services/ec2/import_tasks/imports_under_way.h"
#include "server/wire/ec2/import_tasks/shared.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// What imports of snapshots and of images share: where their disks are, how far they are, and what
/// becomes of their layers.
namespace amilab::ec2 {

/// An object of S3 as a request names it.
struct ObjectPlace {
    std::string bucket{};
    std::string key{};
    std::optional<std::string> url{};
};

/// Throws ApiError: MissingParameter, InvalidParameterCombination for both, InvalidParameter for a
/// URL that is not s3://bucket/key.
ObjectPlace parse_place(const std::optional<UserBucket>& bucket,
                        const std::optional<std::string>& url);
/// The format's name in capitals. Throws ApiError (InvalidParameter) for one that is not imported.
std::optional<std::string> parse_image_format(const std::optional<std::string>& format);
/// Throws ApiError (InvalidParameter) for a bucket that is not there, or in another region.
void require_bucket_here(Session& session, const ObjectPlace& place);

/// Runs `work` in a session of the account, within the session's transaction: the service reads
/// objects, and makes snapshots, as the owner of a task.
void as_owner(Session& session, const std::string& account, const std::string& region,
              const std::function<void(Session&)>& work);

/// A disk that a task imports, as its row has it.
struct WantedDisk {
    ObjectPlace place{};
    std::optional<std::string> format{};
    /// The object's when the task began; nothing: there was none to read.
    std::optional<std::string> etag{};
};

/// Objects of a task's disks, up to one that cannot be read, and why that cannot be: a status
/// message.
struct FoundDisks {
    std::vector<DiskSource> sources{};
    std::string failure{};
};
/// The objects of a new task. In a session of its owner.
FoundDisks open_disks(Session& session, const std::vector<WantedDisk>& disks);
/// Those of a task that has begun: each has to be what it was then. In a session of its owner.
FoundDisks open_disks_again(Session& session, const std::vector<WantedDisk>& disks);

/// In percent: from here on a task knows what it imports. Assumed.
inline constexpr int kValidating = 5;

/// How far a task is, and what it says of that.
struct ImportProgress {
    int percent = 0;
    std::string_view message{};
};
/// Of a task that is active: as far as both its time and its bytes are. `at_work` is what it says
/// while it works.
ImportProgress progress_of(Session& session, const std::string& task_id, TimeMs start_ms,
                           TimeMs due_ms, std::string_view at_work);

/// As many GiB as the disk needs.
std::int64_t size_in_gib(const ImportedDisk& disk);
/// Makes a snapshot of a disk that a task has imported, with which its layer is no leftover any
/// more. In a session of the task's owner, that writes.
SnapshotRow make_imported_snapshot(Session& session, const ImportedDisk& disk,
                                   std::string_view task_id, const EncryptionWish& encryption);
/// After the commit nobody works on the task any more, and layers that no row names go.
void end_work(Session& session, const std::string& task_id);

}  // namespace amilab::ec2
