#include "server/services/ebs/operations.h"

#include "server/services/ebs/blocks.h"
#include "server/services/ebs/snapshots.h"
#include "server/wire/ebs/schema.h"
#include "server/wire/json.h"

namespace amilab::ebs {

namespace {

constexpr Operation kOperations[] = {
    move_bytes<complete_snapshot>("CompleteSnapshot"),
    move_bytes<get_snapshot_block>("GetSnapshotBlock"),
    read_at_length<list_changed_blocks>("ListChangedBlocks", &kTokenKey),
    read_at_length<list_snapshot_blocks>("ListSnapshotBlocks", &kTokenKey),
    move_bytes<put_snapshot_block>("PutSnapshotBlock"),
    write<start_snapshot>("StartSnapshot"),
};

}  // namespace

const Service& service()
{
    static const Service service{kService, kOperations};
    return service;
}

}  // namespace amilab::ebs
