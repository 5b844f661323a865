#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/taken_addresses.h"
#include "storage/metadata/network/vpc_cidr_block_rows.h"

/// The prefixes of network interfaces that requests ask for.
namespace amilab::ec2 {

/// The prefixes of one family: some that are named, or a number of any.
struct PrefixWish {
    std::vector<std::string> named{};
    std::int64_t count = 0;

    std::int64_t size() const
    {
        return named.empty() ? count : static_cast<std::int64_t>(named.size());
    }
};
struct PrefixWishes {
    PrefixWish ipv4{};
    PrefixWish ipv6{};
};

/// Throws where both are said, for a negative count, for more than an interface may have and for a
/// prefix that is there twice. `family`
/// is AWS's name for it: "ipv4".
/// Source: EC2 API Reference, CreateNetworkInterface: one of the two (documented).
PrefixWish prefix_wish(const std::vector<std::string>& named, std::optional<std::int64_t> count,
                       std::string_view family);

/// What CreateNetworkInterface, or an interface of RunInstances, says of prefixes. Throws as
/// prefix_wish() does.
template <class Request>
PrefixWishes prefix_wishes(const Request& request)
{
    std::vector<std::string> ipv4;
    for (const auto& one : request.ipv4_prefixes) {
        ipv4.push_back(one.ipv4_prefix.value_or(""));
    }
    std::vector<std::string> ipv6;
    for (const auto& one : request.ipv6_prefixes) {
        ipv6.push_back(one.ipv6_prefix.value_or(""));
    }
    return {.ipv4 = prefix_wish(ipv4, request.ipv4_prefix_count, "ipv4"),
            .ipv6 = prefix_wish(ipv6, request.ipv6_prefix_count, "ipv6")};
}

/// Throws for prefixes that the subnet does not have or that are taken, and where prefixes of a
/// family go with a number of addresses of it, `ipv4_addresses` and `ipv6_addresses`.
/// Source: prefixes and secondary addresses are not asked for together (documented).
void require_free(Session& session, const PrefixWishes& wishes, const LaunchSubnet& subnet,
                  std::int64_t ipv4_addresses = 0, std::int64_t ipv6_addresses = 0);

struct GivenPrefixes {
    std::vector<std::string> ipv4{};
    std::vector<std::string> ipv6{};
};

/// Gives the interface the prefixes, which require_free() took, and tells which; none is chosen
/// that overlaps `taken`. Throws when the subnet has no more.
GivenPrefixes give_prefixes(Session& session, const NetworkInterfaceId& id,
                            const LaunchSubnet& subnet, const PrefixWishes& wishes,
                            const TakenAddresses& taken = {});

/// Takes the prefixes from the interface. Throws when it has not all of them.
void take_prefixes(Session& session, const NetworkInterfaceId& id,
                   const std::vector<std::string>& prefixes);

/// How many prefixes of the family the interface has.
std::size_t count_prefixes(Session& session, const NetworkInterfaceId& id, AddressFamily family);

}  // namespace amilab::ec2
