#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/wire/ec2/instances/shared.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

/// Instances, from rows to answers.
namespace amilab::ec2 {

/// The state of an instance, of a row that has it and its code.
template <class Row>
InstanceState state_answer(const Row& row)
{
    return {.code = row.state_code, .name = std::string(text_of(row.state))};
}

std::vector<GroupIdentifier> group_answers(const std::vector<InstanceGroupRow>& groups);
std::vector<InstanceBlockDeviceMapping> mapping_answers(
    const std::vector<AttachmentRow>& attachments);

/// What belongs to an instance beside its row.
struct InstanceParts {
    std::vector<InstanceGroupRow> groups{};
    std::vector<AttachmentRow> attachments{};
    std::vector<Tag> tags{};
    std::vector<ProductCodeRow> product_codes{};
};

/// What belongs to the instances of a page, by one statement for each table.
class PageParts {
public:
    PageParts(Session& session, const std::vector<std::string>& instances);
    InstanceParts of(const InstanceId& id) const;

private:
    // Each sorted by instance.
    std::vector<InstanceGroupRow> groups_;
    std::vector<AttachmentRow> attachments_;
    PageTags tags_;
    std::vector<std::pair<std::string, ProductCodeRow>> product_codes_;
};

/// Source: EC2 API Reference, Instance (documented); the constants are those of an instance that
/// was launched with nothing said (observed).
Instance instance_answer(const InstanceRow& row, const InstanceParts& parts);

/// Rows of any order, grouped; a reservation is where its first row is.
std::vector<Reservation> reservation_answers(Session& session, std::vector<InstanceRow>&& rows);

}  // namespace amilab::ec2
