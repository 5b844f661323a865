#include "storage/metadata/sql/id_source.h"

#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "storage/metadata/sql/statement.h"

namespace amilab {

namespace {

std::string read_seed(Database& db)
{
    Statement select(db, "SELECT value FROM setting WHERE name = 'seed'");
    select.bind();
    if (!select.step()) {
        throw std::logic_error("the database has no seed");
    }
    return select.row().text();
}

std::string sha256(std::string_view text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        throw std::runtime_error("SHA-256 is not to be had from OpenSSL");
    }
    return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string text_of(std::string_view prefix, std::uint64_t number)
{
    return fmt::format("{}-0{:016x}", prefix, number);
}

}  // namespace

IdSource::IdSource(Database& db) : db_(db), seed_(read_seed(db)) {}

std::string IdSource::key_for(Database& db, std::string_view purpose)
{
    return sha256(fmt::format("{}/{}", read_seed(db), purpose));
}

bool IdSource::has_seed(Database& db)
{
    Statement select(db, "SELECT 1 FROM setting WHERE name = 'seed'");
    select.bind();
    return select.step();
}

void IdSource::set_seed(Database& db, std::string_view seed)
{
    Statement(db,
              "INSERT INTO setting (name, value) VALUES ('seed', ?)"
              " ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .execute(seed);
}

std::uint64_t IdSource::next_number(std::string_view kind)
{
    // Without RETURNING, for which SQLite makes a temporary table each time.
    Statement(db_,
              "INSERT INTO id_counter (kind, value) VALUES (?, 1)"
              " ON CONFLICT (kind) DO UPDATE SET value = value + 1")
        .execute(kind);
    return number_at(kind, last_counter(kind));
}

std::string IdSource::next_text(std::string_view prefix)
{
    return text_of(prefix, next_number(prefix));
}

std::int64_t IdSource::last_counter(std::string_view kind) const
{
    Statement select(db_, "SELECT value FROM id_counter WHERE kind = ?");
    select.bind(kind);
    return select.step() ? select.row().integer() : 0;
}

std::string IdSource::text_at(std::string_view prefix, std::int64_t counter) const
{
    return text_of(prefix, number_at(prefix, counter));
}

std::uint64_t IdSource::number_at(std::string_view kind, std::int64_t counter) const
{
    const auto digest = sha256(fmt::format("{}/{}/{}", seed_, kind, counter));
    std::uint64_t number = 0;
    std::memcpy(&number, digest.data(), sizeof number);
    return number;
}

}  // namespace amilab
