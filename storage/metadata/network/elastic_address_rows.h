#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Elastic addresses. Which private address one stands for is that address's row to tell.
namespace amilab {

struct ElasticAddressRow {
    AllocationId id{};
    std::string region{};
    std::string owner{};
    std::string public_ip{};
    /// What it resolves to, with a dot at its end, if its owner has said so.
    std::optional<std::string> domain_name{};
    // Read only: what it is associated with; nothing while it is free.
    std::optional<AddressAssociationId> association_id{};
    std::optional<NetworkInterfaceId> interface_id{};
    std::optional<std::string> interface_owner{};
    std::optional<InstanceId> instance_id{};
    std::optional<std::string> private_ip{};
};

inline constexpr auto kElasticAddressColumns = columns<ElasticAddressRow>(
    "elastic_address", "l", text<&ElasticAddressRow::id>("id"),
    text<&ElasticAddressRow::region>("region"), text<&ElasticAddressRow::owner>("owner"),
    text<&ElasticAddressRow::public_ip>("public_ip"),
    text<&ElasticAddressRow::domain_name>("domain_name"),
    text<&ElasticAddressRow::association_id>("association_id").as("a.association_id"),
    text<&ElasticAddressRow::interface_id>("interface_id").as("a.interface_id"),
    text<&ElasticAddressRow::interface_owner>("interface_owner").as("e.owner"),
    text<&ElasticAddressRow::instance_id>("instance_id").as("e.instance_id"),
    text<&ElasticAddressRow::private_ip>("private_ip").as("a.address"));
inline constexpr FilterColumn kElasticAddressFilters[] = {
    {"allocation-id", "id"},
    {"association-id", "association_id"},
    {"domain", "'vpc'"},
    {"instance-id", "instance_id"},
    {"network-border-group", "region"},
    {"network-interface-id", "interface_id"},
    {"network-interface-owner-id", "interface_owner"},
    {"private-ip-address", "private_ip"},
    {"public-ip", "public_ip"},
};
inline constexpr std::string_view kElasticAddressFrom =
    "elastic_address l LEFT JOIN interface_address a ON a.allocation_id = l.id"
    " LEFT JOIN network_interface e ON e.id = a.interface_id";
inline constexpr Listing<ElasticAddressRow> kElasticAddressList{.from = kElasticAddressFrom,
                                                                .key = "l.id",
                                                                .columns = kElasticAddressColumns,
                                                                .filters = kElasticAddressFilters};

/// Whoever has it.
std::optional<ElasticAddressRow> select_elastic_address(Database& db, const AllocationId& id);
/// The address stands for the private one from now on, in place of what did before.
void associate_elastic_address(Database& db, const ElasticAddressRow& row,
                               const AddressAssociationId& association,
                               const NetworkInterfaceId& interface_id, std::string_view address);
/// Whether the account may have an address of the region again: it gave it up, nobody else has done
/// so since, and nobody has it now.
bool may_recover_address(Database& db, std::string_view owner, std::string_view region,
                         std::string_view public_ip);
/// Notes that the row's address is given up now, by its owner; of the last hundred addresses that
/// it gave up in the region that is known.
void note_released_address(Database& db, const ElasticAddressRow& row, TimeMs now_ms);
/// Forgets it, since the address is somebody's.
void forget_released_address(Database& db, std::string_view public_ip);
/// Who has the elastic address now, in whichever region.
std::optional<std::string> select_address_owner(Database& db, std::string_view public_ip);
void set_domain_name(Database& db, const AllocationId& id, const std::optional<std::string>& name);
void disassociate_elastic_address(Database& db, const AllocationId& id);

}  // namespace amilab
