#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/capacity_reservations/capacity_reservation_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// Requests that another account pays for what is not used of a capacity reservation. There is one
/// for each reservation and account asked: the last.
namespace amilab {

struct BillingRequestRow {
    CapacityReservationId reservation_id{};
    /// Who is asked.
    std::string billing_owner{};
    std::string region{};
    /// Who asks: the reservation's owner.
    std::string owner{};
    BillingRequestState state = BillingRequestState::kPending;
    /// Whether no later one was made for the reservation.
    bool is_last = true;
    TimeMs request_time_ms = 0;
    TimeMs expiration_time_ms = 0;
    /// Nothing: as long as the reservation is.
    std::optional<TimeMs> seen_until_ms{};
    // Read only, of the reservation.
    std::string instance_type{};
    std::string zone{};
    std::string zone_id{};
    std::string tenancy{};

    /// Whether it waits for an answer, or was accepted and has not ended.
    bool is_open() const
    {
        return state == BillingRequestState::kPending || state == BillingRequestState::kAccepted;
    }
};

// A request expires by the clock alone, so that both accounts see it at once.
inline constexpr auto kBillingRequestState =
    "iif(q.state = " + sql_word<BillingRequestState::kPending> +
    " AND q.expiration_time_ms <= $now, " + sql_word<BillingRequestState::kExpired> + ", q.state)";

inline constexpr auto kBillingRequestColumns = columns<BillingRequestRow>(
    "billing_request", "q", text<&BillingRequestRow::reservation_id>("reservation_id"),
    text<&BillingRequestRow::billing_owner>("billing_owner"),
    text<&BillingRequestRow::region>("region"), text<&BillingRequestRow::owner>("owner"),
    text<&BillingRequestRow::state>("state").read_as(kBillingRequestState),
    flag<&BillingRequestRow::is_last>("is_last"),
    time<&BillingRequestRow::request_time_ms>("request_time_ms"),
    time<&BillingRequestRow::expiration_time_ms>("expiration_time_ms"),
    time<&BillingRequestRow::seen_until_ms>("seen_until_ms"),
    text<&BillingRequestRow::instance_type>("instance_type").as("c.instance_type"),
    text<&BillingRequestRow::zone>("zone").as("c.zone"),
    text<&BillingRequestRow::zone_id>("zone_id").as(kCapacityZoneId),
    text<&BillingRequestRow::tenancy>("tenancy").as("c.tenancy"));
inline constexpr auto kBillingRequestsFrom =
    sql("billing_request q JOIN capacity_reservation c ON c.id = q.reservation_id");
/// Source: EC2 API Reference, DescribeCapacityReservationBillingRequests (documented).
inline constexpr FilterColumn kBillingRequestFilters[] = {
    {"requested-by", "owner"},
    {"status", "state"},
    {"unused-reservation-billing-owner", "billing_owner"},
};
inline constexpr auto kBillingRequestIsSeen =
    sql("(q.seen_until_ms IS NULL OR q.seen_until_ms > $now)");
inline constexpr auto kSentBillingRequestIsSeen = "q.is_last AND " + kBillingRequestIsSeen;
/// What an account has asked others, the last of each reservation. Source: EC2 User Guide, "View
/// billing assignment requests" (documented).
inline constexpr Listing<BillingRequestRow> kSentBillingRequestList{
    .from = kBillingRequestsFrom,
    .where = kSentBillingRequestIsSeen,
    .key = "q.reservation_id",
    .columns = kBillingRequestColumns,
    .filters = kBillingRequestFilters};
/// What an account was asked.
inline constexpr Listing<BillingRequestRow> kReceivedBillingRequestList{
    .from = kBillingRequestsFrom,
    .where = kBillingRequestIsSeen,
    .key = "q.reservation_id",
    .owner = "q.billing_owner",
    .columns = kBillingRequestColumns,
    .filters = kBillingRequestFilters};

/// The last request for the reservation that the account was sent, seen or not.
std::optional<BillingRequestRow> select_billing_request(Database& db,
                                                        const CapacityReservationId& id,
                                                        std::string_view billing_owner,
                                                        TimeMs now_ms);
/// The one that waits for an answer, or was accepted, if there is one.
std::optional<BillingRequestRow> select_open_billing_request(Database& db,
                                                             const CapacityReservationId& id,
                                                             TimeMs now_ms);
/// Makes it the reservation's last, in place of an earlier one of the same accounts.
void replace_billing_request(Database& db, const BillingRequestRow& row);
/// What can change: the state, and how long it is seen.
void update_billing_request(Database& db, const BillingRequestRow& row);
/// Revokes what the account has asked for or was asked, where it was accepted and the accounts are
/// of one organization no more.
void revoke_billing_across_organizations(Database& db, std::string_view account,
                                         TimeMs seen_until_ms);

}  // namespace amilab
