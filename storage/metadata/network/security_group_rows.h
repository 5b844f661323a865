#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/network/network_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/filter.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct SecurityGroupRow {
    SecurityGroupId id{};
    std::string region{};
    std::string owner{};
    VpcId vpc_id{};
    std::string name{};
    std::string description{};
};

inline constexpr auto kSecurityGroupColumns = columns<SecurityGroupRow>(
    "security_group", "g", text<&SecurityGroupRow::id>("id"),
    text<&SecurityGroupRow::region>("region"), text<&SecurityGroupRow::owner>("owner"),
    text<&SecurityGroupRow::vpc_id>("vpc_id"), text<&SecurityGroupRow::name>("name"),
    text<&SecurityGroupRow::description>("description"));

/// The name of the group that every VPC has from the start.
inline constexpr std::string_view kDefaultGroupName = "default";

/// Whatever the case of its name.
std::optional<SecurityGroupRow> select_security_group_named(Database& db, const VpcId& vpc,
                                                            std::string_view name);
/// The group named kDefaultGroupName, which every VPC has.
std::optional<SecurityGroupRow> select_default_security_group(Database& db, const VpcId& vpc);

}  // namespace amilab
