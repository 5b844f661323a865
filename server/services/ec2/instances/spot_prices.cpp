#include "server/services/ec2/instances/spot_prices.h"
#include "server/wire/ec2/instances/spot_prices.h"

#include <algorithm>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instances/errors.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/instances/spot_price_rows.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: one of the two at most (documented); an unknown zone is refused as elsewhere (assumed).
void add_zone(Session& session, const DescribeSpotPriceHistoryRequest& request, ListQuery& wanted)
{
    if (is_given(request.availability_zone) && is_given(request.availability_zone_id)) {
        throw parameters_not_together("availabilityZone", "availabilityZoneId");
    }
    if (is_given(request.availability_zone)) {
        if (!select_zone(session.db(), session.region(), *request.availability_zone)) {
            throw invalid_zone(*request.availability_zone);
        }
        wanted.among.emplace_back(kSpotPriceZone, std::vector{*request.availability_zone});
    }
    if (is_given(request.availability_zone_id)) {
        wanted.among.emplace_back(kSpotPriceZoneId, std::vector{*request.availability_zone_id});
    }
}

/// Source: the last change before the start is told too (documented): prices never change here, so
/// that there is no other.
void add_times(const DescribeSpotPriceHistoryRequest& request, ListQuery& wanted)
{
    const auto now_ms = wanted.now_ms;
    const auto end_ms = request.end_time ? request.end_time->ms : now_ms;
    const auto start_ms = request.start_time ? request.start_time->ms : end_ms;
    if (request.start_time && request.end_time && start_ms > end_ms) {
        throw invalid_parameter_value("The start time must not be after the end time.");
    }
    wanted.now_ms = std::min({now_ms, start_ms, end_ms});
}

void refine(Session& session, const DescribeSpotPriceHistoryRequest& request, ListQuery& wanted)
{
    for (const auto& type : request.instance_types) {
        if (!select_launch_type(session.db(), type)) {
            throw invalid_instance_type(type);
        }
    }
    wanted.among.emplace_back(kSpotPriceType, request.instance_types);
    wanted.among.emplace_back(kSpotPriceProduct, request.product_descriptions);
    add_zone(session, request, wanted);
    add_times(request, wanted);
}

std::vector<SpotPrice> to_answers(Session& /*session*/, std::vector<SpotPriceRow>&& rows)
{
    std::vector<SpotPrice> answers;
    for (const auto& row : rows) {
        SpotPrice answer;
        answer.availability_zone = row.zone;
        answer.availability_zone_id = row.zone_id;
        answer.instance_type = row.instance_type;
        answer.product_description = row.product;
        answer.spot_price = row.price;
        answer.timestamp = Timestamp{row.time_ms};
        answers.push_back(std::move(answer));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{.schema = kDescribeSpotPriceHistory,
                                 .page = {.usual = 1000, .largest = 1000},
                                 .refine = &refine,
                                 .select = &select_page<kSpotPriceList>,
                                 .key = &key_by<&SpotPriceRow::place>,
                                 .answers = &to_answers,
                                 .into = &DescribeSpotPriceHistoryResponse::spot_price_history};

// Source: EC2 API Reference, DescribeSpotPriceHistory (documented).
DescribeSpotPriceHistoryResponse describe_spot_price_history(
    Session& session, const DescribeSpotPriceHistoryRequest& request)
{
    return describe<kDescribe>(session, request);
}

constexpr Operation kOperations[] = {
    read<describe_spot_price_history>(kDescribeSpotPriceHistory),
};

}  // namespace

constinit const Family kSpotPrices{.operations = kOperations};

}  // namespace amilab::ec2
