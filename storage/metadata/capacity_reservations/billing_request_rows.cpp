#include "storage/metadata/capacity_reservations/billing_request_rows.h"

#include <algorithm>
#include <iterator>

#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr auto kOfReservation = "FROM " + kBillingRequestsFrom + " WHERE q.reservation_id = ?";

}  // namespace

std::optional<BillingRequestRow> select_billing_request(Database& db,
                                                        const CapacityReservationId& id,
                                                        std::string_view billing_owner,
                                                        TimeMs now_ms)
{
    static constexpr auto kOfAccount = kOfReservation + " AND q.billing_owner = ?";
    return select_row_at<kBillingRequestColumns>(db, now_ms, kOfAccount, id, billing_owner);
}

std::optional<BillingRequestRow> select_open_billing_request(Database& db,
                                                             const CapacityReservationId& id,
                                                             TimeMs now_ms)
{
    static constexpr auto kOpen = kOfReservation + " AND q.is_last AND " + kBillingRequestState +
                                  " IN (" + sql_word<BillingRequestState::kPending> + ", " +
                                  sql_word<BillingRequestState::kAccepted> + ")";
    return select_row_at<kBillingRequestColumns>(db, now_ms, kOpen, id);
}

void replace_billing_request(Database& db, const BillingRequestRow& row)
{
    Statement(db, "DELETE FROM billing_request WHERE reservation_id = ? AND billing_owner = ?")
        .execute(row.reservation_id, row.billing_owner);
    Statement(db, "UPDATE billing_request SET is_last = 0 WHERE reservation_id = ?")
        .execute(row.reservation_id);
    insert_row<kBillingRequestColumns>(db, row);
}

void update_billing_request(Database& db, const BillingRequestRow& row)
{
    Statement(db,
              "UPDATE billing_request SET state = ?, seen_until_ms = ?"
              " WHERE reservation_id = ? AND billing_owner = ?")
        .execute(row.state, row.seen_until_ms, row.reservation_id, row.billing_owner);
}

void revoke_billing_across_organizations(Database& db, std::string_view account,
                                         TimeMs seen_until_ms)
{
    // By the indexes of either side, which begin with the region.
    static constexpr auto kAccepted = "FROM " + kBillingRequestsFrom + " WHERE q.state = " +
                                      sql_word<BillingRequestState::kAccepted> +
                                      " AND q.region IN (SELECT name FROM catalogue.region)";
    static constexpr auto kSent = kAccepted + " AND q.owner = ?";
    static constexpr auto kReceived = kAccepted + " AND q.billing_owner = ?";
    auto rows = select_rows<kBillingRequestColumns>(db, kSent, account);
    std::ranges::move(select_rows<kBillingRequestColumns>(db, kReceived, account),
                      std::back_inserter(rows));
    for (auto& row : rows) {
        if (!are_of_one_organization(db, row.owner, row.billing_owner)) {
            row.state = BillingRequestState::kRevoked;
            row.seen_until_ms = seen_until_ms;
            update_billing_request(db, row);
        }
    }
}

}  // namespace amilab
