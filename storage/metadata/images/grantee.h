#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/base/vocabulary.h"

namespace amilab {

/// What a permission is given to, as permissions name it, in the order of the names.
enum class GranteeKind : std::uint8_t { kGroup, kOrganizationArn, kOrganizationalUnitArn, kUserId };
template <>
inline constexpr auto kWords<GranteeKind> = words("group", "organizationArn",
                                                  "organizationalUnitArn", "userId");

/// The one group there is: everybody. It also stands for public images in ExecutableBy.
inline constexpr std::string_view kEverybody = "all";
/// Who asks, in Owner and ExecutableBy.
inline constexpr std::string_view kSelf = "self";

/// Who is given a permission: an account, everybody, the members of an organization or of one of
/// its units.
struct Grantee {
    GranteeKind kind{};
    std::string value{};
    auto operator<=>(const Grantee&) const = default;
};

}  // namespace amilab
