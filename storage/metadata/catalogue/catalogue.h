#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;

namespace amilab {

class Database;

/// The seeded public catalogue as an SQLite database: regions, zones, instance types, public images
/// and their snapshots, made at build time from fixtures/catalog. Part of the binary, so it lives
/// as long as the process; safe from any thread.
/// Source: fixtures/catalog/README.md says for each fact whether it is documented, observed or
/// assumed.
std::span<const unsigned char> catalogue_bytes();

/// What becomes of a launch of an image that is nowhere.
enum class UnknownImages { kRefuse, kAdopt };

/// What of the catalogue a server was started with; the same from one reset to the next.
struct CatalogueOptions {
    /// Of build_catalogue(); without it the built-in catalogue.
    std::shared_ptr<const std::string> bytes;
    /// Makes the rows that every generation begins with, unless they are there: those of one
    /// account when one is named. May be empty.
    std::function<void(Database&, std::optional<std::string_view> account)> make_rows;
    /// Whether make_rows makes an image of that id. May be empty.
    std::function<bool(std::string_view id)> makes_image;
    UnknownImages unknown_images = UnknownImages::kRefuse;

    /// Valid as long as one copy of the options lives.
    std::span<const unsigned char> span() const;
};

/// Attaches a catalogue to `db` as schema `catalogue`, read-only and without a copy: pages are
/// read where `bytes` are, which must outlive the connection. Once per connection, which may itself
/// be read-only. The tables are those of fixtures/catalog/schema.sql. Throws StorageError (ENOMEM;
/// EINVAL: already attached, or another refusal).
void attach_catalogue(sqlite3* db, std::span<const unsigned char> bytes = catalogue_bytes());

}  // namespace amilab
