#include "storage/metadata/network/ipv6_block.h"

#include <arpa/inet.h>

#include <charconv>

namespace amilab {

namespace {

constexpr int kBits = 128;
constexpr int kBitsOfByte = 8;
constexpr unsigned int kWholeByte = 0xff;

/// The bits of byte `index` that belong to the first `length` bits of an address.
std::uint8_t mask_of(std::size_t index, int length)
{
    const auto bits = length - static_cast<int>(index) * kBitsOfByte;
    if (bits <= 0) {
        return 0;
    }
    return bits >= kBitsOfByte ? kWholeByte
                               : static_cast<std::uint8_t>(kWholeByte << (kBitsOfByte - bits));
}

Ipv6Address first_bits(const Ipv6Address& address, int length)
{
    Ipv6Address first;
    for (std::size_t i = 0; i < first.bytes.size(); ++i) {
        first.bytes[i] = address.bytes[i] & mask_of(i, length);
    }
    return first;
}

}  // namespace

std::optional<Ipv6Address> Ipv6Address::from_text(std::string_view text)
{
    Ipv6Address address;
    const std::string whole(text);
    // A zero byte in the text would hide what follows it.
    if (whole.find('\0') != std::string::npos ||
        inet_pton(AF_INET6, whole.c_str(), address.bytes.data()) != 1) {
        return std::nullopt;
    }
    return address;
}

std::string Ipv6Address::text() const
{
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    return text.data();
}

std::uint64_t Ipv6Address::low_half() const
{
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size() / 2; i < bytes.size(); ++i) {
        number = (number << kBitsOfByte) | bytes[i];
    }
    return number;
}

std::optional<Ipv6Block> Ipv6Block::from_text(std::string_view text)
{
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) {
        return std::nullopt;
    }
    const auto address = Ipv6Address::from_text(text.substr(0, slash));
    const auto digits = text.substr(slash + 1);
    int length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (!address || error != std::errc() || end != digits.data() + digits.size() || length < 0 ||
        length > kBits || digits.front() == '-' || (digits.size() > 1 && digits.front() == '0')) {
        return std::nullopt;
    }
    return Ipv6Block{first_bits(*address, length), length};
}

Ipv6Address Ipv6Block::last() const
{
    auto address = base;
    for (std::size_t i = 0; i < address.bytes.size(); ++i) {
        address.bytes[i] |= static_cast<std::uint8_t>(~mask_of(i, length));
    }
    return address;
}

bool Ipv6Block::contains(const Ipv6Address& address) const
{
    return first_bits(address, length) == base;
}

bool Ipv6Block::contains(const Ipv6Block& other) const
{
    return length <= other.length && contains(other.base);
}

bool Ipv6Block::overlaps(const Ipv6Block& other) const
{
    return contains(other) || other.contains(*this);
}

Ipv6Block Ipv6Block::part(int part_length, std::uint64_t number) const
{
    Ipv6Block part{base, part_length};
    for (int bit = part_length - 1; bit >= length && number != 0; --bit, number >>= 1) {
        if ((number & 1) != 0) {
            part.base.bytes[static_cast<std::size_t>(bit / kBitsOfByte)] |=
                static_cast<std::uint8_t>(1U << (kBitsOfByte - 1 - bit % kBitsOfByte));
        }
    }
    return part;
}

std::string Ipv6Block::text() const
{
    return base.text() + "/" + std::to_string(length);
}

}  // namespace amilab
