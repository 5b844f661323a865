#pragma once

#include <stdexcept>

namespace amilab::cli {

/// Something of the command line is wrong that shows only when the command runs, or at the server:
/// one line that names it, its value and what is right. The program ends as with any wrong usage.
struct WrongOption : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace amilab::cli
