#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Offers of elastic addresses to other accounts.
namespace amilab {

struct AddressTransferRow {
    std::string region{};
    /// Who offers.
    std::string owner{};
    AllocationId allocation_id{};
    std::string public_ip{};
    std::string transfer_account{};
    TimeMs expiration_time_ms = 0;
    std::optional<TimeMs> accepted_time_ms{};
    TimeMs seen_until_ms = 0;
};

inline constexpr auto kAddressTransferColumns = columns<AddressTransferRow>(
    "address_transfer", "t", text<&AddressTransferRow::region>("region"),
    text<&AddressTransferRow::owner>("owner"),
    text<&AddressTransferRow::allocation_id>("allocation_id"),
    text<&AddressTransferRow::public_ip>("public_ip"),
    text<&AddressTransferRow::transfer_account>("transfer_account"),
    time<&AddressTransferRow::expiration_time_ms>("expiration_time_ms"),
    time<&AddressTransferRow::accepted_time_ms>("accepted_time_ms"),
    time<&AddressTransferRow::seen_until_ms>("seen_until_ms"));
/// The offers that their owner still sees.
inline constexpr Listing<AddressTransferRow> kAddressTransferList{
    .where = "t.seen_until_ms > $now",
    .key = "t.allocation_id",
    .columns = kAddressTransferColumns};

/// The open offer of that address to the account, in the region.
std::optional<AddressTransferRow> select_address_offer(Database& db, std::string_view public_ip,
                                                       std::string_view account,
                                                       std::string_view region, TimeMs now_ms);
/// The offer of the row's address by its owner, in place of what was there.
void replace_address_transfer(Database& db, const AddressTransferRow& row);
void delete_address_transfer(Database& db, const AddressTransferRow& row);
/// Removes those of the address that nobody sees any more.
void delete_unseen_address_transfers(Database& db, const AllocationId& id, TimeMs now_ms);

}  // namespace amilab
