#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/images/grantee.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// How an account blocks public sharing of its snapshots in a region; kBlockAll hides what is
/// public until it is lifted.
enum class SnapshotPublicAccess : std::uint8_t { kUnblocked, kBlockNew, kBlockAll };
template <>
inline constexpr auto kWords<SnapshotPublicAccess> = words("unblocked", "block-new-sharing",
                                                           "block-all-sharing");

/// Who besides the owner may make volumes of a snapshot. What is there already stays once.
void insert_create_volume_permission(Database& db, const SnapshotId& id, const Grantee& grantee);
void delete_create_volume_permission(Database& db, const SnapshotId& id, const Grantee& grantee);
void delete_all_create_volume_permissions(Database& db, const SnapshotId& id);
std::vector<Grantee> select_create_volume_permissions(Database& db, const SnapshotId& id);

SnapshotPublicAccess select_snapshot_block_public_access(Database& db, std::string_view owner,
                                                         std::string_view region);
void write_snapshot_block_public_access(Database& db, std::string_view owner,
                                        std::string_view region, SnapshotPublicAccess state);

}  // namespace amilab
