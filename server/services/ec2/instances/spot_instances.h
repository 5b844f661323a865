#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/services/ec2/launch_templates/launch_parameters.h"
#include "server/wire/ec2/instances/launches.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/instances/spot_request_rows.h"
#include "storage/metadata/tags/tag_rows.h"

/// The Spot Instances of requests, and what becomes of a request with its instance.
namespace amilab::ec2 {

/// How long a request is open before it is looked at.
inline constexpr Delay kSpotRequestOpen{"spot-request.open"};
/// Requests are kept for four hours once they and their instances have ended (documented:
/// DescribeSpotInstanceRequests).
inline constexpr Delay kSpotRequestEnded{"spot-request.ended", 4 * kHourMs};
inline constexpr Due kSpotRequestLooked{"spot-request-looked"};
inline constexpr Due kSpotRequestExpired{"spot-request-expired"};
inline constexpr Due kSpotRequestGone{"spot-request-gone"};

/// The request that a launch is made for.
struct SpotTerms {
    SpotRequestRow row{};
    /// What the launch was told, for launches to come.
    LaunchParameters parameters{};
    std::vector<TagRow> tags{};
};

/// A request for one time has an interruption behavior that is for persistent ones. Code and text
/// are assumed.
ApiError behavior_of_persistent_requests();

/// Throws unless the text is a price of more than a tenth of a cent (documented).
void check_spot_price(const std::string& text);

/// A request's price as answers tell it.
/// Source: six places (documented example).
std::string told_spot_price(const std::string& text);

/// Throws for market options that do not go together.
/// Source: EC2 API Reference, SpotMarketOptions: which are for persistent requests (documented);
/// codes and texts are assumed.
void check_market(const RunInstancesRequest& request);

/// The request that RunInstances makes by its market options; nothing for no Spot Instances.
/// Throws what the two below do.
std::optional<SpotTerms> plan_spot(Session& session, const RunInstancesRequest& request,
                                   const ImageRow& image, const InstanceOptionRow& options,
                                   const LaunchTypeRow& type, const std::string& zone);

/// Throws InvalidParameterValue when a duration is asked for. Source: AWS has ended Spot Instances
/// of a defined duration (documented); code and text are observed.
void refuse_block_duration(const std::optional<std::int64_t>& minutes);

/// Completes the request with its product and, when it names none, the most that is paid; gives the
/// price. Throws where there are no Spot Instances of the type (code and text assumed).
std::string complete_spot_request(Session& session, SpotRequestRow& row, const ImageRow& image,
                                  const InstanceOptionRow& options, const LaunchTypeRow& type,
                                  const std::string& zone);
/// Throws SpotMaxPriceTooLow when the request pays less. Source: observed.
void require_spot_price(const SpotRequestRow& row, const std::string& price);

/// Notes that the instance fulfils the request, which is made when it has no id yet.
SpotRequestId fulfil_spot_request(Session& session, const InstanceRow& instance,
                                  const SpotTerms& terms);

/// Has the launches to come name the groups of the request by their ids, so that answers and
/// filters find both. Of a request whose groups are there.
void keep_group_ids(Session& session, const RunInstancesRequest& request,
                    LaunchParameters& parameters);

/// Inserts the request with its parameters and tags, as the caller's.
void insert_spot_request(Session& session, SpotTerms& terms);

/// Sets state and status of the row, and lets the request go once it has ended.
void set_spot_status(Session& session, SpotRequestRow& row, SpotRequestState state,
                     std::string_view code, std::string_view message);

/// Throws UnsupportedOperation for an instance of a request that is for one time (observed).
void require_spot_stoppable(Session& session, const InstanceId& id);

// What users do with instances, which may be no Spot Instances.
void spot_instance_stopped(Session& session, const InstanceId& id);
void spot_instance_started(Session& session, const InstanceId& id);
void spot_instance_terminated(Session& session, const InstanceId& id);

}  // namespace amilab::ec2
