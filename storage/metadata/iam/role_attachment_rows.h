#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Managed policies that roles have.
namespace amilab {

struct RoleAttachmentRow {
    std::string owner{};
    std::string role_name{};
    std::string policy_arn{};
};

inline constexpr auto kRoleAttachmentColumns =
    columns<RoleAttachmentRow>("iam_role_attachment", "a", text<&RoleAttachmentRow::owner>("owner"),
                               text<&RoleAttachmentRow::role_name>("role_name"),
                               text<&RoleAttachmentRow::policy_arn>("policy_arn"));

inline constexpr Listing<RoleAttachmentRow> kRoleAttachmentList{
    .key = "a.policy_arn", .region = "-", .columns = kRoleAttachmentColumns};

/// Adds to what is asked of the list: those of a role.
void want_attachments_of(ListQuery& wanted, std::string_view role);
/// Adds to what is asked of the list: that paths of policies begin so.
void want_policy_path(ListQuery& wanted, std::string_view prefix);

std::int64_t count_role_attachments(Database& db, std::string_view owner, std::string_view role);
/// Nothing where the role has the policy.
void insert_role_attachment(Database& db, const RoleAttachmentRow& row);
/// Whether the role had the policy.
bool delete_role_attachment(Database& db, const RoleAttachmentRow& row);

}  // namespace amilab
