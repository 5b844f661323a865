#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/metadata/images/grantee.h"

/// Changes of who may use an image or a snapshot, in the two styles in which requests spell them.
namespace amilab {

enum class OperationType : std::uint8_t { kAdd, kRemove };
template <>
inline constexpr auto kWords<OperationType> = words("add", "remove");

}  // namespace amilab

namespace amilab::ec2 {

/// Whether the text can be a grantee of the kind; ARNs of all partitions can.
bool is_grantee(GranteeKind kind, const std::string& text);

/// Grantees as a request in a region names them.
class RequestedGrantees {
public:
    explicit RequestedGrantees(std::string_view region) : region_(region) {}

    /// Appends a grantee when there is a value. Throws InvalidAMIAttributeItemValue when it is none
    /// of the kind, or an ARN of another partition than the region's.
    void append(GranteeKind kind, const std::optional<std::string>& value);
    std::size_t size() const { return grantees_.size(); }
    std::vector<Grantee> take() { return std::move(grantees_); }

private:
    std::string_view region_;
    std::vector<Grantee> grantees_;
};

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
