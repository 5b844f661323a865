#include "server/services/ec2/instances/instance_images.h"

#include <algorithm>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/allowed_images.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/wire/ec2/instances/instance_images.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/lineage_rows.h"
#include "storage/metadata/instances/instance_rows.h"

namespace amilab::ec2 {

namespace {

std::optional<std::string> time_text(const std::optional<TimeMs>& time_ms)
{
    return time_ms ? std::optional(wire::format_timestamp({*time_ms})) : std::nullopt;
}

InstanceImageMetadata to_answer(Session& session, InstanceImageRow row)
{
    ImageMetadata image;
    image.creation_date = time_text(row.image_creation_time_ms);
    image.deprecation_time = time_text(row.image_deprecation_time_ms);
    image.image_id = std::move(row.image_id);
    image.image_owner_alias = std::move(row.image_owner_alias);
    image.is_public = row.image_is_public;
    image.name = std::move(row.image_name);
    image.owner_id = std::move(row.image_owner);
    image.state = std::move(row.image_state);

    InstanceImageMetadata answer;
    answer.availability_zone = std::move(row.zone);
    answer.image_metadata = std::move(image);
    answer.instance_id = row.instance_id.text();
    answer.instance_type = std::move(row.instance_type);
    answer.launch_time = Timestamp{row.launch_time_ms};
    answer.operator_value = OperatorResponse{.managed = false};
    answer.owner_id = session.account();
    answer.state = state_answer(row.state);
    answer.tags = tags_of(session, row.instance_id.text());
    answer.zone_id = std::move(row.zone_id);
    return answer;
}

}  // namespace

// Source: EC2 API Reference, DescribeInstanceImageMetadata (documented): whatever became of the
// image.
DescribeInstanceImageMetadataResponse describe_instance_image_metadata(
    Session& session, const DescribeInstanceImageMetadataRequest& request)
{
    const auto filters = parse_filters(kDescribeInstanceImageMetadata, request.filters);
    const auto ids = parse_ids<InstanceId>(request.instance_ids);
    // Source: 1,000 when nothing is said (documented).
    constexpr std::int64_t kDefaultPage = 1000;
    const auto page =
        parse_page(session, request.max_results.value_or(kDefaultPage), request.next_token);
    stop_if_dry_run(request);

    std::vector<InstanceId> missing;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(missing), [&](const InstanceId& id) {
        return !instance_exists(session.db(), session.account(), session.region(), id);
    });
    if (!missing.empty()) {
        throw not_found(missing);
    }
    const auto allowed =
        select_allowed_images_in_force(session.db(), session.account(), session.region());
    auto rows = select_instance_images(session.db(), {.owner = session.account(),
                                                      .region = session.region(),
                                                      .ids = ids,
                                                      .filters = filters,
                                                      .allowed = allowed,
                                                      .now_ms = session.now_ms(),
                                                      .after = page.after,
                                                      .limit = page.sql_limit()});
    DescribeInstanceImageMetadataResponse response;
    response.next_token =
        cut_page(page, rows, [](const InstanceImageRow& row) { return row.instance_id.text(); });
    const auto marks = allowed_marks(session, allowed, rows.size(), [&](std::size_t i) {
        return ImageId::trusted(rows[i].image_id);
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        response.instance_image_metadata.push_back(to_answer(session, std::move(rows[i])));
        response.instance_image_metadata.back().image_metadata->image_allowed = marks[i];
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_image_metadata>(kDescribeInstanceImageMetadata),
};

}  // namespace

constinit const Family kInstanceImages{.operations = kOperations};

}  // namespace amilab::ec2
