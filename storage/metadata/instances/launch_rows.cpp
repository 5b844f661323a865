#include "storage/metadata/instances/launch_rows.h"

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/sql_text.h"
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

constexpr auto kIsZone = "o.location_type = " + sql_word<LocationType::kAvailabilityZone>;

constexpr auto kLaunchTypeColumns = columns<LaunchTypeRow>(
    "catalogue.instance_type", "t", text<&LaunchTypeRow::name>("name"),
    text<&LaunchTypeRow::architectures>("supported_architectures"),
    text<&LaunchTypeRow::virtualization_types>("supported_virtualization_types"),
    text<&LaunchTypeRow::root_device_types>("supported_root_device_types"),
    text<&LaunchTypeRow::boot_modes>("supported_boot_modes"),
    text<&LaunchTypeRow::ena_support>("ena_support"),
    text<&LaunchTypeRow::nitro_tpm_support>("nitro_tpm_support"),
    text<&LaunchTypeRow::ebs_optimized_support>("ebs_optimized_support"),
    integer<&LaunchTypeRow::maximum_attachments>("ebs_maximum_attachments"),
    text<&LaunchTypeRow::attachment_limit_type>("ebs_attachment_limit_type"));

constexpr auto kLaunchSubnetColumns = columns<LaunchSubnet>(
    "subnet", "s", text<&LaunchSubnet::id>("id"), text<&LaunchSubnet::vpc_id>("vpc_id"),
    text<&LaunchSubnet::zone>("zone"), text<&LaunchSubnet::zone_id>("zone_id").as("z.zone_id"),
    text<&LaunchSubnet::cidr_block>("cidr_block"),
    flag<&LaunchSubnet::map_public_ip_on_launch>("map_public_ip_on_launch"),
    integer<&LaunchSubnet::next_address>("next_address"));

}  // namespace

std::optional<LaunchTypeRow> select_launch_type(Database& db, std::string_view name)
{
    return select_row<kLaunchTypeColumns>(db, "FROM catalogue.instance_type t WHERE t.name = ?",
                                          name);
}

std::vector<std::string> select_zones_offering(Database& db, std::string_view region,
                                               std::string_view instance_type)
{
    static constexpr auto kZones =
        "SELECT o.location FROM catalogue.instance_type_offering o"
        " WHERE o.region = ? AND o.instance_type = ?"
        " AND " +
        kIsZone + " ORDER BY o.location";
    Statement select(db, kZones);
    select.bind(region, instance_type);
    return select.texts();
}

std::optional<LaunchSubnet> select_launch_subnet(Database& db, std::string_view owner,
                                                 std::string_view region, const SubnetId& id)
{
    return select_row<kLaunchSubnetColumns>(
        db,
        "FROM subnet s JOIN catalogue.availability_zone z ON z.name = s.zone"
        " WHERE s.id = ? AND s.owner = ? AND s.region = ?",
        id, owner, region);
}

std::vector<LaunchSubnet> select_launch_subnets(Database& db, std::string_view owner,
                                                std::string_view region,
                                                std::string_view instance_type)
{
    static constexpr auto kSubnets =
        "FROM subnet s JOIN catalogue.availability_zone z ON z.name = s.zone"
        " JOIN catalogue.instance_type_offering o ON o.region = s.region AND o.location = s.zone"
        " AND o.instance_type = ? AND " +
        kIsZone +
        " WHERE s.region = ? AND s.owner = ? AND s.default_for_zone = 1 ORDER BY o.location";
    return select_rows<kLaunchSubnetColumns>(db, kSubnets, instance_type, region, owner);
}

std::vector<std::string> take_private_addresses(Database& db, const LaunchSubnet& subnet,
                                                std::int64_t wanted)
{
    const auto block = parse_block(subnet.cidr_block);
    const auto usable = block.addresses - kFirstAddress - 1;
    Statement probe(db, "SELECT 1 FROM instance WHERE subnet_id = ? AND private_ip = ?");
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
    Statement(db, "UPDATE subnet SET next_address = ? WHERE id = ?").execute(next, subnet.id);
    return taken;
}

std::optional<std::string> find_public_address(Database& db, std::uint64_t start)
{
    Statement probe(db, "SELECT 1 FROM instance WHERE public_ip = ?");
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
