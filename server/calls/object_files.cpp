#include "server/calls/object_files.h"

#include "storage/state/generation.h"
#include "storage/state/stores.h"
#include "storage/upkeep/object_upkeep.h"

namespace amilab {

void remove_object_files_later(Session& session)
{
    session.after_commit([](Generation& generation) {
        generation.stores().object_upkeep().remove_files_later();
        generation.stores().held_bytes().note_freed();
    });
}

}  // namespace amilab
