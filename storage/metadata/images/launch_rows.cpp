#include "storage/metadata/images/launch_rows.h"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

constexpr std::int64_t kFirstAddress = 4;
constexpr int kAddressBits = 32;

// RFC 2544: for benchmarks between networks, never routed.
constexpr std::uint32_t kPublicBlock = (198U << 24) | (18U << 16);
constexpr std::uint32_t kPublicAddresses = 1U << 17;

std::string to_text(std::uint32_t address)
{
    return fmt::format("{}.{}.{}.{}", address >> 24, (address >> 16) & 0xffU,
                       (address >> 8) & 0xffU, address & 0xffU);
}

struct Block {
    std::uint32_t base;
    std::int64_t addresses;
};

/// Of text that the database holds.
Block parse_block(std::string_view cidr)
{
    std::uint32_t base = 0;
    const char* at = cidr.data();
    const char* const end = cidr.data() + cidr.size();
    for (int part = 0; part < 5; ++part) {
        unsigned int number = 0;
        const auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc()) {
            break;
        }
        if (part == 4) {
            return {base, std::int64_t{1} << (kAddressBits - static_cast<int>(number))};
        }
        base = (base << 8) | number;
        at = next == end ? end : next + 1;
    }
    throw std::logic_error(fmt::format("{} is no block of addresses", cidr));
}

constexpr std::string_view kSubnetColumns =
    "SELECT s.id, s.vpc_id, s.zone, z.zone_id, s.cidr_block, s.map_public_ip_on_launch,"
    " s.next_address FROM subnet s JOIN catalogue.availability_zone z ON z.name = s.zone ";

LaunchSubnet read_subnet(Statement::Row row)
{
    return {row.id<SubnetId>(), row.id<VpcId>(), row.text(),   row.text(),
            row.text(),         row.boolean(),   row.integer()};
}

}  // namespace

std::optional<LaunchTypeRow> select_launch_type(Database& db, std::string_view name)
{
    Statement select(
        db,
        "SELECT name, supported_architectures, supported_virtualization_types,"
        " supported_root_device_types, supported_boot_modes, ena_support, nitro_tpm_support,"
        " ebs_optimized_support, ebs_maximum_attachments, ebs_attachment_limit_type,"
        " default_cores, default_threads_per_core FROM catalogue.instance_type WHERE name = ?1");
    select.bind(name);
    if (!select.step()) {
        return std::nullopt;
    }
    auto row = select.row();
    return LaunchTypeRow{row.text(),          row.text(),    row.text(),
                         row.text(),          row.text(),    row.text(),
                         row.text(),          row.text(),    row.optional_integer(),
                         row.optional_text(), row.integer(), row.integer()};
}

std::vector<std::string> select_zones_offering(Database& db, std::string_view region,
                                               std::string_view instance_type)
{
    Statement select(db,
                     "SELECT z.name FROM catalogue.availability_zone z"
                     " JOIN catalogue.instance_type_offering o ON o.availability_zone = z.name"
                     " WHERE z.region = ?1 AND o.instance_type = ?2 ORDER BY z.name");
    select.bind(region, instance_type);
    return select.texts();
}

std::optional<LaunchSubnet> select_launch_subnet(Database& db, std::string_view owner,
                                                 std::string_view region, const SubnetId& id)
{
    static const std::string sql =
        std::string(kSubnetColumns) + "WHERE s.id = ?1 AND s.owner = ?2 AND s.region = ?3";
    Statement select(db, sql);
    select.bind(id, owner, region);
    if (!select.step()) {
        return std::nullopt;
    }
    return read_subnet(select.row());
}

std::vector<LaunchSubnet> select_launch_subnets(Database& db, std::string_view owner,
                                                std::string_view region,
                                                std::string_view instance_type)
{
    static const std::string sql =
        std::string(kSubnetColumns) +
        "JOIN catalogue.instance_type_offering o ON o.availability_zone = s.zone"
        " AND o.instance_type = ?3"
        " WHERE s.region = ?1 AND s.owner = ?2 AND s.default_for_zone = 1 ORDER BY s.zone";
    Statement select(db, sql);
    select.bind(region, owner, instance_type);
    std::vector<LaunchSubnet> subnets;
    while (select.step()) {
        subnets.push_back(read_subnet(select.row()));
    }
    return subnets;
}

std::vector<std::string> take_private_addresses(Database& db, const LaunchSubnet& subnet,
                                                std::int64_t wanted)
{
    const auto block = parse_block(subnet.cidr_block);
    const auto usable = block.addresses - kFirstAddress - 1;
    Statement probe(db, "SELECT 1 FROM instance WHERE subnet_id = ?1 AND private_ip = ?2");
    std::vector<std::string> taken;
    auto next = subnet.next_address;
    for (std::int64_t tried = 0; tried < usable && static_cast<std::int64_t>(taken.size()) < wanted;
         ++tried) {
        auto address = to_text(block.base + static_cast<std::uint32_t>(next));
        next = next == kFirstAddress + usable - 1 ? kFirstAddress : next + 1;
        probe.bind(subnet.id, address);
        if (!probe.step()) {
            taken.push_back(std::move(address));
        }
    }
    Statement(db, "UPDATE subnet SET next_address = ?2 WHERE id = ?1").execute(subnet.id, next);
    return taken;
}

std::optional<std::string> find_public_address(Database& db, std::uint64_t start)
{
    Statement probe(db, "SELECT 1 FROM instance WHERE public_ip = ?1");
    for (std::uint32_t tried = 0; tried < kPublicAddresses; ++tried) {
        const auto offset = static_cast<std::uint32_t>((start + tried) % kPublicAddresses);
        auto address = to_text(kPublicBlock + offset);
        probe.bind(address);
        if (!probe.step()) {
            return address;
        }
    }
    return std::nullopt;
}

}  // namespace amilab
