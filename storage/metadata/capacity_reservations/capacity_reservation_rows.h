#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/regions/zone_id.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// Capacity that accounts have reserved. Instances that run in a reservation name it in their
/// options.
namespace amilab {

struct CapacityReservationTag {
    static constexpr std::string_view kPrefix = "cr";
    static constexpr std::string_view kResourceType = "capacity-reservation";
    static constexpr std::string_view kMalformed = "InvalidCapacityReservationId.Malformed";
};
using CapacityReservationId = Id<CapacityReservationTag>;

enum class CapacityReservationState : std::uint8_t { kActive, kExpired, kCancelled };
template <>
inline constexpr auto kWords<CapacityReservationState> = words("active", "expired", "cancelled");

/// Which instances run in it: all that match, or those that name it.
enum class CapacityMatch : std::uint8_t { kOpen, kTargeted };
template <>
inline constexpr auto kWords<CapacityMatch> = words("open", "targeted");

enum class CapacityEnd : std::uint8_t { kUnlimited, kLimited };
template <>
inline constexpr auto kWords<CapacityEnd> = words("unlimited", "limited");

/// Of a request that another account pays for what is not used.
enum class BillingRequestState : std::uint8_t {
    kPending,
    kAccepted,
    kRejected,
    kCancelled,
    kRevoked,
    kExpired
};
template <>
inline constexpr auto kWords<BillingRequestState> = words("pending", "accepted", "rejected",
                                                          "cancelled", "revoked", "expired");

struct CapacityReservationRow {
    CapacityReservationId id{};
    std::string region{};
    std::string owner{};
    std::string instance_type{};
    /// Linux/UNIX
    std::string platform{};
    std::string zone{};
    /// default, dedicated
    std::string tenancy{};
    std::int64_t total = 0;
    bool ebs_optimized = false;
    bool ephemeral_storage = false;
    CapacityReservationState state = CapacityReservationState::kActive;
    CapacityMatch match_criteria = CapacityMatch::kOpen;
    TimeMs create_time_ms = 0;
    CapacityEnd end_type = CapacityEnd::kUnlimited;
    std::optional<TimeMs> end_time_ms{};
    // Read only.
    std::string zone_id{};
    /// Instances that run in it.
    std::int64_t used = 0;
    /// Who pays for what is not used, where that is not the owner.
    std::optional<std::string> billing_owner{};

    std::int64_t available() const
    {
        return state == CapacityReservationState::kActive ? total - used : 0;
    }
};

inline constexpr auto kCapacityUsed =
    "(SELECT count(*) FROM instance_option o JOIN instance n ON n.id = o.instance_id"
    " WHERE o.capacity_reservation_id = c.id AND " +
    kTakesCapacity + ")";
inline constexpr auto kCapacityZoneId = sql_zone_id(sql("c.zone"));

inline constexpr auto kCapacityBillingOwner =
    "(SELECT q.billing_owner FROM billing_request q WHERE q.reservation_id = c.id AND q.state = " +
    sql_word<BillingRequestState::kAccepted> + ")";

inline constexpr auto kCapacityReservationColumns = columns<CapacityReservationRow>(
    "capacity_reservation", "c", text<&CapacityReservationRow::id>("id"),
    text<&CapacityReservationRow::region>("region"), text<&CapacityReservationRow::owner>("owner"),
    text<&CapacityReservationRow::instance_type>("instance_type"),
    text<&CapacityReservationRow::platform>("platform"),
    text<&CapacityReservationRow::zone>("zone"), text<&CapacityReservationRow::tenancy>("tenancy"),
    integer<&CapacityReservationRow::total>("total"),
    flag<&CapacityReservationRow::ebs_optimized>("ebs_optimized"),
    flag<&CapacityReservationRow::ephemeral_storage>("ephemeral_storage"),
    text<&CapacityReservationRow::state>("state"),
    text<&CapacityReservationRow::match_criteria>("match_criteria"),
    time<&CapacityReservationRow::create_time_ms>("create_time_ms"),
    text<&CapacityReservationRow::end_type>("end_type"),
    time<&CapacityReservationRow::end_time_ms>("end_time_ms"),
    text<&CapacityReservationRow::zone_id>("zone_id").as(kCapacityZoneId),
    integer<&CapacityReservationRow::used>("used").as(kCapacityUsed),
    text<&CapacityReservationRow::billing_owner>("billing_owner").as(kCapacityBillingOwner));
/// Source: EC2 API Reference, DescribeCapacityReservations (documented); what is missing belongs to
/// features that amilab does not have and matches nothing.
inline constexpr FilterColumn kCapacityReservationFilters[] = {
    {"availability-zone", "zone"},
    {"end-date", "end_time_ms"},
    {"end-date-type", "end_type"},
    {"instance-match-criteria", "match_criteria"},
    {"instance-platform", "platform"},
    {"instance-type", "instance_type"},
    {"owner-id", "owner"},
    {"start-date", "create_time_ms"},
    {"state", "state"},
    {"tenancy", "tenancy"},
};
inline constexpr Listing<CapacityReservationRow> kCapacityReservationList{
    .key = "c.id", .columns = kCapacityReservationColumns, .filters = kCapacityReservationFilters};

/// How many instances of an account run in a reservation.
struct CapacityUsageRow {
    std::string account{};
    std::int64_t used = 0;
};
inline constexpr auto kCapacityUsageColumns = columns<CapacityUsageRow>(
    "capacity_reservation", "c", text<&CapacityUsageRow::account>("account").as("c.owner"),
    integer<&CapacityUsageRow::used>("used").as(kCapacityUsed));
inline constexpr auto kIsCapacityUsed = kCapacityUsed + " > 0";
/// What ListQuery::among can name is below.
inline constexpr Listing<CapacityUsageRow> kCapacityUsageList{
    .where = kIsCapacityUsed, .key = "c.owner", .columns = kCapacityUsageColumns};
inline constexpr std::string_view kUsedCapacity = "c.id";

/// What an instance has that reservations match.
struct CapacityNeeds {
    std::string_view owner{};
    std::string_view region{};
    std::string_view instance_type{};
    std::string_view platform{};
    std::string_view zone{};
    std::string_view tenancy{};
};
/// Whether they are those of the reservation's.
bool matches(const CapacityReservationRow& row, const CapacityNeeds& needs);

/// Whoever's it is.
std::optional<CapacityReservationRow> select_capacity_reservation(Database& db,
                                                                  const CapacityReservationId& id);
/// Active ones that all matching instances run in and that have room, the oldest first.
std::vector<CapacityReservationRow> select_open_capacity(Database& db, const CapacityNeeds& needs);
/// What can change: count, state, match criteria and end, as the row has them.
void update_capacity_reservation(Database& db, const CapacityReservationRow& row);
/// Instances that would run in the reservation and run in none: that match, take what is open, and
/// run, in the order of their ids.
std::vector<InstanceId> select_unreserved_instances(Database& db,
                                                    const CapacityReservationRow& row);
/// Those of the instances that run in it that may go with room that is moved, in the order of their
/// ids: that were told nothing of reservations but to take what is open.
std::vector<InstanceId> select_movable_instances(Database& db, const CapacityReservationId& id);
/// Instances that run in it run in none from now on.
void release_capacity(Database& db, const CapacityReservationId& id);

}  // namespace amilab
