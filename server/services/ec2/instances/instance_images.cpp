#include "server/services/ec2/instances/instance_images.h"

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/allowed_images.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instances.h"
#include "server/wire/ec2/instances/instance_images.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/instances/instance_image_rows.h"

namespace amilab::ec2 {

namespace {

InstanceImageMetadata to_answer(Session& session, const PageTags& tags, InstanceImageRow row)
{
    ImageMetadata image;
    image.creation_date = time_text(row.image_creation_time_ms);
    image.deprecation_time = time_text(row.image_deprecation_time_ms);
    image.image_id = std::move(row.image_id);
    image.image_owner_alias = std::move(row.image_owner_alias);
    image.is_public = row.image_is_public;
    image.name = std::move(row.image_name);
    image.owner_id = std::move(row.image_owner);
    image.state = text_of(row.image_state);

    InstanceImageMetadata answer;
    answer.availability_zone = std::move(row.zone);
    answer.image_metadata = std::move(image);
    answer.instance_id = row.id.text();
    answer.instance_type = std::move(row.instance_type);
    answer.launch_time = Timestamp{row.launch_time_ms};
    answer.operator_value = OperatorResponse{.managed = false};
    answer.owner_id = session.account();
    answer.state = state_answer(row);
    answer.tags = tags.of(row.id.text());
    answer.zone_id = std::move(row.zone_id);
    return answer;
}

AllowedImagesSettings settings_in_force(Session& session)
{
    return select_allowed_images_in_force(session.db(), session.account(), session.region());
}

std::vector<InstanceImageMetadata> to_answers(Session& session,
                                              std::vector<InstanceImageRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    const auto marks =
        allowed_marks(session, settings_in_force(session), rows.size(),
                      [&](std::size_t i) { return ImageId::trusted(rows[i].image_id); });
    std::vector<InstanceImageMetadata> answers;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        answers.push_back(to_answer(session, tags, std::move(rows[i])));
        answers.back().image_metadata->image_allowed = marks[i];
    }
    return answers;
}

void choose_allowed(Session& session, const DescribeInstanceImageMetadataRequest&,
                    ListQuery& wanted)
{
    move_image_allowed(wanted, settings_in_force(session));
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeInstanceImageMetadata,
    .ids = {.member = &DescribeInstanceImageMetadataRequest::instance_ids,
            .check = &check_ids<InstanceId>,
            .not_with_page = "InstanceIds",
            .require = &require_listed_instances},
    // Source: 1,000 when nothing is said (documented).
    .page = {.usual = 1000},
    .resolve = &choose_allowed,
    .select = &select_page<kInstanceImageList>,
    .answers = &to_answers,
    .into = &DescribeInstanceImageMetadataResponse::instance_image_metadata};

}  // namespace

// Source: EC2 API Reference, DescribeInstanceImageMetadata (documented): whatever became of the
// image.
DescribeInstanceImageMetadataResponse describe_instance_image_metadata(
    Session& session, const DescribeInstanceImageMetadataRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_image_metadata>(kDescribeInstanceImageMetadata),
};

}  // namespace

constinit const Family kInstanceImages{.operations = kOperations};

}  // namespace amilab::ec2
