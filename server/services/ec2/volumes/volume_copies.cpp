#include "server/services/ec2/volumes/volume_copies.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/volume_copies.h"

#include <array>

#include <fmt/format.h>

#include "server/calls/encryption.h"
#include "server/calls/idempotency.h"
#include "server/calls/layers.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/volumes/errors.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/services/ec2/volumes/volumes.h"

namespace amilab::ec2 {

namespace {

constexpr std::array<std::string_view, 1> kTaggedByCopy = {"volume"};

VolumeSpec make_spec(const CopyVolumesRequest& request, std::int64_t size_gib)
{
    return complete_volume_spec({.volume_type = request.volume_type.value_or(kDefaultVolumeType),
                                 .size_gib = size_gib,
                                 .iops = request.iops,
                                 .throughput = request.throughput});
}

/// A volume over what the source has at this instant.
VolumeRow make_row(Session& session, const CopyVolumesRequest& request, const VolumeRow& source)
{
    const auto size_gib = request.size.value_or(source.size_gib);
    if (size_gib < source.size_gib) {
        throw copy_smaller_than_source(size_gib, source.id, source.size_gib);
    }
    auto spec = make_spec(request, size_gib);
    const bool multi_attach = request.multi_attach_enabled.value_or(false);
    if (multi_attach) {
        require_multi_attach_zone(session, spec.volume_type, source.zone);
    }
    const auto id = session.next_id<VolumeId>();
    auto encryption =
        encrypt_volume(session, parse_encryption(session, request.encrypted, request.kms_key_id),
                       source, id.text());
    // Last, for it stops writers.
    const auto sealed = seal_layers(session, {&source, 1}).front();
    return {.id = id,
            .region = source.region,
            .owner = source.owner,
            .zone = source.zone,
            .layer_id = make_volume_layer(session, sealed),
            .size_gib = spec.size_gib,
            .snapshot_id = {},
            .volume_type = std::move(spec.volume_type),
            .iops = spec.iops,
            .throughput = spec.throughput,
            .encrypted = encryption.encrypted,
            .multi_attach = multi_attach,
            .state = "creating",
            .create_time_ms = session.now_ms(),
            .source_volume_id = source.id.text(),
            .initialized_ms = initialized_ms(session),
            .kms_key_id = std::move(encryption.kms_key_id),
            .data_key_id = std::move(encryption.data_key_id)};
}

}  // namespace

// Source: EC2 API Reference, CopyVolumes (documented): of one instant, in the same zone, gp2 unless
// told otherwise, at least as large as its source; the refusals' texts are assumed.
CopyVolumesResponse copy_volumes(Session& session, const CopyVolumesRequest& request)
{
    const auto source_id = parse_id<VolumeId>(request.source_volume_id);
    if (request.size) {
        make_spec(request, *request.size);
    }
    if (request.multi_attach_enabled.value_or(false)) {
        require_multi_attach_type(request.volume_type.value_or(kDefaultVolumeType));
    }
    parse_encryption(session, request.encrypted, request.kms_key_id);
    const auto tags = parse_tags(request.tag_specifications, "volume", kTaggedByCopy);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = CopyVolumesRequest::kOperation;
    CopyVolumesResponse response;
    if (const auto made = made_before(session, kOperation, request.client_token)) {
        response.volumes.push_back(
            to_answer(session, require_volume(session, VolumeId::trusted(*made))));
        return response;
    }
    const auto row = make_row(session, request, require_snapshotable_volume(session, source_id));
    insert_volume(session.db(), row);
    copy_product_codes(session.db(), source_id.text(), row.id.text());
    store_tags(session, {row.id.text(), "volume"}, tags);
    remember_token(session, kOperation, request.client_token, row.id.text());
    session.schedule(kVolumeCreating, kVolumeAvailable, row.id.text());
    response.volumes.push_back(to_answer(session, row));
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    write<copy_volumes>(kCopyVolumes),
};

}  // namespace

constinit const Family kVolumeCopies{.operations = kOperations};

}  // namespace amilab::ec2
