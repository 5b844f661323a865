#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/wire/api_error.h"

/// Refusals of imports by manifests, and why their tasks fail, which their status messages say.
/// docs/fidelity.md says for each whether it is documented, observed or assumed.
namespace amilab::ec2 {

ApiError conversion_task_not_found(const std::string& id);
/// The URL is of another host than this server, where nothing is fetched from.
ApiError manifest_elsewhere(std::string_view host);
ApiError several_disks(std::size_t count);
ApiError platform_not_imported(std::string_view platform);

// Of tasks.

ApiError manifest_not_valid(const std::string& why);
/// `refusal` is what S3 says.
ApiError manifest_not_readable(const ApiError& refusal);
ApiError part_not_readable(std::size_t index, const ApiError& refusal);
ApiError part_has_other_size(std::size_t index, std::uint64_t told_bytes, std::uint64_t real_bytes);
ApiError part_has_changed(std::size_t index);
ApiError part_has_gone(std::size_t index);
ApiError disk_does_not_fit(std::uint64_t disk_bytes, std::int64_t volume_size_gib);
std::string upload_has_expired();

}  // namespace amilab::ec2
