#include "storage/metadata/network/ipv4_block.h"

#include <charconv>

#include <fmt/format.h>

namespace amilab {

namespace {

constexpr int kAddressBits = 32;

/// The bits behind the length.
std::uint32_t host_bits(int length)
{
    return length == 0 ? ~std::uint32_t{0} : (std::uint32_t{1} << (kAddressBits - length)) - 1;
}

/// A number up to `most` that `text` begins with, and takes it off.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t most)
{
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || number > most || (digits > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    text.remove_prefix(digits);
    return number;
}

bool take(std::string_view& text, char wanted)
{
    const bool is_there = text.starts_with(wanted);
    text.remove_prefix(is_there ? 1 : 0);
    return is_there;
}

}  // namespace

std::optional<Ipv4Block> Ipv4Block::from_text(std::string_view text)
{
    Ipv4Block block;
    for (const char behind : {'.', '.', '.', '/'}) {
        const auto part = take_number(text, 255);
        if (!part || !take(text, behind)) {
            return std::nullopt;
        }
        block.base = (block.base << 8) | *part;
    }
    const auto length = take_number(text, kAddressBits);
    if (!length || !text.empty()) {
        return std::nullopt;
    }
    block.length = static_cast<int>(*length);
    block.base &= ~host_bits(block.length);
    return block;
}

std::uint32_t Ipv4Block::last() const
{
    return base | host_bits(length);
}

bool Ipv4Block::contains(const Ipv4Block& other) const
{
    return base <= other.base && other.last() <= last();
}

bool Ipv4Block::overlaps(const Ipv4Block& other) const
{
    return contains(other) || other.contains(*this);
}

std::string Ipv4Block::text() const
{
    return fmt::format("{}/{}", ipv4_text(base), length);
}

std::string ipv4_text(std::uint32_t address)
{
    return fmt::format("{}.{}.{}.{}", address >> 24, (address >> 16) & 0xffU,
                       (address >> 8) & 0xffU, address & 0xffU);
}

std::optional<std::uint32_t> parse_ipv4(std::string_view text)
{
    const auto block = Ipv4Block::from_text(fmt::format("{}/{}", text, kAddressBits));
    return block ? std::optional(block->base) : std::nullopt;
}

}  // namespace amilab
