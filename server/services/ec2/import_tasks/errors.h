#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/wire/api_error.h"
#include "storage/disk_formats/disk_image.h"
#include "storage/metadata/import_tasks/import_task_state.h"

/// Refusals of imports, and what their tasks say when they fail. docs/fidelity.md says for each
/// whether it is documented, observed or assumed.
namespace amilab::ec2 {

ApiError invalid_source_location();
ApiError source_not_in_region();
ApiError unknown_image_format(std::string_view format);
ApiError import_task_not_found(std::string_view id);
ApiError import_task_has_ended(std::string_view id, ImportTaskState state);
ApiError too_many_imports(std::int64_t limit);

/// What ends a task's work; of it the client reads the message alone.
ApiError import_failed(const std::string& message);
/// Status messages of tasks that fail.
std::string message_of(const DiskImageError& error, DiskFileFormat format);
/// What S3 answers with where it has lost an object's bytes.
inline constexpr int kSourceLost = 405;
/// The object cannot be read: S3 answers with that status. Source: the text of 403 and 404
/// observed, of 405 assumed.
std::string source_not_readable(int http_status);
std::string source_changed();
std::string too_many_bytes_imported(std::uint64_t most);
std::string import_has_no_room();
std::string import_broke_off();

}  // namespace amilab::ec2
