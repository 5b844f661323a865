#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/sql/database.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/told_statements.h"

namespace amilab::test {

/// How SQLite would go about a statement, step by step. A failure of the test when it is none.
std::vector<std::string> plan_of(Database& db, const std::string& sql);

/// Those of a plan's steps that read a table, an index or the catalogue as a whole, to make an
/// index of it too; a list of ids that a statement was given is none, nor is what the statement
/// itself has put together.
std::vector<std::string> scans(const std::vector<std::string>& steps);

/// The steps of all statements of a call that read, of those that hold `part`. The emulator's
/// connections were opened under `told`.
std::vector<std::string> plan_of_call(const ToldStatements& told, TestEmulator& aws,
                                      const Parameters& parameters,
                                      const char* action = "DescribeImages",
                                      std::string_view part = "");

}  // namespace amilab::test
