#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/labs/client.h"

namespace amilab::labs {

/// Deletes what the client's account has in these regions, call by call, as the student could: the
/// kinds of things that labs make. Then takes back what it has set for them. Waits a minute at most
/// for instances to end. `mark`, a parameter in the client's own region, stays: whoever ends the
/// lab knows by it that more is to be done. Returns what would not go, a line for each, with the
/// refusal.
std::vector<std::string> clean_up(const LabClient& client, const std::set<std::string>& regions,
                                  std::string_view mark);

}  // namespace amilab::labs
