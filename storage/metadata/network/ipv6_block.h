#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amilab {

/// Whether the text of an address or a block is one of IPv6, those of IPv4 being the others.
inline bool is_ipv6_text(std::string_view text)
{
    return text.find(':') != std::string_view::npos;
}

/// An IPv6 address: sixteen bytes, the first ones first.
struct Ipv6Address {
    std::array<std::uint8_t, 16> bytes{};

    static std::optional<Ipv6Address> from_text(std::string_view text);
    /// As RFC 5952 writes it: the one form in which rows have addresses.
    std::string text() const;
    /// The number that the last 64 bits are.
    std::uint64_t low_half() const;
    auto operator<=>(const Ipv6Address&) const = default;
};

/// A block of IPv6 addresses: those that have the first `length` bits of `base`.
struct Ipv6Block {
    Ipv6Address base{};
    int length = 0;

    /// Of "2001:db8::/56"; nothing unless it is an address and a length up to 128. Bits behind the
    /// length are dropped, as EC2 does with IPv4's.
    static std::optional<Ipv6Block> from_text(std::string_view text);

    /// The last address of the block.
    Ipv6Address last() const;
    bool contains(const Ipv6Address& address) const;
    bool contains(const Ipv6Block& other) const;
    bool overlaps(const Ipv6Block& other) const;
    /// The `number`th of the blocks of `length` bits that this one is made of, in their order.
    /// `number` is below 2^(length - this->length).
    Ipv6Block part(int part_length, std::uint64_t number) const;
    std::string text() const;
    bool operator==(const Ipv6Block&) const = default;
};

}  // namespace amilab
