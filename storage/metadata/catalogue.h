#pragma once

#include <span>

struct sqlite3;

namespace amilab {

/// The seeded public catalogue as an SQLite database: regions, zones, instance types, public images
/// and their snapshots, made at build time from fixtures/catalog. Part of the binary, so it lives
/// as long as the process; safe from any thread.
/// Source: fixtures/catalog/README.md says for each fact whether it is documented, observed or
/// assumed.
std::span<const unsigned char> catalogue_bytes();

/// Attaches the catalogue to `db` as schema `catalogue`, read-only and without a copy: pages are
/// read where the binary has them. Once per connection, which may itself be read-only. The tables
/// are those of fixtures/catalog/schema.sql.
/// Throws StorageError (ENOMEM; EINVAL: already attached, or another refusal).
void attach_catalogue(sqlite3* db);

}  // namespace amilab
