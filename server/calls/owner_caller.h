#pragma once

#include <string>
#include <utility>

#include "server/calls/session.h"

namespace amilab {

/// The caller of what happens behind calls for an account: the account itself. S3 takes who has no
/// access key for somebody unknown, so that this one has a key of the account's: its 12 digits.
inline Caller owner_caller(std::string account, std::string region)
{
    Caller caller;
    caller.access_key = account;
    caller.account = std::move(account);
    caller.region = std::move(region);
    return caller;
}

}  // namespace amilab
