#include "server/services/ec2/network/interface_ipv6.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/interface_prefixes.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/network/subnet_cidr_reservation_rows.h"

namespace amilab::ec2 {

namespace {

constexpr int kAddressBits = 128;
// The first addresses of a block are AWS's, and so is the last. Source: VPC User Guide, "Subnet
// CIDR blocks": the first four and the last (documented).
constexpr std::uint64_t kFirstAddress = 4;
// How much of a block addresses are chosen from; any is much smaller than a subnet's.
constexpr std::uint64_t kChosenFrom = std::uint64_t{1} << 60;

/// The addresses or prefixes that may be asked for at once, named or counted. Source: no instance
/// type has as many (documented); that an interface has not either is assumed.
constexpr std::int64_t kMostOfInterface = 255;

ApiError no_ipv6_block(const SubnetId& subnet)
{
    return invalid_parameter_value(
        fmt::format("The subnet '{}' does not have an IPv6 CIDR block.", subnet.text()));
}

std::string parse_address(const std::string& text)
{
    const auto address = Ipv6Address::from_text(text);
    if (!address) {
        throw invalid_parameter_value(
            fmt::format("Value ({}) for parameter ipv6Addresses is invalid.", text));
    }
    return address->text();
}

/// Whether an interface has the address, or a prefix that it is of.
bool is_taken(Session& session, const LaunchSubnet& subnet, const std::string& address)
{
    return is_ipv6_address_taken(session.db(), address) ||
           is_prefix_taken(session.db(), subnet.id, prefix_of_address(address));
}

bool is_reserved(const Ipv6Block& block, const Ipv6Address& address)
{
    return address < block.part(kAddressBits, kFirstAddress).base || address == block.last();
}

/// The number of the first address behind a reservation, as choose_address() counts them; nothing
/// where none of the addresses that it chooses from is.
std::optional<std::uint64_t> number_behind(const Ipv6Block& reservation)
{
    constexpr int kHalf = kAddressBits / 2;
    if (reservation.length <= kHalf) {
        return std::nullopt;
    }
    const auto size = std::uint64_t{1} << (kAddressBits - reservation.length);
    const auto behind = reservation.base.low_half() + size;
    return behind < kChosenFrom ? std::optional(std::max(behind, kFirstAddress) - kFirstAddress)
                                : std::nullopt;
}

/// Source: AWS chooses them at random (observed), but for what is reserved (documented); here they
/// hang on the seed.
std::string choose_address(Session& session, const LaunchSubnet& subnet,
                           const ReservedBlocks<Ipv6Block>& reserved, const TakenAddresses& taken)
{
    const auto block = ipv6_block_of(subnet);
    auto number = session.ids().next_number("ipv6-address");
    for (bool wrapped = false;;) {
        const auto part = block.part(kAddressBits, kFirstAddress + number % kChosenFrom);
        if (const auto* const reservation = reserved.overlapping(part)) {
            const auto behind = number_behind(*reservation);
            if (!behind && wrapped) {
                throw subnet_full(subnet.id);
            }
            wrapped = wrapped || !behind;
            number = behind.value_or(0);
            continue;
        }
        auto text = part.base.text();
        if (!taken.has_address(text) && !is_taken(session, subnet, text)) {
            return text;
        }
        ++number;
    }
}

}  // namespace

void check_count(std::int64_t count, std::string_view parameter)
{
    if (count < 0) {
        throw invalid_parameter_value(fmt::format("{} must not be negative.", parameter));
    }
    if (count > kMostOfInterface) {
        throw too_many_private_addresses();
    }
}

Ipv6Block ipv6_block_of(const LaunchSubnet& subnet)
{
    if (!subnet.ipv6_cidr_block) {
        throw no_ipv6_block(subnet.id);
    }
    return *Ipv6Block::from_text(*subnet.ipv6_cidr_block);
}

std::int64_t Ipv6Wish::count_in(const LaunchSubnet& subnet) const
{
    if (!named.empty()) {
        return static_cast<std::int64_t>(named.size());
    }
    return count.value_or(subnet.assign_ipv6_address_on_creation ? 1 : 0);
}

Ipv6Wish ipv6_wish(const std::vector<std::string>& named, std::optional<std::int64_t> count)
{
    Ipv6Wish wish{.count = count};
    if (!named.empty() && count) {
        throw parameters_not_together("ipv6AddressCount", "ipv6Addresses");
    }
    check_count(count.value_or(0), "ipv6AddressCount");
    check_count(static_cast<std::int64_t>(named.size()), "ipv6Addresses");
    std::set<std::string> seen;
    for (const auto& text : named) {
        auto address = parse_address(text);
        if (!seen.insert(address).second) {
            throw address_given_twice(address);
        }
        wish.named.push_back(std::move(address));
    }
    return wish;
}

Ipv6Wish ipv6_wish(const std::vector<InstanceIpv6Address>& named, std::optional<std::int64_t> count,
                   std::optional<bool> enable_primary)
{
    std::vector<std::string> texts;
    bool primary = enable_primary.value_or(false);
    for (const auto& one : named) {
        if (!is_given(one.ipv6_address)) {
            throw missing_parameter("Ipv6Addresses.Ipv6Address");
        }
        if (one.is_primary_ipv6.value_or(false)) {
            if (!texts.empty()) {
                throw invalid_parameter_value(
                    "Only the first IPv6 address of a network interface can be its primary one.");
            }
            primary = true;
        }
        texts.push_back(*one.ipv6_address);
    }
    auto wish = ipv6_wish(texts, count);
    wish.primary = primary;
    return wish;
}

void require_free(Session& session, const Ipv6Wish& wish, const LaunchSubnet& subnet)
{
    if (wish.count_in(subnet) == 0 && !wish.primary) {
        return;
    }
    const auto block = ipv6_block_of(subnet);
    for (const auto& text : wish.named) {
        const auto address = *Ipv6Address::from_text(text);
        if (!block.contains(address)) {
            throw address_outside_subnet();
        }
        if (is_reserved(block, address)) {
            throw address_reserved();
        }
        if (is_taken(session, subnet, text)) {
            throw address_in_use(text);
        }
    }
}

std::vector<std::string> give_ipv6_addresses(Session& session, const NetworkInterfaceId& id,
                                             const LaunchSubnet& subnet, const Ipv6Wish& wish,
                                             const TakenAddresses& taken)
{
    auto addresses = wish.named;
    const auto count = static_cast<std::size_t>(wish.count_in(subnet));
    for (const auto& address : addresses) {
        add_interface_ipv6(session.db(), id, subnet.id, address);
    }
    if (addresses.size() == count) {
        return addresses;
    }
    const auto reserved = select_reserved_ipv6(session.db(), subnet.id);
    while (addresses.size() < count) {
        addresses.push_back(choose_address(session, subnet, reserved, taken));
        add_interface_ipv6(session.db(), id, subnet.id, addresses.back());
    }
    return addresses;
}

}  // namespace amilab::ec2
