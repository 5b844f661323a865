#include "server/services/ec2/network/interface_prefixes.h"

#include <algorithm>
#include <set>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/interface_ipv6.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/network/ipv6_address_rows.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/subnet_cidr_reservation_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: the text is assumed.
ApiError malformed_prefix(std::string_view prefix)
{
    return invalid_parameter_value(fmt::format("The prefix {} is not valid.", prefix));
}

void require_free_ipv4(Session& session, const std::string& prefix, const LaunchSubnet& subnet)
{
    refuse_unless_free(use_of_prefix(session.db(), subnet.id, subnet.cidr_block, prefix), prefix,
                       malformed_prefix);
}

/// The IPv6 prefixes that addresses of a subnet's interfaces are of: read once, for all prefixes
/// that a call asks for.
class PrefixesWithAddresses {
public:
    PrefixesWithAddresses(Session& session, const SubnetId& subnet)
        : session_(session), subnet_(subnet)
    {
        for (const auto& address : select_subnet_ipv6(session.db(), subnet)) {
            texts_.insert(prefix_of_address(address));
        }
    }
    /// Whether interfaces have the prefix, or an address of it.
    bool is_taken(const std::string& prefix) const
    {
        return texts_.contains(prefix) || is_prefix_taken(session_.db(), subnet_, prefix);
    }

private:
    Session& session_;
    const SubnetId& subnet_;
    std::unordered_set<std::string> texts_;
};

void require_free_ipv6(const PrefixesWithAddresses& others, const std::string& text,
                       const LaunchSubnet& subnet)
{
    const auto prefix = Ipv6Block::from_text(text);
    if (!prefix || prefix->length != kIpv6PrefixBits || prefix->text() != text) {
        throw malformed_prefix(text);
    }
    if (!ipv6_block_of(subnet).contains(*prefix)) {
        throw address_outside_subnet();
    }
    if (others.is_taken(text)) {
        throw address_in_use(text);
    }
}

/// Whether a call may give the prefix: no interface has it or an address of it, nor does the call.
struct FreePrefixes {
    const PrefixesWithAddresses& others;
    const TakenAddresses& taken;

    bool has(const std::string& prefix) const
    {
        return !taken.overlaps(prefix) && !others.is_taken(prefix);
    }
};

/// The first free prefixes of what is reserved for prefixes, `wanted` or fewer, up to a number of
/// them in each block.
std::vector<std::string> find_reserved_prefixes(const FreePrefixes& free,
                                                const std::vector<Ipv6Block>& reserved,
                                                std::size_t wanted)
{
    constexpr std::uint64_t kMostTried = 1U << 16;
    std::vector<std::string> found;
    for (const auto& block : reserved) {
        const auto bits = kIpv6PrefixBits - block.length;
        const auto count = bits < 0 ? 0 : std::min(kMostTried, std::uint64_t{1} << bits);
        for (std::uint64_t number = 0; number < count && found.size() < wanted; ++number) {
            auto prefix = block.part(kIpv6PrefixBits, number).text();
            if (free.has(prefix)) {
                found.push_back(std::move(prefix));
            }
        }
    }
    return found;
}

/// A free prefix in the second half of the subnet's block, where no addresses are chosen; by the
/// seed.
std::string choose_ipv6_prefix(Session& session, const FreePrefixes& free,
                               const ReservedBlocks<Ipv6Block>& reserved,
                               const LaunchSubnet& subnet)
{
    const auto block = ipv6_block_of(subnet);
    const auto half = std::uint64_t{1} << (kIpv6PrefixBits - block.length - 1);
    auto number = session.ids().next_number("ipv6-prefix");
    for (std::uint64_t tried = 0; tried < half; ++tried, ++number) {
        const auto prefix = block.part(kIpv6PrefixBits, half + number % half);
        auto text = prefix.text();
        if (reserved.overlapping(prefix) == nullptr && free.has(text)) {
            return text;
        }
    }
    throw subnet_full(subnet.id);
}

/// Throws when the subnet has not as many.
std::vector<std::string> choose_ipv4_prefixes(Session& session, const LaunchSubnet& subnet,
                                              std::int64_t count, const TakenAddresses& taken)
{
    auto found = find_prefixes(session.db(), subnet.id, subnet.cidr_block, count, taken);
    if (static_cast<std::int64_t>(found.size()) < count) {
        throw subnet_full(subnet.id);
    }
    return found;
}

void insert(Session& session, const NetworkInterfaceId& id, const LaunchSubnet& subnet,
            const std::string& prefix)
{
    insert_interface_prefix(session.db(),
                            {.interface_id = id, .subnet_id = subnet.id, .prefix = prefix});
}

/// Gives the interface free prefixes: of what is reserved for them, then of the rest of the subnet.
std::vector<std::string> give_ipv6_prefixes(Session& session, const NetworkInterfaceId& id,
                                            const LaunchSubnet& subnet, std::int64_t count,
                                            const TakenAddresses& taken)
{
    const PrefixesWithAddresses others(session, subnet.id);
    const FreePrefixes free{others, taken};
    const auto reserved = select_reserved_ipv6(session.db(), subnet.id);
    const auto wanted = static_cast<std::size_t>(count);
    auto given = find_reserved_prefixes(free, reserved.for_prefixes, wanted);
    for (const auto& prefix : given) {
        insert(session, id, subnet, prefix);
    }
    while (given.size() < wanted) {
        given.push_back(choose_ipv6_prefix(session, free, reserved, subnet));
        insert(session, id, subnet, given.back());
    }
    return given;
}

}  // namespace

PrefixWish prefix_wish(const std::vector<std::string>& named, std::optional<std::int64_t> count,
                       std::string_view family)
{
    PrefixWish wish{.named = named, .count = count.value_or(0)};
    if (!named.empty() && wish.count > 0) {
        throw parameters_not_together(fmt::format("{}PrefixCount", family),
                                      fmt::format("{}Prefixes", family));
    }
    check_count(wish.count, fmt::format("{}PrefixCount", family));
    check_count(static_cast<std::int64_t>(named.size()), fmt::format("{}Prefixes", family));
    std::set<std::string_view> seen;
    for (const auto& prefix : named) {
        if (!seen.insert(prefix).second) {
            throw address_given_twice(prefix);
        }
    }
    return wish;
}

void require_free(Session& session, const PrefixWishes& wishes, const LaunchSubnet& subnet,
                  std::int64_t ipv4_addresses, std::int64_t ipv6_addresses)
{
    if (wishes.ipv4.size() > 0 && ipv4_addresses > 0) {
        throw parameters_not_together("ipv4Prefixes", "privateIpAddresses");
    }
    if (wishes.ipv6.size() > 0 && ipv6_addresses > 0) {
        throw parameters_not_together("ipv6Prefixes", "ipv6Addresses");
    }
    for (const auto& prefix : wishes.ipv4.named) {
        require_free_ipv4(session, prefix, subnet);
    }
    if (wishes.ipv6.size() > 0) {
        ipv6_block_of(subnet);
    }
    if (wishes.ipv6.named.empty()) {
        return;
    }
    const PrefixesWithAddresses others(session, subnet.id);
    for (const auto& prefix : wishes.ipv6.named) {
        require_free_ipv6(others, prefix, subnet);
    }
}

GivenPrefixes give_prefixes(Session& session, const NetworkInterfaceId& id,
                            const LaunchSubnet& subnet, const PrefixWishes& wishes,
                            const TakenAddresses& taken)
{
    GivenPrefixes given{.ipv4 = wishes.ipv4.named, .ipv6 = wishes.ipv6.named};
    if (wishes.ipv4.count > 0) {
        given.ipv4 = choose_ipv4_prefixes(session, subnet, wishes.ipv4.count, taken);
    }
    for (const auto& prefix : given.ipv4) {
        insert(session, id, subnet, prefix);
    }
    for (const auto& prefix : given.ipv6) {
        insert(session, id, subnet, prefix);
    }
    if (wishes.ipv6.count > 0) {
        given.ipv6 = give_ipv6_prefixes(session, id, subnet, wishes.ipv6.count, taken);
    }
    return given;
}

void take_prefixes(Session& session, const NetworkInterfaceId& id,
                   const std::vector<std::string>& prefixes)
{
    // In the order of their texts.
    const auto has = select_interface_prefixes(session.db(), {id.text()});
    for (const auto& prefix : prefixes) {
        if (!std::ranges::binary_search(has, prefix, {}, &InterfacePrefixRow::prefix)) {
            throw address_not_of_interface(prefix);
        }
        delete_interface_prefix(session.db(), id, prefix);
    }
}

std::size_t count_prefixes(Session& session, const NetworkInterfaceId& id, AddressFamily family)
{
    const auto has = select_interface_prefixes(session.db(), {id.text()});
    return static_cast<std::size_t>(
        std::count_if(has.begin(), has.end(),
                      [&](const InterfacePrefixRow& one) { return family_of(one) == family; }));
}

}  // namespace amilab::ec2
