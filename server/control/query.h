#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/emulator.h"

namespace amilab::control {

/// The parameters of a control route. Throws HttpError 400 for one that is not `known`, comes
/// twice, cannot be decoded, or is no text as EC2 takes it.
class RouteQuery {
public:
    RouteQuery(std::string_view query, std::initializer_list<std::string_view> known);

    std::optional<std::string> find(std::string_view name) const;
    /// Throws HttpError 400 when it is not there.
    std::string require(std::string_view name) const;
    /// `account` and `region`, or the server's defaults.
    Caller caller(const Emulator& emulator) const;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace amilab::control
