#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>

#include "storage/state/generation.h"

struct sqlite3_session;

namespace amilab::test {

/// A row by its table and primary key.
struct RowName {
    std::string table;
    /// Columns and their values.
    std::map<std::string, std::string> key;

    auto operator<=>(const RowName&) const = default;
    /// "volume id=vol-0123456789abcdef0".
    std::string text() const;
};

/// What has become of rows: the new values, or that the row is gone. A row that is as it was is not
/// among them, whatever was done to it in between.
using RowChanges = std::map<RowName, std::string>;

/// Records what is written to any table of a generation's database from now on. What it costs
/// depends on what changes, not on what there is. The generation outlives it.
class RowRecorder {
public:
    explicit RowRecorder(Generation& generation);
    /// All since the recorder was made. Takes the writer.
    RowChanges changes();

private:
    struct Delete {
        Generation* generation;
        void operator()(sqlite3_session* session) const;
    };

    Generation& generation_;
    std::unique_ptr<sqlite3_session, Delete> session_;
};

}  // namespace amilab::test
