#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct DhcpOptionsRow {
    DhcpOptionsId id{};
    std::string region{};
    std::string owner{};
    /// What VPCs get that are made.
    bool is_default = false;
};

/// One value of an option; the values of a key stand together.
struct DhcpOptionValueRow {
    std::string dhcp_options_id{};
    std::int64_t position = 0;
    std::string key{};
    std::string value{};
};

inline constexpr auto kDhcpOptionsColumns = columns<DhcpOptionsRow>(
    "dhcp_options", "d", text<&DhcpOptionsRow::id>("id"), text<&DhcpOptionsRow::region>("region"),
    text<&DhcpOptionsRow::owner>("owner"), flag<&DhcpOptionsRow::is_default>("is_default"));
inline constexpr std::string_view kOfDhcpOptionValues =
    "EXISTS (SELECT 1 FROM dhcp_option_value o WHERE o.dhcp_options_id = d.id AND ";
inline constexpr FilterColumn kDhcpOptionsFilters[] = {
    {"dhcp-options-id", "id"},
    {"key", "o.key", kOfDhcpOptionValues, ")"},
    {"owner-id", "owner"},
    {"value", "o.value", kOfDhcpOptionValues, ")"},
};
inline constexpr Listing<DhcpOptionsRow> kDhcpOptionsList{
    .key = "d.id", .columns = kDhcpOptionsColumns, .filters = kDhcpOptionsFilters};

inline constexpr auto kDhcpOptionValueColumns = columns<DhcpOptionValueRow>(
    "dhcp_option_value", "o", text<&DhcpOptionValueRow::dhcp_options_id>("dhcp_options_id"),
    integer<&DhcpOptionValueRow::position>("position"), text<&DhcpOptionValueRow::key>("key"),
    text<&DhcpOptionValueRow::value>("value"));
inline constexpr Children<DhcpOptionValueRow> kValuesOfDhcpOptions{
    .columns = kDhcpOptionValueColumns, .parent = "dhcp_options_id", .order = "position"};

/// What the account's VPCs get that are made. One indexed look, for every call that needs the
/// network: an account that has them has had a default network.
std::optional<DhcpOptionsRow> select_default_dhcp_options(Database& db, std::string_view owner,
                                                          std::string_view region);
bool has_default_dhcp_options(Database& db, std::string_view owner, std::string_view region);
/// Whether a VPC has them.
bool are_dhcp_options_in_use(Database& db, const DhcpOptionsId& id);

}  // namespace amilab
