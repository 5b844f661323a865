#include "server/services/ec2/network/interface_answers.h"

namespace amilab::ec2 {

namespace {

constexpr auto kInterfaceOf = [](const auto& row) -> const NetworkInterfaceId& {
    return row.interface_id;
};

/// Source: of a NAT gateway's interface neither instance nor time is told (observed).
NetworkInterfaceAttachment service_attachment_answer(const NetworkInterfaceRow& row)
{
    NetworkInterfaceAttachment answer;
    answer.attachment_id = row.service_attachment_id;
    answer.delete_on_termination = false;
    answer.device_index = kServiceDeviceIndex;
    answer.instance_owner_id = kServiceInstanceOwner;
    answer.status = text_of(row.attachment_status);
    return answer;
}

}  // namespace

std::vector<GroupIdentifier> group_answers(const std::vector<InterfaceGroupRow>& groups)
{
    std::vector<GroupIdentifier> answers;
    answers.reserve(groups.size());
    for (const auto& group : groups) {
        answers.push_back({.group_id = group.id.text(), .group_name = group.name});
    }
    return answers;
}

std::optional<NetworkInterfaceAttachment> attachment_answer(const NetworkInterfaceRow& row)
{
    if (row.service_attachment_id) {
        return service_attachment_answer(row);
    }
    if (!row.instance_id) {
        return std::nullopt;
    }
    NetworkInterfaceAttachment answer;
    answer.attach_time = Timestamp{row.attach_time_ms.value_or(0)};
    answer.attachment_id = row.attachment_id->text();
    answer.delete_on_termination = row.delete_on_termination;
    answer.device_index = row.device_index;
    answer.instance_id = row.instance_id->text();
    answer.instance_owner_id = row.instance_owner;
    answer.network_card_index = row.network_card_index;
    show_ena(row, answer);
    answer.status = text_of(row.attachment_status);
    return answer;
}

InterfaceParts::InterfaceParts(Session& session, const std::vector<std::string>& interfaces)
    : addresses_(select_interface_addresses(session.db(), interfaces)),
      groups_(select_interface_groups(session.db(), interfaces)),
      ipv6_(select_interface_ipv6(session.db(), interfaces)),
      prefixes_(select_interface_prefixes(session.db(), interfaces))
{
}

std::vector<InterfaceAddressRow> InterfaceParts::addresses_of(const NetworkInterfaceId& id) const
{
    return rows_of(addresses_, id, kInterfaceOf);
}

std::vector<InterfaceGroupRow> InterfaceParts::groups_of(const NetworkInterfaceId& id) const
{
    return rows_of(groups_, id, kInterfaceOf);
}

std::vector<InterfaceIpv6Row> InterfaceParts::ipv6_of(const NetworkInterfaceId& id) const
{
    return rows_of(ipv6_, id, kInterfaceOf);
}

std::vector<std::string> InterfaceParts::prefixes_of(const NetworkInterfaceId& id,
                                                     AddressFamily family) const
{
    std::vector<std::string> texts;
    for (auto& row : rows_of(prefixes_, id, kInterfaceOf)) {
        if (family_of(row) == family) {
            texts.push_back(std::move(row.prefix));
        }
    }
    return texts;
}

}  // namespace amilab::ec2
