#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/session.h"
#include "server/wire/ec2/shared.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/network/ipv6_address_rows.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/taken_addresses.h"

/// The IPv6 addresses that requests ask for.
namespace amilab::ec2 {

/// Throws unless a request may ask for so many addresses or prefixes of an interface; `parameter`
/// is where it does.
void check_count(std::int64_t count, std::string_view parameter);

/// The subnet's IPv6 block. Throws when it has none.
Ipv6Block ipv6_block_of(const LaunchSubnet& subnet);

struct Ipv6Wish {
    std::vector<std::string> named{};
    /// Nothing: as many as the subnet gives by itself, which is one or none.
    std::optional<std::int64_t> count{};
    /// Whether the first address that the interface has is its primary one.
    bool primary = false;

    /// How many addresses an interface of the subnet gets.
    std::int64_t count_in(const LaunchSubnet& subnet) const;
};

/// Throws where both are said, for a negative count, for more than an interface may have and for an
/// address that is there twice or is none. The addresses are in the form of rows then.
/// Source: EC2 API Reference, CreateNetworkInterface: one of the two (documented).
Ipv6Wish ipv6_wish(const std::vector<std::string>& named, std::optional<std::int64_t> count);
/// The wish of a call that makes an interface. Throws besides for an address that is not there, and
/// for another than the first that is to be the primary one.
/// Source: EC2 API Reference, RunInstances, EnablePrimaryIpv6: the first one is made the primary
/// (documented); the refusal is assumed.
Ipv6Wish ipv6_wish(const std::vector<InstanceIpv6Address>& named, std::optional<std::int64_t> count,
                   std::optional<bool> enable_primary);

/// Throws for addresses that the subnet does not have or that are taken, and for a subnet without a
/// block of them, which a primary one needs too.
void require_free(Session& session, const Ipv6Wish& wish, const LaunchSubnet& subnet);

/// Gives the interface the addresses, and tells which; none is chosen of `taken`. The wish is one
/// that require_free() took.
std::vector<std::string> give_ipv6_addresses(Session& session, const NetworkInterfaceId& id,
                                             const LaunchSubnet& subnet, const Ipv6Wish& wish,
                                             const TakenAddresses& taken = {});

}  // namespace amilab::ec2
