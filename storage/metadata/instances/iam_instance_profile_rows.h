#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

/// Which profiles instances have.
namespace amilab {

struct ProfileAssociationTag {
    static constexpr std::string_view kPrefix = "iip-assoc";
};
using ProfileAssociationId = Id<ProfileAssociationTag>;

/// One that is coming or going says so in the answer that begins it alone.
enum class ProfileAssociationState : std::uint8_t { kAssociating, kAssociated, kDisassociating };
template <>
inline constexpr auto kWords<ProfileAssociationState> = words("associating", "associated",
                                                              "disassociating");

/// What is between an instance and its profile: an instance has one at most.
struct ProfileAssociationRow {
    ProfileAssociationId id{};
    InstanceId instance_id{};
    std::string profile_arn{};
    /// IAM's: "AIPA" and 17 characters more.
    std::string profile_id{};
    TimeMs time_ms = 0;
};

inline constexpr auto kProfileAssociationColumns = columns<ProfileAssociationRow>(
    "iam_instance_profile_association", "p", text<&ProfileAssociationRow::id>("id"),
    text<&ProfileAssociationRow::instance_id>("instance_id"),
    text<&ProfileAssociationRow::profile_arn>("profile_arn"),
    text<&ProfileAssociationRow::profile_id>("profile_id"),
    time<&ProfileAssociationRow::time_ms>("time_ms"));
inline constexpr FilterColumn kProfileAssociationFilters[] = {
    {"instance-id", "instance_id"},
    {"state", sql_word<ProfileAssociationState::kAssociated>},
};
inline constexpr auto kOfLivingInstance = "n.state <> " + sql_word<InstanceStateName::kTerminated>;
/// Those of instances that are there.
inline constexpr Listing<ProfileAssociationRow> kProfileAssociationList{
    .from = "iam_instance_profile_association p JOIN instance n ON n.id = p.instance_id",
    .where = kOfLivingInstance,
    .key = "p.id",
    .owner = "n.owner",
    .region = "n.region",
    .columns = kProfileAssociationColumns,
    .filters = kProfileAssociationFilters};

/// The owner's association, as the list has it.
inline std::optional<ProfileAssociationRow> select_profile_association(Database& db,
                                                                       std::string_view owner,
                                                                       std::string_view region,
                                                                       const std::string& id)
{
    static constexpr auto kWhere =
        "FROM iam_instance_profile_association p JOIN instance n ON n.id = p.instance_id"
        " WHERE n.owner = ? AND n.region = ? AND p.id = ? AND " +
        kOfLivingInstance;
    return select_row<kProfileAssociationColumns>(db, kWhere, owner, region, id);
}

/// Of those of the instances that have one, in the order of their ids.
inline std::vector<ProfileAssociationRow> select_profiles(Database& db,
                                                          const std::vector<std::string>& instances)
{
    return select_rows<kProfileAssociationColumns>(
        db,
        "FROM json_each(?) one CROSS JOIN iam_instance_profile_association p"
        " ON p.instance_id = one.value ORDER BY p.instance_id",
        json_list(instances));
}

}  // namespace amilab
