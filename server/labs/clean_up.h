#pragma once

#include <set>
#include <string>
#include <vector>

#include "server/labs/client.h"

namespace amilab::labs {

/// Deletes what the client's account has in these regions, call by call, as the student could: the
/// kinds of things that labs make. Waits a minute at most for instances to end. Returns what would
/// not go, a line for each, with the refusal.
std::vector<std::string> clean_up(const LabClient& client, const std::set<std::string>& regions);

}  // namespace amilab::labs
