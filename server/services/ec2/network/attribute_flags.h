#pragma once

#include <optional>

#include "server/wire/ec2/shared.h"

namespace amilab::ec2 {

/// Whether a request to modify attributes has this one; the row's member has what it says then.
inline bool take_flag(const std::optional<AttributeBooleanValue>& wanted, bool& value)
{
    if (!wanted || !wanted->value) {
        return false;
    }
    value = *wanted->value;
    return true;
}

}  // namespace amilab::ec2
