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

}  // namespace

InterfacePlace place_of(const NetworkInterfaceRow& row)
{
    return {.network_card_index = row.network_card_index,
            .device_index = row.device_index.value_or(0),
            .type = row.interface_type};
}

void require_cards_fit(Session& session, const std::vector<InterfacePlace>& places,
                       const LaunchTypeRow& type)
{
    const bool are_plain = std::ranges::all_of(
        places, [](const auto& one) { return one.network_card_index == 0 && !one.is_efa(); });
    if (are_plain && type.maximum_cards == 1) {
        return;  // what the one card takes is what the type does
    }
    const auto cards = select_network_cards(session.db(), {type.name});
    for (const auto& one : places) {
        require_card_takes(card_of(cards, one, type), one);
    }
    for (const auto& card : cards) {
        const auto is_of_card = [&](const auto& one) {
            return one.network_card_index == card.index;
        };
        const auto count = count_places(places, is_of_card);
        if (count > card.maximum_interfaces) {
            throw too_many_interfaces_of_card(count, card.index, type.name);
        }
        if (count_places(places, [&](const auto& one) { return one.is_efa() && is_of_card(one); }) >
            1) {
            throw too_many_efas_of_card(card.index);
        }
    }
    const auto efas = count_places(places, [](const auto& one) { return one.is_efa(); });
    if (efas > type.maximum_efas.value_or(0)) {
        throw too_many_efas(efas, type.name);
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

}  // namespace amilab::ec2
