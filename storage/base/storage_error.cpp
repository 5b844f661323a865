#include "storage/base/storage_error.h"

#include <cerrno>
#include <system_error>

#include <fmt/format.h>

namespace amilab {

StorageError::StorageError(int error_number_, std::string_view operation_, std::string_view path_)
    : StorageError(error_number_, operation_, path_, std::generic_category().message(error_number_))
{
}

StorageError::StorageError(int error_number_, std::string_view operation_, std::string_view path_,
                           std::string_view detail_)
    : std::runtime_error(fmt::format("{} {}: {}", operation_, path_, detail_)),
      error_number(error_number_),
      operation(operation_),
      path(path_),
      detail(detail_)
{
}

bool StorageError::is_damage() const
{
    return error_number == EBADMSG;
}

bool StorageError::is_full_disk() const
{
    return error_number == ENOSPC || error_number == EDQUOT;
}

}  // namespace amilab
