#include "server/services/ec2/images/image_mappings.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/services/ec2/common/device_names.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "storage/metadata/volumes/volume_type.h"

namespace amilab::ec2 {

namespace {

constexpr int kMostEphemeral = 24;

bool is_ephemeral(std::string_view name)
{
    constexpr std::string_view kEphemeral = "ephemeral";
    if (!name.starts_with(kEphemeral)) {
        return false;
    }
    const auto digits = name.substr(kEphemeral.size());
    if (digits.empty() || digits.size() > 2 ||
        !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
        return false;
    }
    return std::stoi(std::string(digits)) < kMostEphemeral;
}

ImageMappingRow parse_mapping(const BlockDeviceMapping& mapping)
{
    // Source: the messages are AWS's (observed).
    if (!mapping.device_name || mapping.device_name->empty()) {
        throw invalid_block_device_mapping("Missing device name");
    }
    if (!is_device_name(*mapping.device_name)) {
        throw invalid_mapped_device_name(*mapping.device_name);
    }
    if (mapping.no_device && (mapping.ebs || mapping.virtual_name)) {
        throw invalid_block_device_mapping(
            fmt::format("{} has NoDevice beside Ebs or VirtualName", *mapping.device_name));
    }
    ImageMappingRow row;
    row.device_name = *mapping.device_name;
    row.no_device = mapping.no_device.has_value();
    // Source: any name beside a volume is taken (observed), and shown nowhere (assumed).
    if (!mapping.ebs) {
        row.virtual_name = mapping.virtual_name;
    }
    if (row.virtual_name && !is_ephemeral(*row.virtual_name)) {
        throw invalid_block_device_mapping(
            fmt::format("Invalid virtual name '{}' for {}; expected ephemeral0 to ephemeral23",
                        *row.virtual_name, row.device_name));
    }
    if (mapping.ebs) {
        row.snapshot_id = mapping.ebs->snapshot_id;
        row.volume_size_gib = mapping.ebs->volume_size;
        row.volume_type = mapping.ebs->volume_type;
        row.iops = mapping.ebs->iops;
        row.throughput = mapping.ebs->throughput;
        row.encrypted = mapping.ebs->encrypted;
        row.kms_key_id = mapping.ebs->kms_key_id;
        row.initialization_rate = mapping.ebs->volume_initialization_rate;
        row.delete_on_termination = mapping.ebs->delete_on_termination;
    }
    return row;
}

}  // namespace

std::vector<ImageMappingRow> parse_mappings(const std::vector<BlockDeviceMapping>& mappings)
{
    std::vector<ImageMappingRow> rows;
    std::set<std::string_view> devices;
    std::set<std::string_view> virtual_names;
    for (const auto& mapping : mappings) {
        rows.push_back(parse_mapping(mapping));
        if (!devices.insert(*mapping.device_name).second) {
            throw invalid_block_device_mapping(
                fmt::format("{} is being assigned to multiple times.", *mapping.device_name));
        }
        if (mapping.virtual_name && !virtual_names.insert(*mapping.virtual_name).second) {
            throw invalid_block_device_mapping(
                fmt::format("The virtual device '{}' is used in more than one block-device mapping",
                            *mapping.virtual_name));
        }
    }
    return rows;
}

void complete_mapping(Session& session, ImageMappingRow& mapping, bool is_root)
{
    if (mapping.no_device || mapping.virtual_name) {
        return;
    }
    if (mapping.snapshot_id) {
        // Source: the snapshot decides (documented), text observed.
        if (mapping.encrypted) {
            throw encryption_of_snapshot_mapping(mapping.device_name);
        }
        const auto snapshot = require_usable_snapshot(session, *mapping.snapshot_id);
        if (!mapping.volume_size_gib) {
            mapping.volume_size_gib = snapshot.volume_size_gib;
        }
        if (*mapping.volume_size_gib < snapshot.volume_size_gib) {
            throw volume_smaller_than_snapshot(*mapping.volume_size_gib, snapshot.id.text(),
                                               snapshot.volume_size_gib);
        }
        mapping.encrypted = snapshot.encrypted;
    }
    mapping.encrypted = mapping.encrypted.value_or(false);
    if (!mapping.volume_size_gib) {
        throw invalid_block_device_mapping(fmt::format(
            "Either snapshot ID or volume size must be provided for: {}", mapping.device_name));
    }
    // Source: gp2 where nothing is said (assumed).
    const auto spec = complete_volume_spec(
        {.volume_type = mapping.volume_type.value_or(std::string(kDefaultVolumeType)),
         .size_gib = *mapping.volume_size_gib,
         .iops = mapping.iops,
         .throughput = mapping.throughput});
    if (is_root) {
        require_boot_type(mapping.device_name, spec.volume_type);
    }
    mapping.volume_type = spec.volume_type;
    if (!mapping.delete_on_termination) {
        mapping.delete_on_termination = is_root;
    }
}

BlockDeviceMapping to_mapping(const ImageMappingRow& row)
{
    BlockDeviceMapping mapping;
    mapping.device_name = row.device_name;
    mapping.virtual_name = row.virtual_name;
    if (row.no_device) {
        mapping.no_device = "";
    }
    if (row.volume_size_gib) {
        EbsBlockDevice ebs;
        ebs.delete_on_termination = row.delete_on_termination;
        ebs.iops = row.iops;
        ebs.snapshot_id = row.snapshot_id;
        ebs.volume_size = row.volume_size_gib;
        ebs.volume_type = row.volume_type;
        ebs.encrypted = row.encrypted;
        ebs.throughput = row.throughput;
        mapping.ebs = ebs;
    }
    return mapping;
}

}  // namespace amilab::ec2
