#pragma once

#include <stdexcept>

namespace amilab::labs {

/// A lab that is written wrong, or cannot be found: one line that says where.
struct LabFault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a check cannot look at, such as a damaged file system: one line that says why.
struct LookFault : std::runtime_error {
    using std::runtime_error::runtime_error;
};

}  // namespace amilab::labs
