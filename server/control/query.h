#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/emulator.h"

namespace amilab::control {

/// Nothing for what has other characters than digits, or more than 18 of these.
std::optional<std::uint64_t> parse_number(std::string_view text);

/// The parameters of a control route. Throws HttpError 400 for one that is not `known`, comes
/// twice, cannot be decoded, or is no text as EC2 takes it.
class RouteQuery {
public:
    RouteQuery(std::string_view query, std::initializer_list<std::string_view> known);

    std::optional<std::string> find(std::string_view name) const;
    /// Throws HttpError 400 when it is not there.
    std::string require(std::string_view name) const;
    /// The value of `account`. Throws HttpError 400 for one that is no account's id.
    std::optional<std::string> account_id() const;
    /// For whom the call acts: `account`, or whom the services take for the owner of `access-key`,
    /// and `region`; else the server's defaults. Throws ApiError (AuthFailure) for a key that they
    /// would refuse.
    Caller caller(const Emulator& emulator) const;

private:
    std::string account(const Emulator& emulator, Generation& generation) const;

    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace amilab::control
