#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/images/grantee.h"

/// Changes of who may use an image or a snapshot, in the two styles in which requests spell them.
namespace amilab {

enum class OperationType : std::uint8_t { kAdd, kRemove };
template <>
inline constexpr auto kWords<OperationType> = words("add", "remove");

}  // namespace amilab

namespace amilab::ec2 {

/// Appends a grantee when there is a value. Throws InvalidAMIAttributeItemValue when it is none of
/// the kind.
void append_grantee(std::vector<Grantee>& grantees, GranteeKind kind,
                    const std::optional<std::string>& value);

struct PermissionChange {
    std::vector<Grantee> add;
    std::vector<Grantee> remove;

    bool is_empty() const { return add.empty() && remove.empty(); }
    /// Whether it makes the resource public.
    bool publishes() const;
};

/// How a request spells the same change with lists of names beside an OperationType.
struct FlatChange {
    std::vector<Grantee> grantees;
    std::optional<OperationType> operation;
};

/// What the two styles amount to; both at once, as Packer and Terraform send them, are taken when
/// they say the same. `structured` is nothing where the parameter of that name, LaunchPermission
/// or CreateVolumePermission, is not sent. Throws InvalidParameterCombination, MissingParameter.
PermissionChange merge_styles(std::optional<PermissionChange> structured, const FlatChange& flat,
                              std::string_view parameter);

}  // namespace amilab::ec2
