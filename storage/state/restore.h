#pragma once

#include <string>

#include "storage/metadata/catalogue/connection.h"

namespace amilab {

/// Puts a save of a server (storage/state/save.h) into a generation's folder, which is there and
/// empty: rows, layers and objects, as this machine keeps them. On return all of it is on the disk
/// where that is wanted. Throws StorageError: EBADMSG for what is no save, a damaged one, or one in
/// which something is missing that its rows name (one line says what), EPROTO for one of a newer
/// amilab, and what the disk refuses; what there is then is the caller's to remove.
void restore_save(const std::string& save_path, const std::string& folder, Durability durability,
                  const std::string& boot_id);

/// A folder that has this name in it is not a generation yet: who made it has not said that it is
/// whole. The next start removes it.
std::string restoring_mark_path(const std::string& folder);

}  // namespace amilab
