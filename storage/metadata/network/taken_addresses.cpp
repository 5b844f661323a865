#include "storage/metadata/network/taken_addresses.h"

#include <fmt/format.h>

#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"

namespace amilab {

std::string prefix_of_address(std::string_view address)
{
    if (is_ipv6_text(address)) {
        return Ipv6Block::from_text(fmt::format("{}/{}", address, kIpv6PrefixBits))->text();
    }
    return Ipv4Block::from_text(fmt::format("{}/{}", address, kIpv4PrefixBits))->text();
}

bool TakenAddresses::add_address(const std::string& address)
{
    if (has_address(address)) {
        return false;
    }
    addresses_.insert(address);
    prefixes_of_addresses_.insert(prefix_of_address(address));
    return true;
}

bool TakenAddresses::add_prefix(const std::string& prefix)
{
    return !overlaps(prefix) && prefixes_.insert(prefix).second;
}

bool TakenAddresses::has_address(const std::string& address) const
{
    return addresses_.contains(address) ||
           (!prefixes_.empty() && prefixes_.contains(prefix_of_address(address)));
}

bool TakenAddresses::overlaps(const std::string& prefix) const
{
    return prefixes_.contains(prefix) || prefixes_of_addresses_.contains(prefix);
}

}  // namespace amilab
