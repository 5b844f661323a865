#include "server/services/ec2/instance_types/instance_type_offerings.h"

#include <algorithm>

#include "server/services/ec2/common/describe_spec.h"
#include "server/wire/ec2/instance_types/instance_type_offerings.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instance_types/instance_type_offering_rows.h"
#include "storage/metadata/instance_types/instance_type_words.h"

namespace amilab::ec2 {

namespace {

// Source: as for instance types (assumed; users report answers without MaxResults that lack types).
constexpr std::int64_t kOfferingsOnAPage = 100;

/// Source: the current region's offerings unless zones are asked for; nobody has an Outpost
/// (documented). A location that is elsewhere matches nothing (assumed).
void choose_location_type(Session& /*session*/, const DescribeInstanceTypeOfferingsRequest& request,
                          ListQuery& wanted)
{
    const auto usual = text_of(LocationType::kRegion);
    wanted.among.emplace_back(
        kOfferingLocationType,
        std::vector<std::string>{request.location_type.value_or(std::string(usual))});
}

InstanceTypeOffering to_answer(const InstanceTypeOfferingRow& row)
{
    return {.instance_type = row.instance_type,
            .location = row.location,
            .location_type = row.location_type};
}

std::vector<InstanceTypeOffering> to_answers(Session& /*session*/,
                                             std::vector<InstanceTypeOfferingRow>&& rows)
{
    std::vector<InstanceTypeOffering> answers(rows.size());
    std::transform(rows.begin(), rows.end(), answers.begin(), &to_answer);
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeInstanceTypeOfferings,
    .page = {.usual = kOfferingsOnAPage},
    .refine = &choose_location_type,
    .select = &select_page<kInstanceTypeOfferingList>,
    .key = &key_by<&InstanceTypeOfferingRow::instance_type, &InstanceTypeOfferingRow::location>,
    .answers = &to_answers,
    .into = &DescribeInstanceTypeOfferingsResponse::instance_type_offerings};

}  // namespace

// Source: EC2 API Reference, DescribeInstanceTypeOfferings (documented).
DescribeInstanceTypeOfferingsResponse describe_instance_type_offerings(
    Session& session, const DescribeInstanceTypeOfferingsRequest& request)
{
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_type_offerings>(kDescribeInstanceTypeOfferings),
};

}  // namespace

constinit const Family kInstanceTypeOfferings{.operations = kOperations};

}  // namespace amilab::ec2
