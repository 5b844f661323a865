#include "server/services/ec2/volumes/volume_copies.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/volume_copies.h"

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/volumes/errors.h"
#include "server/services/ec2/volumes/new_volumes.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/services/ec2/volumes/volumes.h"

namespace amilab::ec2 {

namespace {

/// A volume over what the source has at this instant.
VolumeId copy_volume(Session& session, const CopyVolumesRequest& request, const VolumeRow& source,
                     std::vector<TagRow> tags)
{
    const auto size_gib = request.size.value_or(source.size_gib);
    if (size_gib < source.size_gib) {
        throw copy_smaller_than_source(size_gib, source.id, source.size_gib);
    }
    auto spec = wished_spec(request, size_gib);
    const bool multi_attach = request.multi_attach_enabled.value_or(false);
    if (multi_attach) {
        require_multi_attach_zone(session, spec.volume_type, source.zone);
    }
    return new_volume(
        session, {.zone = source.zone,
                  .spec = std::move(spec),
                  .source = &source,
                  .encryption = parse_encryption(session, request.encrypted, request.kms_key_id),
                  .multi_attach = multi_attach,
                  .product_codes_of = {source.id.text()},
                  .tags = std::move(tags)});
}

}  // namespace

// Source: EC2 API Reference, CopyVolumes (documented): of one instant, in the same zone, gp2 unless
// told otherwise, at least as large as its source; the refusals' texts are assumed.
CopyVolumesResponse copy_volumes(Session& session, const CopyVolumesRequest& request)
{
    const auto source_id = parse_id<VolumeId>(request.source_volume_id, "sourceVolumeId");
    if (request.size) {
        wished_spec(request, *request.size);
    }
    if (request.multi_attach_enabled.value_or(false)) {
        require_multi_attach_type(request.volume_type.value_or(std::string(kDefaultVolumeType)));
    }
    parse_encryption(session, request.encrypted, request.kms_key_id);
    auto tags = parse_tags<VolumeId>(request.tag_specifications);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = CopyVolumesRequest::kOperation;
    if (const auto made = made_before(session, kOperation, request.client_token)) {
        return {.volumes = {to_volume(session, require_volume(session, VolumeId::trusted(*made)))}};
    }
    const auto id = copy_volume(session, request, require_snapshotable_volume(session, source_id),
                                std::move(tags));
    remember_token(session, kOperation, request.client_token, id.text());
    return {.volumes = {to_volume(session, require_volume(session, id))}};
}

namespace {

constexpr Operation kOperations[] = {
    write<copy_volumes>(kCopyVolumes),
};

}  // namespace

constinit const Family kVolumeCopies{.operations = kOperations};

}  // namespace amilab::ec2
