#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/base/ids.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// Makes ids that look random and never repeat: a keyed hash of (seed, kind, counter). The counter
/// is advanced in the caller's write transaction, so that sequential calls with one seed give the
/// same ids on every run, and none comes twice after a restart. Used by the writer alone.
class IdSource {
public:
    /// Reads the seed kept in the database; see set_seed.
    explicit IdSource(Database& db);

    /// Whether the database is one that has been in use.
    static bool has_seed(Database& db);
    /// The seed that later ids hang on; kept in the database.
    static void set_seed(Database& db, std::string_view seed);

    /// 32 bytes that hang on the seed and a purpose, and are as secret as the seed is: without
    /// --seed nobody can guess them, with it they are the same on every run.
    static std::string key_for(Database& db, std::string_view purpose);

    template <class IdType>
    IdType next();

    /// `prefix`, "-0" and 16 hex digits, as AWS's ids have it; for kinds that have no Id type.
    std::string next_text(std::string_view prefix);

    /// 64 bits that hang on (seed, kind, counter) alike, for addresses and the like.
    std::uint64_t next_number(std::string_view kind);

    /// How many of a kind have been made.
    std::int64_t last_counter(std::string_view kind) const;
    /// What next_text gives, or gave, when the kind's counter comes to that.
    std::string text_at(std::string_view prefix, std::int64_t counter) const;

private:
    std::uint64_t number_at(std::string_view kind, std::int64_t counter) const;

    Database& db_;
    std::string seed_;
};

template <class IdType>
IdType IdSource::next()
{
    return IdType::trusted(next_text(id_prefix(static_cast<const IdType*>(nullptr))));
}

}  // namespace amilab
