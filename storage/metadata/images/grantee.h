#pragma once

#include <compare>
#include <string>

namespace amilab {

/// Who is given a permission: an account, everybody (the group "all"), the members of an
/// organization or of one of its units.
struct Grantee {
    /// userId, group, organizationArn or organizationalUnitArn
    std::string kind{};
    std::string value{};
    auto operator<=>(const Grantee&) const = default;
};

}  // namespace amilab
