#include "server/calls/object_files.h"

#include "storage/metadata/s3/object_bytes_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/object_upkeep.h"

namespace amilab {

void remove_object_files_later(Session& session)
{
    // Of what lay in rows there are no files.
    const bool has_files = has_removed_blobs(session.db());
    session.after_commit([has_files](Generation& generation) {
        if (has_files) {
            generation.stores().object_upkeep().remove_files_later();
        }
        generation.stores().held_bytes().note_freed();
    });
}

}  // namespace amilab
