#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

namespace amilab {

/// How long the prefixes of interfaces are. Source: EC2 User Guide, "Prefix delegation"
/// (documented).
inline constexpr int kIpv4PrefixBits = 28;
inline constexpr int kIpv6PrefixBits = 80;

/// The prefix of an interface that the address would be of.
std::string prefix_of_address(std::string_view address);

/// The private addresses and prefixes of both families that a call gives to interfaces, before they
/// are rows. Texts are valid, in the form that rows have.
class TakenAddresses {
public:
    /// False when it has the address, or a prefix that the address is of.
    bool add_address(const std::string& address);
    /// False when it has the prefix, or an address of it.
    bool add_prefix(const std::string& prefix);
    bool has_address(const std::string& address) const;
    /// Whether it has the prefix, or an address of it.
    bool overlaps(const std::string& prefix) const;

private:
    std::unordered_set<std::string> addresses_;
    std::unordered_set<std::string> prefixes_;
    std::unordered_set<std::string> prefixes_of_addresses_;
};

}  // namespace amilab
