#pragma once

#include <span>
#include <vector>

#include "server/calls/session.h"
#include "server/wire/ec2/shared.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

/// Block device mappings of images, between requests, rows and answers.
namespace amilab::ec2 {

/// A request's mapping as it stands, nothing looked up: device name, one of EBS, virtual name and
/// no device, and no device twice. Throws InvalidBlockDeviceMapping.
std::vector<ImageMappingRow> parse_mappings(const std::vector<BlockDeviceMapping>& mappings);

/// Fills in what a mapping with EBS leaves open, from its snapshot and the volume types' rules; the
/// root device is deleted with its instance, others stay, unless said otherwise (assumed).
/// Throws when the snapshot is missing, not the caller's, not completed, or larger than the size.
void complete_mapping(Session& session, ImageMappingRow& mapping, bool is_root);

/// As answers have it.
BlockDeviceMapping to_mapping(const ImageMappingRow& row);

}  // namespace amilab::ec2
