#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/sql/listing.h"
#include "storage/metadata/sql/sql_text.h"

namespace amilab {

struct BundleTaskTag {
    static constexpr std::string_view kPrefix = "bun";
    static constexpr std::string_view kMalformed = "InvalidBundleID.Malformed";
};
using BundleTaskId = Id<BundleTaskTag>;

/// The states that tasks come into here, of all that AWS names.
enum class BundleTaskState : std::uint8_t { kPending, kBundling, kCancelling, kComplete, kFailed };
template <>
inline constexpr auto kWords<BundleTaskState> = words("pending", "bundling", "cancelling",
                                                      "complete", "failed");

struct BundleTaskRow {
    BundleTaskId id{};
    std::string region{};
    std::string owner{};
    InstanceId instance_id{};
    /// Of the manifest that the instance's image has.
    std::string location{};
    std::string bucket{};
    std::string prefix{};
    /// As they were given.
    std::optional<std::string> access_key{};
    std::optional<std::string> upload_policy{};
    std::optional<std::string> upload_policy_signature{};
    TimeMs start_time_ms = 0;
    TimeMs update_time_ms = 0;
    /// When its bytes begin to move.
    TimeMs due_ms = 0;
    BundleTaskState state{};
    /// Of the bytes.
    std::int64_t percent = 0;
    std::optional<std::string> error_code{};
    std::optional<std::string> error_message{};
    /// Read only: "20%"; nothing before the bytes move.
    std::optional<std::string> progress{};
};

inline constexpr auto kBundleTaskProgress =
    "iif(t.state = " + sql_word<BundleTaskState::kPending> + ", NULL, t.percent || '%')";
inline constexpr auto kBundleTaskColumns = columns<BundleTaskRow>(
    "bundle_task", "t", text<&BundleTaskRow::id>("id"), text<&BundleTaskRow::region>("region"),
    text<&BundleTaskRow::owner>("owner"), text<&BundleTaskRow::instance_id>("instance_id"),
    text<&BundleTaskRow::location>("location"), text<&BundleTaskRow::bucket>("bucket"),
    text<&BundleTaskRow::prefix>("prefix"), text<&BundleTaskRow::access_key>("access_key"),
    text<&BundleTaskRow::upload_policy>("upload_policy"),
    text<&BundleTaskRow::upload_policy_signature>("upload_policy_signature"),
    time<&BundleTaskRow::start_time_ms>("start_time_ms"),
    time<&BundleTaskRow::update_time_ms>("update_time_ms"), time<&BundleTaskRow::due_ms>("due_ms"),
    text<&BundleTaskRow::state>("state"), integer<&BundleTaskRow::percent>("percent"),
    text<&BundleTaskRow::error_code>("error_code"),
    text<&BundleTaskRow::error_message>("error_message"),
    text<&BundleTaskRow::progress>("progress").as(kBundleTaskProgress));
inline constexpr FilterColumn kBundleTaskFilters[] = {
    {"bundle-id", "id"},
    {"error-code", "error_code"},
    {"error-message", "error_message"},
    {"instance-id", "instance_id"},
    {"progress", "progress"},
    {"s3-bucket", "bucket"},
    {"s3-prefix", "prefix"},
    {"start-time", "start_time_ms"},
    {"state", "state"},
    {"update-time", "update_time_ms"},
};
inline constexpr Listing<BundleTaskRow> kBundleTaskList{
    .key = "t.id", .columns = kBundleTaskColumns, .filters = kBundleTaskFilters};

std::optional<BundleTaskRow> select_bundle_task(Database& db, const BundleTaskId& id);
/// Whether a task of the instance is under way.
bool is_being_bundled(Database& db, const InstanceId& instance);
/// Notes how much is done, and that it is bundling.
void set_bundle_task_percent(Database& db, const BundleTaskId& id, std::int64_t percent,
                             TimeMs now_ms);
void set_bundle_task_state(Database& db, const BundleTaskId& id, BundleTaskState state,
                           TimeMs now_ms);
void fail_bundle_task(Database& db, const BundleTaskId& id, std::string_view code,
                      std::string_view message, TimeMs now_ms);

}  // namespace amilab
