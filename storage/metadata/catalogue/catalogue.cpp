#include "storage/metadata/catalogue/catalogue.h"

#include <cerrno>
#include <string>

#include <fmt/format.h>
#include <sqlite3.h>

#include "storage/base/storage_error.h"

// Where embedded_data.S puts the bytes.
extern "C" {
extern const unsigned char amilab_catalogue_begin[];
extern const unsigned char amilab_catalogue_end[];
}

namespace amilab {
namespace {

void require_ok(sqlite3* db, int result)
{
    if (result != SQLITE_OK) {
        const int error_number = result == SQLITE_NOMEM ? ENOMEM : EINVAL;
        throw StorageError(error_number, "attach", "catalogue", sqlite3_errmsg(db));
    }
}

void execute(sqlite3* db, const std::string& sql)
{
    require_ok(db, sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr));
}

}  // namespace

std::span<const unsigned char> catalogue_bytes()
{
    return {amilab_catalogue_begin, amilab_catalogue_end};
}

std::span<const unsigned char> CatalogueOptions::span() const
{
    if (!bytes) {
        return catalogue_bytes();
    }
    return {reinterpret_cast<const unsigned char*>(bytes->data()), bytes->size()};
}

void attach_catalogue(sqlite3* db, std::span<const unsigned char> bytes)
{
    execute(db, "ATTACH ':memory:' AS catalogue");
    // SQLite's signature wants mutable bytes; READONLY is its promise to leave them alone.
    auto* data = const_cast<unsigned char*>(bytes.data());
    const auto size = static_cast<sqlite3_int64>(bytes.size());
    require_ok(db,
               sqlite3_deserialize(db, "catalogue", data, size, size, SQLITE_DESERIALIZE_READONLY));
    // Without this each connection would copy the pages it reads into its own cache.
    execute(db, fmt::format("PRAGMA catalogue.mmap_size = {}", size));
}

}  // namespace amilab
