#pragma once

#include <string_view>
#include <vector>

#include "server/calls/session.h"
#include "server/wire/ec2/instances/shared.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/metadata/tags/tag_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

/// Instances, from rows to answers.
namespace amilab::ec2 {

/// Source: EC2 API Reference, InstanceState (documented).
InstanceState state_answer(std::string_view state);

std::vector<GroupIdentifier> group_answers(const std::vector<InstanceGroupRow>& groups);
std::vector<InstanceBlockDeviceMapping> mapping_answers(
    const std::vector<AttachmentRow>& attachments);

/// What belongs to an instance beside its row.
struct InstanceParts {
    std::vector<InstanceGroupRow> groups;
    std::vector<AttachmentRow> attachments;
    std::vector<TagRow> tags;
    std::vector<ProductCodeRow> product_codes = {};
};

InstanceParts select_instance_parts(Session& session, const InstanceId& id);

/// Source: EC2 API Reference, Instance (documented); the constants are those of an instance that
/// was launched with nothing said (observed).
Instance instance_answer(const InstanceRow& row, const InstanceParts& parts);

/// Rows of any order, grouped; a reservation is where its first row is.
std::vector<Reservation> reservation_answers(Session& session,
                                             const std::vector<InstanceRow>& rows);

}  // namespace amilab::ec2
