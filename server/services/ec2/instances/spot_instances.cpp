#include "server/services/ec2/instances/spot_instances.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/instances/launch_interfaces.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/spot_price_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kSpot = "spot";

std::string price_text(double price)
{
    return fmt::format("{:.6f}", price);
}

/// Dollars; nothing when the text is no number.
std::optional<double> dollars(std::string_view text)
{
    double value = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    const bool is_number =
        error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
    return is_number ? std::optional(value) : std::nullopt;
}

bool is_spot(const std::optional<InstanceMarketOptionsRequest>& market)
{
    return market && market->market_type == kSpot;
}

SpotMarketOptions options_of(const RunInstancesRequest& request)
{
    return request.instance_market_options->spot_options.value_or(SpotMarketOptions{});
}

bool hibernates(const RunInstancesRequest& request)
{
    return request.hibernation_options && request.hibernation_options->configured.value_or(false);
}

InterruptionBehavior behavior_of(const RunInstancesRequest& request)
{
    if (hibernates(request)) {
        return InterruptionBehavior::kHibernate;
    }
    const auto said = options_of(request).instance_interruption_behavior;
    return said ? *find_word<InterruptionBehavior>(*said) : InterruptionBehavior::kTerminate;
}

/// Throws for what a persistent request, and one for one time, cannot have.
void check_type(const RunInstancesRequest& request)
{
    const auto options = options_of(request);
    const bool is_persistent = options.spot_instance_type == SpotRequestType::kPersistent;
    const auto behavior = behavior_of(request);
    if (is_persistent && behavior == InterruptionBehavior::kTerminate) {
        throw invalid_parameter_combination(
            "Persistent Spot requests are supported only when the interruption behavior is stop or "
            "hibernate.");
    }
    if (!is_persistent && behavior != InterruptionBehavior::kTerminate && !hibernates(request)) {
        throw behavior_of_persistent_requests();
    }
    if (!is_persistent && options.valid_until) {
        throw invalid_parameter_combination(
            "ValidUntil is supported only for persistent Spot requests.");
    }
}

std::string_view product_of(const ImageRow& image)
{
    return image.platform == Platform::kWindows ? "Windows" : "Linux/UNIX";
}

/// Source: the price of On-Demand Instances (documented), which is three times that of Spot
/// Instances (assumed).
std::string usual_most(double price)
{
    return price_text(price * 3);
}

void note_fulfilled(Session& session, SpotRequestRow& row)
{
    set_spot_status(session, row, SpotRequestState::kActive, "fulfilled",
                    "Your spot request is fulfilled.");
}

/// Source: EC2 User Guide, "Spot request states": a request for one time is closed, a persistent
/// one is open again, and one that was cancelled stays so (documented).
SpotRequestState state_without_instance(const Session& session, const SpotRequestRow& row)
{
    if (row.state == SpotRequestState::kCancelled) {
        return row.state;
    }
    const bool has_expired = row.valid_until_ms && *row.valid_until_ms <= session.now_ms();
    return row.type == SpotRequestType::kPersistent && !has_expired ? SpotRequestState::kOpen
                                                                    : SpotRequestState::kClosed;
}

/// Whether the request counts no more once its instance has gone.
bool has_ended(const SpotRequestRow& row)
{
    return row.state == SpotRequestState::kClosed || row.state == SpotRequestState::kFailed ||
           (row.state == SpotRequestState::kCancelled &&
            row.status_code != "request-canceled-and-instance-running");
}

}  // namespace

ApiError behavior_of_persistent_requests()
{
    return invalid_parameter_combination(
        "The interruption behaviors stop and hibernate need a persistent Spot request.");
}

void check_spot_price(const std::string& text)
{
    constexpr double kLeast = 0.001;
    const auto price = dollars(text);
    if (!price || *price < kLeast) {
        throw invalid_value(text, "spotPrice", "Expected a price of at least 0.001.");
    }
}

std::string told_spot_price(const std::string& text)
{
    const auto price = dollars(text);
    return price ? price_text(*price) : text;
}

void refuse_block_duration(const std::optional<std::int64_t>& minutes)
{
    if (minutes) {
        throw invalid_parameter_value("BlockDurationMinutes is not a valid parameter.");
    }
}

void check_market(const RunInstancesRequest& request)
{
    const auto& market = request.instance_market_options;
    if (!market) {
        return;
    }
    const auto type = market->market_type.value_or("");
    if (type != kSpot && type != "on-demand" && !type.empty()) {
        throw unsupported(fmt::format("amilab does not offer the market type {}.", type));
    }
    if (market->spot_options && type != kSpot) {
        throw invalid_parameter_combination("SpotOptions are for the market type spot alone.");
    }
    if (!is_spot(market)) {
        return;
    }
    const auto options = options_of(request);
    refuse_block_duration(options.block_duration_minutes);
    if (is_given(options.max_price)) {
        check_spot_price(*options.max_price);
    }
    if (hibernates(request) && options.instance_interruption_behavior &&
        options.instance_interruption_behavior != InterruptionBehavior::kHibernate) {
        throw invalid_parameter_combination(
            "An instance that is to hibernate has the interruption behavior hibernate.");
    }
    check_type(request);
}

std::optional<SpotTerms> plan_spot(Session& session, const RunInstancesRequest& request,
                                   const ImageRow& image, const InstanceOptionRow& options,
                                   const LaunchTypeRow& type, const std::string& zone)
{
    if (!is_spot(request.instance_market_options)) {
        return std::nullopt;
    }
    const auto said = options_of(request);
    SpotTerms terms;
    terms.row.type = said.spot_instance_type == SpotRequestType::kPersistent
                         ? SpotRequestType::kPersistent
                         : SpotRequestType::kOneTime;
    terms.row.spot_price = said.max_price.value_or("");
    terms.row.interruption_behavior = behavior_of(request);
    if (said.valid_until) {
        if (said.valid_until->ms <= session.now_ms()) {
            throw invalid_parameter_value("ValidUntil must be after the current time.");
        }
        terms.row.valid_until_ms = said.valid_until->ms;
    }
    require_spot_price(terms.row,
                       complete_spot_request(session, terms.row, image, options, type, zone));
    return terms;
}

std::string complete_spot_request(Session& session, SpotRequestRow& row, const ImageRow& image,
                                  const InstanceOptionRow& options, const LaunchTypeRow& type,
                                  const std::string& zone)
{
    if (options.tenancy == InstanceTenancy::kHost) {
        throw invalid_parameter_combination(
            "The tenancy host is not supported for Spot Instances.");
    }
    if (options.capacity_target_id) {
        throw invalid_parameter_combination("Spot Instances cannot run in capacity reservations.");
    }
    row.product_description = product_of(image);
    auto price =
        select_spot_price(session.db(), session.region(), type.name, zone, row.product_description);
    if (!price) {
        throw ApiError(
            "Unsupported",
            fmt::format("There are no Spot Instances of the type {} in {}.", type.name, zone));
    }
    if (row.spot_price.empty()) {
        row.spot_price = usual_most(*dollars(*price));
    }
    return std::move(*price);
}

void require_spot_price(const SpotRequestRow& row, const std::string& price)
{
    if (*dollars(row.spot_price) < *dollars(price)) {
        throw ApiError("SpotMaxPriceTooLow",
                       fmt::format("Your Spot request price of {} is lower than the minimum "
                                   "required Spot request fulfillment price of {}.",
                                   row.spot_price, price));
    }
}

void keep_group_ids(Session& session, const RunInstancesRequest& request,
                    LaunchParameters& parameters)
{
    if (request.security_groups.empty()) {
        return;
    }
    std::erase_if(parameters, [](const auto& one) {
        return one.path.starts_with("SecurityGroup.") || one.path.starts_with("SecurityGroupId.");
    });
    std::size_t number = 0;
    for (auto& id : group_ids(session, request)) {
        parameters.push_back({fmt::format("SecurityGroupId.{}", ++number), std::move(id)});
    }
}

void insert_spot_request(Session& session, SpotTerms& terms)
{
    make_own(session, terms.row);
    terms.row.create_time_ms = session.now_ms();
    insert_row<kSpotRequestColumns>(session.db(), terms.row);
    for (const auto& one : terms.parameters) {
        insert_row<kSpotRequestParameterColumns>(
            session.db(),
            {.request_id = terms.row.id.text(), .path = one.path, .value = one.value});
    }
    store_tags(session, terms.row.id, terms.tags);
    if (terms.row.valid_until_ms) {
        session.schedule_at(*terms.row.valid_until_ms, kSpotRequestExpired, terms.row.id.text());
    }
}

SpotRequestId fulfil_spot_request(Session& session, const InstanceRow& instance,
                                  const SpotTerms& terms)
{
    auto made = terms;
    if (made.row.id.text().empty()) {
        insert_spot_request(session, made);
    }
    made.row.instance_id = instance.id;
    made.row.zone = instance.zone;
    note_fulfilled(session, made.row);
    return made.row.id;
}

void set_spot_status(Session& session, SpotRequestRow& row, SpotRequestState state,
                     std::string_view code, std::string_view message)
{
    row.state = state;
    row.status_code = code;
    row.status_message = message;
    row.status_time_ms = session.now_ms();
    update_spot_request(session.db(), row);
    if (has_ended(row)) {
        session.cancel_transitions(row.id.text());
        session.schedule(kSpotRequestEnded, kSpotRequestGone, row.id.text());
    }
}

void require_spot_stoppable(Session& session, const InstanceId& id)
{
    const auto row = select_spot_request_of(session.db(), id);
    if (row && row->type == SpotRequestType::kOneTime) {
        throw unsupported(fmt::format(
            "You can't stop the Spot Instance '{}' because it is associated with a one-time Spot "
            "Instance request. You can only stop Spot Instances associated with persistent Spot "
            "Instance requests.",
            id.text()));
    }
}

void spot_instance_stopped(Session& session, const InstanceId& id)
{
    auto row = select_spot_request_of(session.db(), id);
    if (row && row->state == SpotRequestState::kActive) {
        set_spot_status(session, *row, SpotRequestState::kDisabled, "instance-stopped-by-user",
                        "Your Spot Instance was stopped by you.");
    }
}

void spot_instance_started(Session& session, const InstanceId& id)
{
    auto row = select_spot_request_of(session.db(), id);
    if (row && row->state == SpotRequestState::kDisabled) {
        note_fulfilled(session, *row);
    }
}

void spot_instance_terminated(Session& session, const InstanceId& id)
{
    auto row = select_spot_request_of(session.db(), id);
    if (!row || row->instance_id != id) {
        return;
    }
    const auto state = state_without_instance(session, *row);
    const bool is_open = state == SpotRequestState::kOpen;
    if (is_open) {
        row->instance_id.reset();
        row->zone.reset();
    }
    set_spot_status(session, *row, state, "instance-terminated-by-user",
                    "Spot Instance terminated due to user-initiated termination.");
    if (is_open) {
        session.schedule(kSpotRequestOpen, kSpotRequestLooked, row->id.text());
    }
}

}  // namespace amilab::ec2
