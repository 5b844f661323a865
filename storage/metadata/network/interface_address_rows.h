#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/network/taken_addresses.h"
#include "storage/metadata/network/vpc_cidr_block_rows.h"
#include "storage/metadata/sql/database.h"

/// Which addresses are free, and whose the others are.
namespace amilab {

/// What a private address is to a subnet.
enum class AddressUse : std::uint8_t { kFree, kNoAddress, kOutside, kReserved, kTaken };

/// Whether an interface of the subnet, whose block that is, may have the address.
/// Source: the first four addresses and the last are AWS's own (documented).
AddressUse use_of_address(Database& db, const SubnetId& subnet, std::string_view cidr_block,
                          std::string_view address);

/// Up to `wanted` free private addresses of the subnet, fewer when there are no more, none of them
/// among `taken` or reserved. Addresses are given in order, from the fifth on; one that has been
/// given up comes again when all others have been given. The caller uses them in the same
/// transaction. A full subnet is not searched, one that is nearly full may be searched whole, but
/// for what is reserved. Source: which are AWS's own (documented), the order is assumed.
std::vector<std::string> take_private_addresses(Database& db, const SubnetId& subnet,
                                                std::string_view cidr_block, std::int64_t wanted,
                                                const TakenAddresses& taken = {});

/// A public address that nobody has, the first from the one that `start` stands for; nothing
/// when all are taken. They are of 198.18.0.0/15, which is nobody's: what is sent there by mistake
/// reaches no real machine.
std::optional<std::string> find_public_address(Database& db, std::uint64_t start);

void insert_interface_address(Database& db, const NetworkInterfaceId& id, std::int64_t position,
                              const SubnetId& subnet, std::string_view address,
                              const std::optional<std::string>& public_ip);
/// Behind those that the interface has.
void add_interface_address(Database& db, const NetworkInterfaceId& id, const SubnetId& subnet,
                           std::string_view address);
/// Moves it, with the elastic address that stands for it, behind those that the other interface
/// has.
void move_interface_address(Database& db, const NetworkInterfaceId& from,
                            const NetworkInterfaceId& to, std::string_view address);
void delete_interface_address(Database& db, const NetworkInterfaceId& id, std::string_view address);
/// The interface whose address it is.
std::optional<NetworkInterfaceId> select_interface_with_address(Database& db,
                                                                const SubnetId& subnet,
                                                                std::string_view address);
/// A prefix of an interface: a /28 or a /80, all of whose addresses are the interface's.
struct InterfacePrefixRow {
    NetworkInterfaceId interface_id{};
    SubnetId subnet_id{};
    std::string prefix{};
};

AddressFamily family_of(const InterfacePrefixRow& row);

/// Of several interfaces, in the order of their ids, those of each in the order of their texts.
std::vector<InterfacePrefixRow> select_interface_prefixes(
    Database& db, const std::vector<std::string>& interfaces);
void insert_interface_prefix(Database& db, const InterfacePrefixRow& row);
void delete_interface_prefix(Database& db, const NetworkInterfaceId& id, std::string_view prefix);
/// Whether an interface of the subnet has this very prefix.
bool is_prefix_taken(Database& db, const SubnetId& subnet, std::string_view prefix);
/// Whether an interface of the subnet may have the IPv4 prefix.
/// Source: 16 addresses in a row that are all free (documented).
AddressUse use_of_prefix(Database& db, const SubnetId& subnet, std::string_view cidr_block,
                         std::string_view prefix);
/// Up to `wanted` IPv4 prefixes that are free and no part of `taken`, fewer when there are no more:
/// of what is reserved for prefixes, then from the last one down, since addresses are given from
/// the first on. Passes over all that are taken on the way, unless the subnet has not 16 free
/// addresses.
std::vector<std::string> find_prefixes(Database& db, const SubnetId& subnet,
                                       std::string_view cidr_block, std::int64_t wanted,
                                       const TakenAddresses& taken = {});

/// Amazon's for the interface's primary address; an elastic one stays.
void set_public_address(Database& db, const NetworkInterfaceId& id,
                        const std::optional<std::string>& public_ip);

}  // namespace amilab
