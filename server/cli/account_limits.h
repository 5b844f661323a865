#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "storage/state/account_limits.h"

namespace amilab::cli {

/// What is wrong with one part of --account-limit, "rows=10000" or "bytes=20GiB"; empty when it is
/// right.
std::string check_account_limit(const std::string& part);

/// The limits that the parts tell, the last of a kind counting. They have been checked.
AccountLimits parse_account_limits(const std::vector<std::string>& parts);

}  // namespace amilab::cli
