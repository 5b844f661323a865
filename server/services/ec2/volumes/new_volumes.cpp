#include "server/services/ec2/volumes/new_volumes.h"

#include "server/calls/layers.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/volumes/volumes.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

namespace {

Encryption encryption_of(Session& session, const NewVolume& wanted, const VolumeId& id)
{
    return wanted.source != nullptr
               ? encrypt_volume(session, wanted.encryption, *wanted.source, id.text())
               : encrypt_volume(session, wanted.encryption, wanted.snapshot, id.text());
}

LayerId layer_of(Session& session, const NewVolume& wanted)
{
    if (wanted.source != nullptr) {
        return make_volume_layer(session, seal_layers(session, {wanted.source, 1}).front());
    }
    if (wanted.layer) {
        return make_volume_layer(session, wanted.layer);
    }
    return make_volume_layer(session,
                             wanted.snapshot != nullptr ? wanted.snapshot->layer_id : std::nullopt);
}

/// When a volume that is made now of a snapshot or another volume has all its bytes.
TimeMs initialized_ms(Session& session)
{
    return session.due_ms(kVolumeCreating) + session.delay_ms(kVolumeInitializing);
}

VolumeRow row_of(Session& session, const NewVolume& wanted, VolumeId id)
{
    auto encryption = encryption_of(session, wanted, id);
    VolumeRow row{
        .id = std::move(id),
        .region = session.region(),
        .owner = session.account(),
        .zone = wanted.zone,
        .size_gib = wanted.spec.size_gib,
        .volume_type = wanted.spec.volume_type,
        .iops = wanted.spec.iops,
        .throughput = wanted.spec.throughput,
        .encrypted = encryption.encrypted,
        .multi_attach = wanted.multi_attach,
        .state = wanted.use == VolumeUse::kLaunch ? VolumeState::kInUse : VolumeState::kCreating,
        .create_time_ms = session.now_ms(),
        .initialization_rate = wanted.initialization_rate,
        .kms_key_id = std::move(encryption.kms_key_id),
        .data_key_id = std::move(encryption.data_key_id),
        .fast_restored = wanted.fast_restored};
    if (wanted.snapshot != nullptr) {
        row.snapshot_id = wanted.snapshot->id.text();
        row.initialized_ms = initialized_ms(session);
    }
    if (wanted.source != nullptr) {
        row.source_volume_id = wanted.source->id.text();
        row.initialized_ms = initialized_ms(session);
    }
    // Last, for it may stop writers.
    row.layer_id = layer_of(session, wanted);
    return row;
}

}  // namespace

VolumeId new_volume(Session& session, const NewVolume& wanted)
{
    const auto row = row_of(session, wanted, wanted.id ? *wanted.id : session.next_id<VolumeId>());
    insert_volume(session.db(), row);
    for (const auto& from : wanted.product_codes_of) {
        copy_product_codes(session.db(), from, row.id.text());
    }
    store_tags(session, row.id, wanted.tags);
    if (wanted.use == VolumeUse::kNone) {
        session.schedule(kVolumeCreating, kVolumeAvailable, row.id.text());
    }
    return row.id;
}

}  // namespace amilab::ec2
