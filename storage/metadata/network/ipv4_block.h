#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace amilab {

/// "a.b.c.d" of four bytes, the first ones first.
std::string ipv4_text(std::uint32_t address);
/// The address of such text, without leading zeros; nothing of any other.
std::optional<std::uint32_t> parse_ipv4(std::string_view text);

/// A block of IPv4 addresses: those that have the first `length` bits of `base`.
struct Ipv4Block {
    std::uint32_t base = 0;
    int length = 0;

    /// Of "10.0.0.0/16"; nothing unless it is four numbers up to 255 and a length up to 32, without
    /// leading zeros. Bits behind the length are dropped, as EC2 does.
    /// Source: "we modify it to 100.68.0.0/18" (documented, EC2 API Reference, CreateVpc).
    static std::optional<Ipv4Block> from_text(std::string_view text);

    std::uint32_t last() const;
    bool contains(const Ipv4Block& other) const;
    bool overlaps(const Ipv4Block& other) const;
    std::string text() const;
    bool operator==(const Ipv4Block&) const = default;
};

}  // namespace amilab
