#pragma once

#include <optional>
#include <string>

#include <boost/json/value.hpp>

#include "server/calls/emulator.h"

namespace amilab::control {

/// Which account a reset is of: {"account": "222222222222"}; nothing for {}, which is of all.
/// Throws HttpError 400.
std::optional<std::string> parse_reset(const boost::json::value& wanted);

/// Takes an account back to its first state, in all regions: its resources, settings and tokens go,
/// and what others have noted about them. What others own stays, copies and instances of its images
/// among it, and so do clock, delays and what was declared of the account. Costs what the account
/// has. Takes the writer. Throws StorageError.
void reset_account(Emulator& emulator, const std::string& account);

}  // namespace amilab::control
