#pragma once

#include <vector>

#include "server/calls/session.h"
#include "server/wire/ec2/volumes/shared.h"
#include "storage/metadata/volumes/volume_ids.h"
#include "storage/metadata/volumes/volume_rows.h"

/// Volumes as answers have them, and what calls want of them.
namespace amilab::ec2 {

/// How refusals call ids that calls list volumes by. Source: observed of DescribeVolumes
/// (ParallelCluster compares it), assumed of the others.
inline constexpr std::string_view kVolumesParameter = "volumes";

/// A volume that the caller owns in the region. Throws InvalidVolume.NotFound.
VolumeRow require_volume(Session& session, const VolumeId& id);
/// One whose bytes can be taken: available or in use, else IncorrectState.
VolumeRow require_snapshotable_volume(Session& session, const VolumeId& id);

VolumeAttachment to_volume_attachment(const AttachmentRow& row);
/// What the calls that make volumes and those that describe them both tell.
Volume to_volume(Session& session, const VolumeRow& row);
/// Volumes of a page, in the order of their ids, with their attachments.
std::vector<Volume> to_descriptions(Session& session, std::vector<VolumeRow>&& rows);

/// The attachments of one volume of a page, at whose first `next` stands: answers for each, made
/// by `answer`. Rows and attachments are in the order of the volumes' ids.
template <class Answer>
auto take_attachments(std::vector<AttachmentRow>::const_iterator& next,
                      std::vector<AttachmentRow>::const_iterator end, const VolumeId& volume,
                      const Answer& answer)
{
    std::vector<decltype(answer(*next))> answers;
    for (; next != end && next->volume_id == volume; ++next) {
        answers.push_back(answer(*next));
    }
    return answers;
}

}  // namespace amilab::ec2
