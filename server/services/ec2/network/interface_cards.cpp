#include "server/services/ec2/network/interface_cards.h"

#include <algorithm>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/interface_errors.h"
#include "storage/metadata/instance_types/instance_type_rows.h"

namespace amilab::ec2 {

namespace {

template <class Which>
std::int64_t count_places(const std::vector<InterfacePlace>& places, const Which& which)
{
    return static_cast<std::int64_t>(std::ranges::count_if(places, which));
}

const NetworkCardRow& card_of(const std::vector<NetworkCardRow>& cards, const InterfacePlace& place,
                              const LaunchTypeRow& type)
{
    const auto at = std::ranges::find(cards, place.network_card_index, &NetworkCardRow::index);
    if (at == cards.end()) {
        throw no_network_card(place.network_card_index, type.name);
    }
    return *at;
}

void require_card_takes(const NetworkCardRow& card, const InterfacePlace& place)
{
    if (std::ranges::find(card.interface_types, text_of(place.type)) ==
        card.interface_types.end()) {
        throw efas_not_supported(card.instance_type);
    }
    if (place.type == NetworkInterfaceType::kEfaOnly && place.is_primary()) {
        throw efa_only_as_primary();
    }
}

void require_ena(const InterfacePlace& place, const LaunchTypeRow& type)
{
    if (place.has_ena_settings() && place.type == NetworkInterfaceType::kEfaOnly) {
        throw efa_only_has_no_ena();
    }
    if (place.ena.srd.value_or(false) && !type.ena_srd) {
        throw ena_not_supported("ENA Express", type.name);
    }
    if (place.ena.queue_count && type.flexible_ena_queues_support != "supported") {
        throw ena_not_supported("Choosing the number of ENA queues", type.name);
    }
}

/// How many interfaces more the card takes, which it does when numbers of queues are chosen.
std::int64_t flexible_interfaces(const NetworkCardRow& card,
                                 const std::vector<InterfacePlace>& places)
{
    const bool is_flexible = std::ranges::any_of(places, [&](const auto& one) {
        return one.network_card_index == card.index && one.ena.queue_count;
    });
    return is_flexible ? card.additional_flexible_interfaces.value_or(0) : 0;
}

/// Those of interfaces for which none was chosen count as many as they have by default.
void require_queues_fit(const NetworkCardRow& card, const std::vector<InterfacePlace>& places)
{
    bool is_chosen = false;
    std::int64_t all = 0;
    for (const auto& one : places) {
        if (one.network_card_index != card.index || one.type == NetworkInterfaceType::kEfaOnly) {
            continue;
        }
        const auto most = card.maximum_ena_queues_per_interface.value_or(1);
        if (const auto& count = one.ena.queue_count) {
            is_chosen = true;
            if (*count < 1 || *count > most || (*count & (*count - 1)) != 0) {
                throw invalid_ena_queue_count(*count, most);
            }
        }
        all += one.ena.queue_count.value_or(card.default_ena_queues_per_interface.value_or(1));
    }
    if (is_chosen && all > card.maximum_ena_queues.value_or(all)) {
        throw too_many_ena_queues(all, card.instance_type, *card.maximum_ena_queues);
    }
}

}  // namespace

InterfacePlace place_of(const NetworkInterfaceRow& row)
{
    return {
        .network_card_index = row.network_card_index,
        .device_index = row.device_index.value_or(0),
        .type = row.interface_type,
        .ena = {
            .srd = row.ena_srd, .srd_udp = row.ena_srd_udp, .queue_count = row.ena_queue_count}};
}

void require_cards_fit(Session& session, const std::vector<InterfacePlace>& places,
                       const LaunchTypeRow& type)
{
    const bool are_plain = std::ranges::all_of(places, [](const auto& one) {
        return one.network_card_index == 0 && !one.is_efa() && !one.has_ena_settings();
    });
    const auto all = static_cast<std::int64_t>(places.size());
    if (are_plain && type.maximum_cards == 1) {
        if (all > type.maximum_interfaces) {
            throw too_many_interfaces(all, type.name);
        }
        return;  // what the one card takes is what the type does
    }
    const auto cards = select_network_cards(session.db(), {type.name});
    for (const auto& one : places) {
        require_card_takes(card_of(cards, one, type), one);
        require_ena(one, type);
    }
    auto most = type.maximum_interfaces;
    for (const auto& card : cards) {
        most += flexible_interfaces(card, places);
    }
    if (all > most) {
        throw too_many_interfaces(all, type.name);
    }
    for (const auto& card : cards) {
        const auto is_of_card = [&](const auto& one) {
            return one.network_card_index == card.index;
        };
        const auto count = count_places(places, is_of_card);
        if (count > card.maximum_interfaces + flexible_interfaces(card, places)) {
            throw too_many_interfaces_of_card(count, card.index, type.name);
        }
        if (count_places(places, [&](const auto& one) { return one.is_efa() && is_of_card(one); }) >
            1) {
            throw too_many_efas_of_card(card.index);
        }
        require_queues_fit(card, places);
    }
    const auto efas = count_places(places, [](const auto& one) { return one.is_efa(); });
    if (efas > type.maximum_efas.value_or(0)) {
        throw too_many_efas(efas, type.name);
    }
}

void require_ena_fits(Session& session, const NetworkInterfaceRow& row)
{
    const auto type = select_type_of(session, row);
    if (!type) {
        return;
    }
    std::vector<InterfacePlace> places;
    for (const auto& one : select_interfaces_of(session.db(), {row.instance_id->text()})) {
        places.push_back(place_of(one.id == row.id ? row : one));
    }
    require_cards_fit(session, places, *type);
}

void set_ena_srd(EnaSettings& settings, std::optional<bool> enabled,
                 std::optional<bool> udp_enabled)
{
    if (enabled) {
        settings.srd = enabled;
        if (!*enabled && settings.srd_udp) {
            settings.srd_udp = false;
        }
    }
    if (udp_enabled) {
        if (*udp_enabled && !settings.srd.value_or(false)) {
            throw ena_srd_udp_alone();
        }
        settings.srd_udp = udp_enabled;
    }
}

NetworkInterfaceType parse_interface_type(const std::optional<std::string>& word)
{
    if (!is_given(word)) {
        return NetworkInterfaceType::kInterface;
    }
    for (const auto type : {NetworkInterfaceType::kInterface, NetworkInterfaceType::kEfa,
                            NetworkInterfaceType::kEfaOnly}) {
        if (*word == text_of(type)) {
            return type;
        }
    }
    if (*word == "trunk" || *word == "branch") {
        throw unsupported("Network interfaces of the type '" + *word + "' are not offered.");
    }
    throw invalid_value(*word, "interfaceType");
}

void settle_addresses(NetworkInterfaceType type, AddressWish& addresses, Ipv6Wish& ipv6,
                      const PrefixWishes& prefixes)
{
    if (type != NetworkInterfaceType::kEfaOnly) {
        return;
    }
    if (addresses.names_any() || addresses.more > 0 || !ipv6.named.empty() ||
        ipv6.count.value_or(0) > 0 || ipv6.primary || prefixes.ipv4.size() > 0 ||
        prefixes.ipv6.size() > 0) {
        throw efa_only_has_no_addresses();
    }
    addresses.none = true;
    ipv6.count = 0;
}

void require_takes_addresses(const NetworkInterfaceRow& row)
{
    if (row.interface_type == NetworkInterfaceType::kEfaOnly) {
        throw efa_only_has_no_addresses();
    }
}

void require_takes_ipv4(const NetworkInterfaceRow& row)
{
    require_takes_addresses(row);
    if (row.ipv6_native) {
        throw no_ipv4_addresses(row.subnet_id);
    }
}

}  // namespace amilab::ec2
