#include "storage/metadata/network/interface_address_rows.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/network/subnet_cidr_reservation_rows.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::int64_t kFirstAddress = 4;
constexpr std::uint32_t kPrefixAddresses = 1U << (32 - kIpv4PrefixBits);

// RFC 2544: for benchmarks between networks, never routed.
constexpr std::uint32_t kPublicBlock = (198U << 24) | (18U << 16);
constexpr std::uint32_t kPublicAddresses = 1U << 17;

/// Of text that the database holds.
Ipv4Block block_of(std::string_view cidr)
{
    const auto block = Ipv4Block::from_text(cidr);
    if (!block) {
        throw std::logic_error(fmt::format("{} is no block of addresses", cidr));
    }
    return *block;
}

std::int64_t addresses_of(const Ipv4Block& block)
{
    return static_cast<std::int64_t>(block.last()) - block.base + 1;
}

/// The addresses that interfaces may have.
std::int64_t usable(const Ipv4Block& block)
{
    return addresses_of(block) - kFirstAddress - 1;
}

std::string prefix_of(std::uint32_t address)
{
    return Ipv4Block{address & ~(kPrefixAddresses - 1), kIpv4PrefixBits}.text();
}

constexpr std::string_view kTaken =
    "SELECT interface_id FROM interface_address WHERE subnet_id = ?1 AND address = ?2 UNION ALL"
    " SELECT interface_id FROM interface_prefix WHERE subnet_id = ?1 AND prefix = ?3";

constexpr auto kPrefixColumns = columns<InterfacePrefixRow>(
    "interface_prefix", "p", text<&InterfacePrefixRow::interface_id>("interface_id"),
    text<&InterfacePrefixRow::subnet_id>("subnet_id"), text<&InterfacePrefixRow::prefix>("prefix"));

constexpr Children<InterfacePrefixRow> kPrefixesOfInterfaces{
    .columns = kPrefixColumns, .parent = "interface_id", .order = "prefix"};

constexpr Ipv4Block alone(std::uint32_t address)
{
    return {address, 32};
}

/// The first free prefixes of what is reserved for prefixes, `wanted` or fewer.
template <class IsFree>
std::vector<std::string> find_reserved_prefixes(const std::vector<Ipv4Block>& reserved,
                                                std::int64_t wanted, const IsFree& is_free)
{
    std::vector<std::string> found;
    for (const auto& block : reserved) {
        const auto count = addresses_of(block) / kPrefixAddresses;
        for (std::int64_t number = 0;
             number < count && static_cast<std::int64_t>(found.size()) < wanted; ++number) {
            auto prefix =
                prefix_of(block.base + static_cast<std::uint32_t>(number) * kPrefixAddresses);
            if (is_free(prefix)) {
                found.push_back(std::move(prefix));
            }
        }
    }
    return found;
}

/// What a subnet's row says of the addresses in its block.
struct AddressCount {
    /// Where the search for a free one begins.
    std::int64_t next = kFirstAddress;
    /// How many of the usable ones interfaces have, those of prefixes among them.
    std::int64_t used = 0;
};

AddressCount select_address_count(Database& db, const SubnetId& subnet)
{
    AddressCount count;
    Statement select(db, "SELECT next_address, used_addresses FROM subnet WHERE id = ?");
    select.bind(subnet);
    if (select.step()) {
        auto row = select.row();
        count.next = row.integer();
        count.used = row.integer();
    }
    return count;
}

}  // namespace

AddressUse use_of_address(Database& db, const SubnetId& subnet, std::string_view cidr_block,
                          std::string_view address)
{
    const auto number = parse_ipv4(address);
    if (!number) {
        return AddressUse::kNoAddress;
    }
    const auto block = block_of(cidr_block);
    const auto offset = static_cast<std::int64_t>(*number) - static_cast<std::int64_t>(block.base);
    if (offset < 0 || offset >= addresses_of(block)) {
        return AddressUse::kOutside;
    }
    if (offset < kFirstAddress || offset == addresses_of(block) - 1) {
        return AddressUse::kReserved;
    }
    return select_interface_with_address(db, subnet, address) ? AddressUse::kTaken
                                                              : AddressUse::kFree;
}

std::vector<std::string> take_private_addresses(Database& db, const SubnetId& subnet,
                                                std::string_view cidr_block, std::int64_t wanted,
                                                const TakenAddresses& taken)
{
    const auto block = block_of(cidr_block);
    const auto last = kFirstAddress + usable(block) - 1;
    const auto [start, used] = select_address_count(db, subnet);
    const auto most = std::min(wanted, usable(block) - used);
    std::vector<std::string> found;
    if (most <= 0) {
        return found;
    }
    const auto reserved = select_reserved_ipv4(db, subnet);
    Statement probe(db, kTaken);
    // A save may say anything.
    auto next = start >= kFirstAddress && start <= last ? start : kFirstAddress;
    for (std::int64_t tried = 0;
         tried < usable(block) && static_cast<std::int64_t>(found.size()) < most;) {
        const auto number = block.base + static_cast<std::uint32_t>(next);
        std::int64_t passed = 1;
        if (const auto* part = reserved.overlapping(alone(number))) {
            passed += std::min(static_cast<std::int64_t>(part->last()) - block.base, last) - next;
        } else {
            auto address = ipv4_text(number);
            if (!taken.has_address(address) &&
                !probe.bind(subnet, address, prefix_of(number)).step()) {
                found.push_back(std::move(address));
            }
        }
        tried += passed;
        next = next + passed > last ? kFirstAddress : next + passed;
    }
    // A search that finds fewer comes round to where it began, or would.
    if (static_cast<std::int64_t>(found.size()) == wanted) {
        Statement(db, "UPDATE subnet SET next_address = ? WHERE id = ?").execute(next, subnet);
    }
    return found;
}

std::optional<std::string> find_public_address(Database& db, std::uint64_t start)
{
    Statement probe(db,
                    "SELECT 1 FROM interface_address WHERE public_ip = ?1 UNION ALL"
                    " SELECT 1 FROM elastic_address WHERE public_ip = ?1");
    for (std::uint32_t tried = 0; tried < kPublicAddresses; ++tried) {
        const auto offset = static_cast<std::uint32_t>((start + tried) % kPublicAddresses);
        auto address = ipv4_text(kPublicBlock + offset);
        probe.bind(address);
        if (!probe.step()) {
            return address;
        }
    }
    return std::nullopt;
}

void insert_interface_address(Database& db, const NetworkInterfaceId& id, std::int64_t position,
                              const SubnetId& subnet, std::string_view address,
                              const std::optional<std::string>& public_ip)
{
    Statement(db,
              "INSERT INTO interface_address (interface_id, position, subnet_id, address,"
              " public_ip) VALUES (?, ?, ?, ?, ?)")
        .execute(id, position, subnet, address, public_ip);
}

void add_interface_address(Database& db, const NetworkInterfaceId& id, const SubnetId& subnet,
                           std::string_view address)
{
    Statement(db,
              "INSERT INTO interface_address (interface_id, position, subnet_id, address)"
              " SELECT ?1, 1 + max(position), ?2, ?3 FROM interface_address"
              " WHERE interface_id = ?1")
        .execute(id, subnet, address);
}

void move_interface_address(Database& db, const NetworkInterfaceId& from,
                            const NetworkInterfaceId& to, std::string_view address)
{
    Statement(db,
              "UPDATE interface_address SET interface_id = ?2, position ="
              " (SELECT 1 + max(position) FROM interface_address WHERE interface_id = ?2)"
              " WHERE interface_id = ?1 AND address = ?3")
        .execute(from, to, address);
}

void delete_interface_address(Database& db, const NetworkInterfaceId& id, std::string_view address)
{
    Statement(db, "DELETE FROM interface_address WHERE interface_id = ? AND address = ?")
        .execute(id, address);
}

std::optional<NetworkInterfaceId> select_interface_with_address(Database& db,
                                                                const SubnetId& subnet,
                                                                std::string_view address)
{
    Statement select(db, kTaken);
    select.bind(subnet, address, prefix_of(parse_ipv4(address).value_or(0)));
    return select.step() ? std::optional(select.row().id<NetworkInterfaceId>()) : std::nullopt;
}

AddressFamily family_of(const InterfacePrefixRow& row)
{
    return is_ipv6_text(row.prefix) ? AddressFamily::kIpv6 : AddressFamily::kIpv4;
}

std::vector<InterfacePrefixRow> select_interface_prefixes(
    Database& db, const std::vector<std::string>& interfaces)
{
    return select_children<kPrefixesOfInterfaces>(db, interfaces);
}

void insert_interface_prefix(Database& db, const InterfacePrefixRow& row)
{
    insert_row<kPrefixColumns>(db, row);
}

void delete_interface_prefix(Database& db, const NetworkInterfaceId& id, std::string_view prefix)
{
    Statement(db, "DELETE FROM interface_prefix WHERE interface_id = ? AND prefix = ?")
        .execute(id, prefix);
}

bool is_prefix_taken(Database& db, const SubnetId& subnet, std::string_view prefix)
{
    Statement select(db, "SELECT 1 FROM interface_prefix WHERE subnet_id = ? AND prefix = ?");
    select.bind(subnet, prefix);
    return select.step();
}

AddressUse use_of_prefix(Database& db, const SubnetId& subnet, std::string_view cidr_block,
                         std::string_view prefix)
{
    const auto wanted = Ipv4Block::from_text(prefix);
    if (!wanted || wanted->length != kIpv4PrefixBits || wanted->text() != prefix) {
        return AddressUse::kNoAddress;
    }
    const auto whole = block_of(cidr_block);
    if (!whole.contains(*wanted)) {
        return AddressUse::kOutside;
    }
    if (wanted->base == whole.base || wanted->last() == whole.last()) {
        return AddressUse::kReserved;
    }
    if (is_prefix_taken(db, subnet, prefix)) {
        return AddressUse::kTaken;
    }
    std::vector<std::string> addresses;
    for (std::uint32_t i = 0; i < kPrefixAddresses; ++i) {
        addresses.push_back(ipv4_text(wanted->base + i));
    }
    Statement select(db,
                     "SELECT 1 FROM interface_address WHERE subnet_id = ?"
                     " AND address IN (SELECT value FROM json_each(?))");
    select.bind(subnet, json_list(addresses));
    return select.step() ? AddressUse::kTaken : AddressUse::kFree;
}

std::vector<std::string> find_prefixes(Database& db, const SubnetId& subnet,
                                       std::string_view cidr_block, std::int64_t wanted,
                                       const TakenAddresses& taken)
{
    const auto whole = block_of(cidr_block);
    const auto used = select_address_count(db, subnet).used;
    const auto most = std::min(wanted, (usable(whole) - used) / kPrefixAddresses);
    if (most <= 0) {
        return {};
    }
    const auto reserved = select_reserved_ipv4(db, subnet);
    const auto is_free = [&](const std::string& prefix) {
        return !taken.overlaps(prefix) &&
               use_of_prefix(db, subnet, cidr_block, prefix) == AddressUse::kFree;
    };
    auto found = find_reserved_prefixes(reserved.for_prefixes, most, is_free);
    for (auto number = addresses_of(whole) / kPrefixAddresses - 2;
         number > 0 && static_cast<std::int64_t>(found.size()) < most; --number) {
        const auto base = whole.base + static_cast<std::uint32_t>(number) * kPrefixAddresses;
        if (const auto* part = reserved.overlapping({base, kIpv4PrefixBits})) {
            number = (static_cast<std::int64_t>(part->base) - whole.base) / kPrefixAddresses;
            continue;
        }
        auto prefix = prefix_of(base);
        if (is_free(prefix)) {
            found.push_back(std::move(prefix));
        }
    }
    return found;
}

void set_public_address(Database& db, const NetworkInterfaceId& id,
                        const std::optional<std::string>& public_ip)
{
    Statement(db,
              "UPDATE interface_address SET public_ip = ? WHERE interface_id = ? AND position = 0"
              " AND allocation_id IS NULL")
        .execute(public_ip, id);
}

}  // namespace amilab
