#include "storage/metadata/network/network_interface_rows.h"

namespace amilab {

namespace {

constexpr auto kAddressColumns = columns<InterfaceAddressRow>(
    "interface_address", "a", text<&InterfaceAddressRow::interface_id>("interface_id"),
    integer<&InterfaceAddressRow::position>("position"),
    text<&InterfaceAddressRow::subnet_id>("subnet_id"),
    text<&InterfaceAddressRow::address>("address"),
    text<&InterfaceAddressRow::public_ip>("public_ip"),
    text<&InterfaceAddressRow::allocation_id>("allocation_id"),
    text<&InterfaceAddressRow::association_id>("association_id"),
    text<&InterfaceAddressRow::private_dns_name>("private_dns_name").as(kPrivateDnsName),
    text<&InterfaceAddressRow::public_dns_name>("public_dns_name").as(kPublicDnsName),
    text<&InterfaceAddressRow::public_owner>("public_owner").as(kPublicOwner));

constexpr auto kGroupColumns = columns<InterfaceGroupRow>(
    "interface_group", "g", text<&InterfaceGroupRow::interface_id>("interface_id"),
    integer<&InterfaceGroupRow::position>("position"), text<&InterfaceGroupRow::id>("group_id"),
    text<&InterfaceGroupRow::name>("name").as("s.name"));

void insert_groups(Database& db, const NetworkInterfaceId& id,
                   const std::vector<SecurityGroupId>& groups)
{
    std::int64_t position = 0;
    for (const auto& group : groups) {
        insert_row<kGroupColumns>(db, {.interface_id = id, .position = position++, .id = group});
    }
}

}  // namespace

void insert_network_interface(Database& db, const NetworkInterfaceRow& row,
                              const std::vector<SecurityGroupId>& groups)
{
    insert_row<kNetworkInterfaceColumns>(db, row);
    insert_groups(db, row.id, groups);
}

std::optional<NetworkInterfaceRow> select_network_interface(Database& db,
                                                            const NetworkInterfaceId& id)
{
    return select_row<kNetworkInterfaceListColumns>(db, "FROM network_interface e WHERE e.id = ?",
                                                    id);
}

std::optional<NetworkInterfaceRow> select_interface_attached(Database& db, std::string_view account,
                                                             std::string_view region,
                                                             const NetworkInterfaceAttachmentId& id)
{
    static constexpr auto kAttached =
        "FROM network_interface e WHERE e.attachment_id = ? AND ? IN (e.owner, " +
        kInterfaceInstanceOwner + ") AND +e.region = ?";
    return select_row<kNetworkInterfaceColumns>(db, kAttached, id, account, region);
}

std::vector<NetworkInterfaceRow> select_interfaces_of(Database& db,
                                                      const std::vector<std::string>& instances)
{
    return select_rows<kNetworkInterfaceColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN network_interface e ON e.instance_id = one.value"
        " ORDER BY e.instance_id, e.network_card_index, e.device_index",
        json_list(instances));
}

std::optional<NetworkInterfaceRow> select_primary_interface(Database& db, const InstanceId& id)
{
    return select_row<kNetworkInterfaceColumns>(
        db,
        "FROM network_interface e WHERE e.instance_id = ? AND e.network_card_index = 0"
        " AND e.device_index = 0",
        id);
}

std::int64_t count_interfaces_of(Database& db, const InstanceId& id)
{
    Statement select(db, "SELECT count(*) FROM network_interface WHERE instance_id = ?");
    select.bind(id);
    return select.step() ? select.row().integer() : 0;
}

void delete_network_interface(Database& db, const NetworkInterfaceId& id)
{
    delete_row<kNetworkInterfaceColumns>(db, id);
}

bool attach_network_interface(Database& db, const NetworkInterfaceId& id,
                              const InterfaceAttachment& attachment)
{
    Statement(db,
              "UPDATE OR IGNORE network_interface SET instance_id = ?, attachment_id = ?,"
              " network_card_index = ?, device_index = ?, attach_time_ms = ?,"
              " delete_on_termination = ?, ena_srd = ?, ena_srd_udp = ?, ena_queue_count = ?"
              " WHERE id = ?")
        .execute(attachment.instance_id, attachment.id, attachment.network_card_index,
                 attachment.device_index, attachment.attach_time_ms,
                 attachment.delete_on_termination, attachment.ena.srd, attachment.ena.srd_udp,
                 attachment.ena.queue_count, id);
    return db.changes() == 1;
}

void detach_network_interface(Database& db, const NetworkInterfaceId& id)
{
    Statement(db,
              "UPDATE network_interface SET instance_id = NULL, attachment_id = NULL,"
              " device_index = NULL, attach_time_ms = NULL, delete_on_termination = NULL,"
              " network_card_index = 0, ena_srd = NULL, ena_srd_udp = NULL,"
              " ena_queue_count = NULL, primary_ipv6 = 0 WHERE id = ?")
        .execute(id);
}

std::vector<InterfaceAddressRow> select_interface_addresses(
    Database& db, const std::vector<std::string>& interfaces)
{
    return select_rows<kAddressColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN network_interface e ON e.id = one.value"
        " CROSS JOIN interface_address a ON a.interface_id = e.id"
        " ORDER BY a.interface_id, a.position",
        json_list(interfaces));
}

std::vector<InterfaceGroupRow> select_interface_groups(Database& db,
                                                       const std::vector<std::string>& interfaces)
{
    return select_rows<kGroupColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN interface_group g ON g.interface_id = one.value"
        " JOIN security_group s ON s.id = g.group_id ORDER BY g.interface_id, g.position",
        json_list(interfaces));
}

void replace_interface_groups(Database& db, const NetworkInterfaceId& id,
                              const std::vector<SecurityGroupId>& groups)
{
    Statement(db, "DELETE FROM interface_group WHERE interface_id = ?").execute(id);
    insert_groups(db, id, groups);
}

}  // namespace amilab
