#pragma once

#include <cstdint>

#include "storage/base/vocabulary.h"

/// Which addresses something is of, in the words of the operations that ask for it.
namespace amilab {

/// Of a block of a VPC.
enum class AddressFamily : std::uint8_t { kIpv4, kIpv6 };
template <>
inline constexpr auto kWords<AddressFamily> = words("ipv4", "ipv6");

/// Of the entries of a prefix list. Source: EC2 API Reference, CreateManagedPrefixList
/// (documented).
enum class PrefixListFamily : std::uint8_t { kIpv4, kIpv6 };
template <>
inline constexpr auto kWords<PrefixListFamily> = words("IPv4", "IPv6");

/// Of an endpoint. Source: EC2 API Reference, CreateInstanceConnectEndpoint and CreateVpcEndpoint
/// (documented).
enum class IpAddressType : std::uint8_t { kIpv4, kDualstack, kIpv6 };
template <>
inline constexpr auto kWords<IpAddressType> = words("ipv4", "dualstack", "ipv6");

}  // namespace amilab
