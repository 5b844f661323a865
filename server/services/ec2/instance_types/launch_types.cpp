#include "server/services/ec2/instance_types/launch_types.h"

#include <algorithm>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instance_types/errors.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/regions/region_rows.h"

namespace amilab::ec2 {

bool list_has(std::string_view list, std::string_view item)
{
    while (!list.empty()) {
        const auto comma = list.find(',');
        if (list.substr(0, comma) == item) {
            return true;
        }
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return false;
}

void require_runs_on(const LaunchTypeRow& type, const PlatformNeeds& needs)
{
    if (!list_has(type.architectures, needs.architecture)) {
        throw architecture_mismatch(type.architectures, needs.architecture);
    }
    if (!list_has(type.virtualization_types, needs.virtualization_type)) {
        throw virtualization_mismatch(type.name, type.virtualization_types);
    }
    if (!list_has(type.root_device_types, needs.root_device_type)) {
        throw unsupported_configuration();
    }
    if (type.ena_support == EnaSupport::kRequired && !needs.ena_support) {
        throw ena_required(type.name);
    }
    const auto& boot_mode = needs.boot_mode;
    if (boot_mode && *boot_mode != BootMode::kUefiPreferred &&
        !list_has(type.boot_modes, *boot_mode)) {
        throw boot_mode_not_supported(type.name, *boot_mode);
    }
    if (needs.tpm_support && type.nitro_tpm_support != NitroTpmSupport::kSupported) {
        throw tpm_not_supported(type.name);
    }
}

std::string current_boot_mode(const LaunchTypeRow& type,
                              const std::optional<std::string>& image_boot_mode)
{
    constexpr auto kUefi = text_of(BootMode::kUefi);
    constexpr auto kLegacyBios = text_of(BootMode::kLegacyBios);
    if (image_boot_mode == BootMode::kUefiPreferred) {
        return std::string(list_has(type.boot_modes, kUefi) ? kUefi : kLegacyBios);
    }
    if (image_boot_mode) {
        return *image_boot_mode;
    }
    return std::string(list_has(type.boot_modes, kLegacyBios) ? kLegacyBios : kUefi);
}

void require_offered(Session& session, const LaunchTypeRow& type, std::string_view zone)
{
    const auto zones = select_zones_offering(session.db(), session.region(), type.name);
    if (zones.empty()) {
        throw unsupported_configuration();
    }
    // Source: local and wavelength zones have the types of their parents (assumed: AWS has fewer).
    const auto row = select_zone(session.db(), session.region(), zone);
    const auto place = row ? row->parent_zone_name.value_or(row->name) : std::string(zone);
    if (std::find(zones.begin(), zones.end(), place) == zones.end()) {
        throw instance_type_not_in_zone(type.name, zone, zones);
    }
}

}  // namespace amilab::ec2
