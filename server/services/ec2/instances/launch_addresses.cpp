#include "server/services/ec2/instances/launch_addresses.h"

#include <algorithm>
#include <iterator>

#include "server/services/ec2/network/interface_errors.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/network/subnet_rows.h"

namespace amilab::ec2 {

namespace {

constexpr std::int64_t kPrefixAddresses = 16;

/// What the new interfaces of a launch want of one subnet.
struct Demand {
    const LaunchSubnet& subnet;
    /// Of each instance, beside those that are named.
    std::int64_t addresses = 0;
    std::int64_t prefixes = 0;
    /// Addresses that the launch names, itself or by their prefixes.
    std::int64_t named = 0;
    std::vector<std::string> found_addresses{};
    std::vector<std::string> found_prefixes{};

    void add(const LaunchInterface& one)
    {
        addresses += one.addresses.chosen();
        prefixes += one.prefixes.ipv4.count;
        named += one.addresses.count() - one.addresses.chosen() +
                 kPrefixAddresses * static_cast<std::int64_t>(one.prefixes.ipv4.named.size());
    }
};

/// One subnet for each interface: the `number`th of its subnets, or its only one.
std::vector<const LaunchSubnet*> subnets_at(const std::vector<LaunchInterface>& interfaces,
                                            std::size_t number)
{
    std::vector<const LaunchSubnet*> subnets;
    for (const auto& one : interfaces) {
        subnets.push_back(&one.subnets[std::min(number, one.subnets.size() - 1)]);
    }
    return subnets;
}

bool are_in_one_zone(const std::vector<const LaunchSubnet*>& subnets)
{
    return std::ranges::all_of(subnets,
                               [&](const auto* one) { return one->zone == subnets.front()->zone; });
}

Demand& demand_of(std::vector<Demand>& demands, const LaunchSubnet& subnet)
{
    const auto at = std::ranges::find_if(
        demands, [&](const Demand& one) { return one.subnet.id == subnet.id; });
    return at == demands.end() ? demands.emplace_back(Demand{.subnet = subnet}) : *at;
}

std::vector<Demand> demands_of(const std::vector<LaunchInterface>& interfaces,
                               const std::vector<const LaunchSubnet*>& subnets)
{
    std::vector<Demand> demands;
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
        if (!interfaces[i].existing) {
            demand_of(demands, *subnets[i]).add(interfaces[i]);
        }
    }
    return demands;
}

/// Finds prefixes for as many instances as the subnet has them for, and addresses as well, but for
/// not more than `most`; tells for how many.
std::int64_t find_prefixes_of(Session& session, Demand& demand, std::int64_t most,
                              TakenAddresses& taken)
{
    const auto& subnet = demand.subnet;
    demand.found_prefixes =
        find_prefixes(session.db(), subnet.id, subnet.cidr_block, demand.prefixes * most, taken);
    const auto prefixes = static_cast<std::int64_t>(demand.found_prefixes.size());
    const auto free = count_available_addresses(session.db(), subnet.id) - demand.named;
    const auto for_each = demand.addresses + kPrefixAddresses * demand.prefixes;
    most = std::max<std::int64_t>(0, std::min({most, prefixes / demand.prefixes, free / for_each}));
    demand.found_prefixes.resize(static_cast<std::size_t>(most * demand.prefixes));
    for (const auto& prefix : demand.found_prefixes) {
        taken.add_prefix(prefix);
    }
    return most;
}

/// Finds what the demand is for as many instances as the subnet has room for, but for not more than
/// `most`; tells for how many.
std::int64_t find_room(Session& session, Demand& demand, std::int64_t most, TakenAddresses& taken)
{
    if (demand.prefixes > 0) {
        most = find_prefixes_of(session, demand, most, taken);
    }
    if (demand.addresses > 0) {
        const auto& subnet = demand.subnet;
        demand.found_addresses = take_private_addresses(session.db(), subnet.id, subnet.cidr_block,
                                                        demand.addresses * most, taken);
        most = std::min(
            most, static_cast<std::int64_t>(demand.found_addresses.size()) / demand.addresses);
    }
    return most;
}

/// Takes the first `count` texts out.
std::vector<std::string> take_first(std::vector<std::string>& texts, std::int64_t count)
{
    const auto end = texts.begin() + count;
    std::vector<std::string> first(std::make_move_iterator(texts.begin()),
                                   std::make_move_iterator(end));
    texts.erase(texts.begin(), end);
    return first;
}

PlacedInterface share_out(const LaunchInterface& wanted, Demand& demand, std::int64_t instances)
{
    PlacedInterface placed{.wanted = wanted, .subnet = demand.subnet};
    auto addresses = take_first(demand.found_addresses, wanted.addresses.chosen() * instances);
    auto prefixes = take_first(demand.found_prefixes, wanted.prefixes.ipv4.count * instances);
    for (std::int64_t i = 0; i < instances; ++i) {
        placed.addresses.push_back(
            in_order(wanted.addresses, take_first(addresses, wanted.addresses.chosen())));
        placed.prefixes.push_back(take_first(prefixes, wanted.prefixes.ipv4.count));
    }
    return placed;
}

std::vector<PlacedInterface> share_out(const std::vector<LaunchInterface>& interfaces,
                                       const std::vector<const LaunchSubnet*>& subnets,
                                       std::vector<Demand>& demands, std::int64_t instances)
{
    std::vector<PlacedInterface> placed;
    for (std::size_t i = 0; i < interfaces.size(); ++i) {
        if (interfaces[i].existing) {
            placed.push_back({.wanted = interfaces[i], .subnet = *subnets[i]});
        } else {
            placed.push_back(share_out(interfaces[i], demand_of(demands, *subnets[i]), instances));
        }
    }
    return placed;
}

/// How many subnets each interface may be in. One that names addresses has been held against the
/// first.
std::size_t count_places(const std::vector<LaunchInterface>& interfaces)
{
    std::size_t places = 1;
    for (const auto& one : interfaces) {
        if (one.addresses.names_any() || !one.ipv6.named.empty() ||
            !one.prefixes.ipv4.named.empty() || !one.prefixes.ipv6.named.empty()) {
            return 1;
        }
        places = std::max(places, one.subnets.size());
    }
    return places;
}

}  // namespace

TakenAddresses named_addresses(const std::vector<LaunchInterface>& interfaces)
{
    TakenAddresses named;
    for (const auto& one : interfaces) {
        add_named(named, one.addresses, one.ipv6, one.prefixes);
    }
    return named;
}

std::vector<PlacedInterface> place_interfaces(Session& session,
                                              const std::vector<LaunchInterface>& interfaces,
                                              std::int64_t least, std::int64_t most)
{
    const auto places = count_places(interfaces);
    const LaunchSubnet* full = nullptr;
    for (std::size_t number = 0; number < places; ++number) {
        const auto subnets = subnets_at(interfaces, number);
        if (!are_in_one_zone(subnets)) {
            continue;
        }
        auto demands = demands_of(interfaces, subnets);
        auto taken = named_addresses(interfaces);
        auto instances = most;
        for (auto& demand : demands) {
            instances = find_room(session, demand, instances, taken);
            if (instances < least) {
                full = full != nullptr ? full : &demand.subnet;
                break;
            }
        }
        if (instances >= least) {
            return share_out(interfaces, subnets, demands, instances);
        }
    }
    throw subnet_full(full->id);
}

void add_interfaces(Session& session, const InstanceId& instance,
                    const std::vector<PlacedInterface>& interfaces, std::size_t index,
                    const std::vector<TagRow>& tags)
{
    TakenAddresses named;
    for (const auto& one : interfaces) {
        add_named(named, one.wanted.addresses, one.wanted.ipv6, one.wanted.prefixes);
    }
    for (const auto& one : interfaces) {
        const auto& wanted = one.wanted;
        if (wanted.existing) {
            attach_interface(session, *wanted.existing,
                             {.instance_id = instance,
                              .network_card_index = wanted.network_card_index,
                              .device_index = wanted.device_index,
                              .ena = wanted.ena});
            continue;
        }
        // Source: with several interfaces there is no public address (documented).
        const bool by_subnet = one.subnet.map_public_ip_on_launch && interfaces.size() == 1;
        auto prefixes = wanted.prefixes;
        if (prefixes.ipv4.count > 0) {
            prefixes.ipv4 = {.named = one.prefixes[index]};
        }
        new_interface(session,
                      {.subnet = one.subnet,
                       .groups = wanted.groups,
                       .addresses = one.addresses[index],
                       .tags = tags,
                       .ipv6 = wanted.ipv6,
                       .prefixes = std::move(prefixes),
                       .taken = named,
                       .description = wanted.description,
                       .interface_type = wanted.interface_type,
                       .instance_id = instance,
                       .network_card_index = wanted.network_card_index,
                       .device_index = wanted.device_index,
                       .delete_on_termination = wanted.delete_on_termination,
                       .ena = wanted.ena,
                       .associate_public_ip = wanted.associate_public_ip.value_or(by_subnet),
                       .connection_tracking = wanted.connection_tracking});
    }
}

}  // namespace amilab::ec2
