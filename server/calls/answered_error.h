#pragma once

#include <string>

#include "server/wire/parameters.h"

namespace amilab {

/// What a refused call was told, for the log and for who looks at calls; all empty for a call that
/// was not refused.
struct AnsweredError {
    std::string code = {};
    std::string message = {};
    /// The parameter that it is about, where its maker knew: see ApiError.
    std::string parameter = {};
};

/// The error as it may be shown: values of secret parameters that the message quotes are left out
/// of it, and where no parameter is named it is the one whose value, or else whose name, the
/// message has, as its path. `parameters`: the call's; null when they could not be read.
AnsweredError shown_error(AnsweredError error, const wire::Parameters* parameters);

}  // namespace amilab
