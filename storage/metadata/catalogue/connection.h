#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "storage/metadata/catalogue/catalogue.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// Whether commits must survive power loss in order (kKept: WAL, synchronous=NORMAL) or the
/// directory goes away with the process (kPrivate: nothing is ever synced).
enum class Durability { kKept, kPrivate };

/// A connection as every family's rows expect it: pragmas set, the catalogue attached, and the
/// views that lay the catalogue's rows beside the database's own:
///   all_image, all_image_mapping, all_snapshot (see views in connection.cpp).
std::unique_ptr<Database> open_connection(
    const std::string& path, Database::Mode mode, Durability durability,
    std::span<const unsigned char> catalogue = catalogue_bytes());

/// Throws StorageError (EBADMSG) unless everything in the database, at the current schema, was made
/// by the texts that the migrations make it by. SQLite takes these texts for granted: a bit that
/// flips in them may make a constraint another, and nothing else notices.
/// Costs a quarter of a millisecond.
void require_made_schema(Database& db);

/// The bytes of an empty database at the current schema, in WAL mode. Made with the program by
/// scripts/build_empty_database.py.
std::string empty_database();

}  // namespace amilab
