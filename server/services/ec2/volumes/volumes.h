#pragma once

#include <optional>
#include <string_view>

#include "server/calls/session.h"
#include "server/wire/ec2/volumes.h"

namespace amilab::ec2 {

CopyVolumesResponse copy_volumes(Session& session, const CopyVolumesRequest& request);
CreateVolumeResponse create_volume(Session& session, const CreateVolumeRequest& request);
DescribeVolumesResponse describe_volumes(Session& session, const DescribeVolumesRequest& request);
DeleteVolumeResponse delete_volume(Session& session, const DeleteVolumeRequest& request);
ModifyVolumeResponse modify_volume(Session& session, const ModifyVolumeRequest& request);
DescribeVolumesModificationsResponse describe_volumes_modifications(
    Session& session, const DescribeVolumesModificationsRequest& request);
DescribeVolumeStatusResponse describe_volume_status(Session& session,
                                                    const DescribeVolumeStatusRequest& request);
DescribeVolumeAttributeResponse describe_volume_attribute(
    Session& session, const DescribeVolumeAttributeRequest& request);
ModifyVolumeAttributeResponse modify_volume_attribute(Session& session,
                                                      const ModifyVolumeAttributeRequest& request);
EnableVolumeIOResponse enable_volume_io(Session& session, const EnableVolumeIORequest& request);

/// Removes a volume in that state, with its tags and what nobody else needs of its layers; nothing
/// happens to another.
void remove_volume(Session& session, const VolumeId& id, std::string_view state);
/// The same for one that has served: it goes into the recycle bin when a rule keeps it.
/// Source: volumes of ended instances and replaced root volumes do (documented).
void discard_volume(Session& session, const VolumeId& id, std::string_view state);

/// When a volume that is made now of a snapshot or another volume has all its bytes.
TimeMs initialized_ms(Session& session);
/// Throws InvalidParameterValue for a rate that AWS does not have.
/// Source: 100 to 300 MiB/s (documented), the text is observed.
void require_initialization_rate(const std::optional<std::int64_t>& rate);

/// Throws InvalidParameterCombination for types without Multi-Attach.
/// Source: io1 and io2 (documented), the text is observed.
void require_multi_attach_type(std::string_view volume_type);
/// The same for places.
/// Source: io1 in three regions (documented), the code and the text are observed in part.
void require_multi_attach_zone(Session& session, std::string_view volume_type,
                               std::string_view zone);

// What time brings about; nothing for a volume that is gone.
void volume_available(Session& session, const VolumeId& id);
void volume_gone(Session& session, const VolumeId& id);
void volume_optimizing(Session& session, const VolumeId& id);
void volume_modified(Session& session, const VolumeId& id);

}  // namespace amilab::ec2
