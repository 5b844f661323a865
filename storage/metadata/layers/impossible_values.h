#pragma once

#include <string>
#include <vector>

#include "storage/metadata/sql/database.h"

namespace amilab {

/// Values that no rows of amilab have and no constraint refuses: a word that is none of its
/// column's vocabulary, a time that no clock comes to, a text that is no address where one has to
/// be. Who reads them finds nothing, or counts with what cannot be added to. A line for each of the
/// first few of a column, with its table and the value; empty when there are none, and for rows of
/// another version than this one's. Goes through the rows of all tables that have such columns.
std::vector<std::string> find_impossible_values(Database& db);

}  // namespace amilab
