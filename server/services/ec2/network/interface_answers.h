#pragma once

#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/common/page_rows.h"
#include "server/wire/ec2/network/shared.h"
#include "storage/metadata/network/interface_address_rows.h"
#include "storage/metadata/network/ipv6_address_rows.h"
#include "storage/metadata/network/network_interface_rows.h"
#include "storage/metadata/network/vpc_cidr_block_rows.h"

/// What belongs to interfaces, from rows to answers.
namespace amilab::ec2 {

std::vector<GroupIdentifier> group_answers(const std::vector<InterfaceGroupRow>& groups);

/// What was said of how long idle flows are tracked, in the structure that an answer has for it;
/// nothing where nothing was said.
template <class Tracking>
std::optional<Tracking> connection_tracking_answer(const NetworkInterfaceRow& row)
{
    if (!row.tcp_established_timeout && !row.udp_stream_timeout && !row.udp_timeout) {
        return std::nullopt;
    }
    return Tracking{.tcp_established_timeout = row.tcp_established_timeout,
                    .udp_stream_timeout = row.udp_stream_timeout,
                    .udp_timeout = row.udp_timeout};
}

/// The IPv6 addresses of an interface, in the structure that an answer has for each.
template <class Address>
std::vector<Address> ipv6_answers(const NetworkInterfaceRow& row,
                                  const std::vector<InterfaceIpv6Row>& addresses)
{
    std::vector<Address> answers;
    for (const auto& one : addresses) {
        answers.push_back(
            {.ipv6_address = one.address, .is_primary_ipv6 = row.primary_ipv6 && answers.empty()});
    }
    return answers;
}

/// Shows of an attachment what was said of the adapter.
/// Source: queues that were not chosen are not told (observed), and ENA Express is not either where
/// nothing was said of it (assumed).
template <class Attachment>
void show_ena(const NetworkInterfaceRow& row, Attachment& answer)
{
    answer.ena_queue_count = row.ena_queue_count;
    if (row.ena_srd || row.ena_srd_udp) {
        auto& express = answer.ena_srd_specification.emplace();
        express.ena_srd_enabled = row.ena_srd.value_or(false);
        express.ena_srd_udp_specification.emplace().ena_srd_udp_enabled =
            row.ena_srd_udp.value_or(false);
    }
}

/// Nothing for one that is free.
std::optional<NetworkInterfaceAttachment> attachment_answer(const NetworkInterfaceRow& row);

/// Addresses and groups of the interfaces of a page, by one statement for each table.
class InterfaceParts {
public:
    InterfaceParts(Session& session, const std::vector<std::string>& interfaces);
    /// The primary one first.
    std::vector<InterfaceAddressRow> addresses_of(const NetworkInterfaceId& id) const;
    std::vector<InterfaceGroupRow> groups_of(const NetworkInterfaceId& id) const;
    std::vector<InterfaceIpv6Row> ipv6_of(const NetworkInterfaceId& id) const;
    /// The texts of those of one family.
    std::vector<std::string> prefixes_of(const NetworkInterfaceId& id, AddressFamily family) const;

private:
    // Each sorted by interface.
    std::vector<InterfaceAddressRow> addresses_;
    std::vector<InterfaceGroupRow> groups_;
    std::vector<InterfaceIpv6Row> ipv6_;
    std::vector<InterfacePrefixRow> prefixes_;
};

}  // namespace amilab::ec2
