#pragma once

#include <string>
#include <vector>

#include "storage/metadata/sql/database.h"

namespace amilab::test {

/// How SQLite would go about a statement, step by step. A failure of the test when it is none.
std::vector<std::string> plan_of(Database& db, const std::string& sql);

/// Those of a plan's steps that read a table, an index or the catalogue as a whole; a list of ids
/// that a statement was given is none.
std::vector<std::string> scans(const std::vector<std::string>& steps);

}  // namespace amilab::test
