#include "server/services/ec2/snapshots/fast_restores.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/zones.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/snapshots/snapshots.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/fast_restores.h"
#include "storage/metadata/snapshots/fast_restore_rows.h"
#include "storage/metadata/snapshots/snapshot_search.h"

namespace amilab::ec2 {

namespace {

// Source: 16 TiB at most, five snapshots in a region (documented).
constexpr std::int64_t kLargestGib = 16 * 1024;
constexpr std::size_t kMostSnapshots = 5;

constexpr const char* kUserInitiated = "Client.UserInitiated";
constexpr const char* kLifecycle = "Client.UserInitiated - Lifecycle state transition";

/// Why one snapshot in one zone could not be changed. Source: that there is a code and a message
/// (documented); which is assumed.
struct Failure {
    std::string code;
    std::string message;
};

template <class Request>
std::vector<SnapshotId> check_request(const Request& request)
{
    const bool by_name = !request.availability_zones.empty();
    const bool by_id = !request.availability_zone_ids.empty();
    if (by_name && by_id) {
        throw parameters_not_together("AvailabilityZone", "AvailabilityZoneId");
    }
    if (!by_name && !by_id) {
        throw missing_parameter("AvailabilityZone");
    }
    return parse_ids<SnapshotId>(request.source_snapshot_ids);
}

/// The zones that the request names, each once.
template <class Request>
std::vector<ZoneRow> require_zones(Session& session, const Request& request)
{
    const bool by_name = !request.availability_zones.empty();
    const auto& wanted = by_name ? request.availability_zones : request.availability_zone_ids;
    auto zones = named_zones(session, request.availability_zones, request.availability_zone_ids);
    for (const auto& name : wanted) {
        const bool is_found = std::any_of(zones.begin(), zones.end(), [&](const ZoneRow& zone) {
            return (by_name ? zone.name : zone.zone_id) == name;
        });
        if (!is_found) {
            throw by_name ? invalid_zone(name) : invalid_zone_id(name);
        }
    }
    return zones;
}

std::optional<Timestamp> reached(const std::optional<TimeMs>& time_ms, TimeMs now_ms)
{
    return time_ms && *time_ms <= now_ms ? std::optional(Timestamp{*time_ms}) : std::nullopt;
}

/// What all three operations tell: the state, and when it was entered.
template <class Answer>
Answer to_answer(const Session& session, const FastRestoreRow& row)
{
    const auto now_ms = session.now_ms();
    const bool is_wished =
        row.state == FastRestoreState::kEnabling || row.state == FastRestoreState::kDisabling;
    Answer answer;
    answer.availability_zone = row.zone;
    answer.availability_zone_id = row.zone_id;
    answer.owner_id = session.account();
    answer.snapshot_id = row.snapshot_id.text();
    answer.state = text_of(row.state);
    answer.state_transition_reason = is_wished ? kUserInitiated : kLifecycle;
    answer.enabling_time = reached(row.enabling_ms, now_ms);
    answer.optimizing_time = reached(row.optimizing_ms, now_ms);
    answer.enabled_time = reached(row.enabled_ms, now_ms);
    answer.disabling_time = reached(row.disabling_ms, now_ms);
    answer.disabled_time = reached(row.disabled_ms, now_ms);
    return answer;
}

std::vector<DescribeFastSnapshotRestoreSuccessItem> to_answers(Session& session,
                                                               std::vector<FastRestoreRow>&& rows)
{
    std::vector<DescribeFastSnapshotRestoreSuccessItem> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer<DescribeFastSnapshotRestoreSuccessItem>(session, row));
    }
    return answers;
}

// Source: MaxResults from 0 on (documented); what 0 means is assumed.
constexpr DescribeSpec kDescribe{
    .schema = kDescribeFastSnapshotRestores,
    .page = {.zero_is_all = true},
    .select = &select_page<kFastRestoreList>,
    .key = &key_by<&FastRestoreRow::snapshot_id, &FastRestoreRow::zone>,
    .answers = &to_answers,
    .into = &DescribeFastSnapshotRestoresResponse::fast_snapshot_restores};

/// Notes a failure under the snapshot's own item.
template <class Item, class Error>
void add_failure(std::vector<Item>& items, const SnapshotId& id, const ZoneRow& zone,
                 const Failure& failure)
{
    if (items.empty() || items.back().snapshot_id != id.text()) {
        items.emplace_back();
        items.back().snapshot_id = id.text();
    }
    auto& error = items.back().fast_snapshot_restore_state_errors.emplace_back();
    error.availability_zone = zone.name;
    error.availability_zone_id = zone.zone_id;
    error.error = Error{.code = failure.code, .message = failure.message};
}

/// What the caller has enabled in the region, which is little: read once, whatever a call names.
class EnabledRestores {
public:
    explicit EnabledRestores(Session& session)
    {
        ListQuery wanted{
            .owner = session.account(), .region = session.region(), .now_ms = session.now_ms()};
        wanted.also.sql(" AND f.disabling_ms IS NULL");
        for (auto& row : select_page<kFastRestoreList>(session.db(), wanted)) {
            add(std::move(row));
        }
    }

    void add(FastRestoreRow row) { rows_[row.snapshot_id][row.zone] = std::move(row); }
    /// Null when it is not enabled there.
    const FastRestoreRow* find(const SnapshotId& id, const ZoneRow& zone) const
    {
        const auto zones = rows_.find(id);
        if (zones == rows_.end()) {
            return nullptr;
        }
        const auto found = zones->second.find(zone.name);
        return found == zones->second.end() ? nullptr : &found->second;
    }
    /// The row, which is not among them any more.
    std::optional<FastRestoreRow> take(const SnapshotId& id, const ZoneRow& zone)
    {
        const auto* found = find(id, zone);
        if (found == nullptr) {
            return std::nullopt;
        }
        auto row = *found;
        auto& zones = rows_.find(id)->second;
        zones.erase(zone.name);
        if (zones.empty()) {
            rows_.erase(id);
        }
        return row;
    }
    bool has(const SnapshotId& id) const { return rows_.contains(id); }
    std::size_t count_snapshots() const { return rows_.size(); }

private:
    std::map<SnapshotId, std::map<std::string, FastRestoreRow>> rows_;
};

using Snapshots = std::map<SnapshotId, SnapshotRow>;

/// The snapshots that the caller may see of these, by their ids.
Snapshots select_accessible(Session& session, const std::vector<SnapshotId>& ids)
{
    Snapshots snapshots;
    for (auto& row : select_snapshots(session.db(), {.owner = session.account(),
                                                    .region = session.region(),
                                                    .ids = texts_of(ids),
                                                    .now_ms = session.now_ms()})) {
        auto id = row.id;
        snapshots.emplace(std::move(id), std::move(row));
    }
    return snapshots;
}

const SnapshotRow& require_among(const Snapshots& snapshots, const SnapshotId& id)
{
    const auto found = snapshots.find(id);
    if (found == snapshots.end()) {
        throw not_found(id);
    }
    return found->second;
}

void require_accessible(Session& session, const std::vector<SnapshotId>& ids)
{
    const auto snapshots = select_accessible(session, ids);
    for (const auto& id : ids) {
        require_among(snapshots, id);
    }
}

/// The snapshots by their ids. Throws for one that the caller may not see, or that is archived.
Snapshots require_restorable(Session& session, const std::vector<SnapshotId>& ids)
{
    auto snapshots = select_accessible(session, ids);
    for (const auto& id : ids) {
        if (require_among(snapshots, id).tier == StorageTier::kArchive) {
            throw snapshot_is_archived(id);
        }
    }
    return snapshots;
}

/// Source: 16 TiB, five snapshots, no Local or Wavelength Zones (documented).
std::optional<Failure> why_not_enabled(const EnabledRestores& enabled, const SnapshotRow& snapshot,
                                       const ZoneRow& zone)
{
    if (zone.zone_type != ZoneType::kAvailabilityZone) {
        return Failure{"UnsupportedOperation",
                       fmt::format("Fast snapshot restore is not supported in {}.", zone.name)};
    }
    if (snapshot.volume_size_gib > kLargestGib) {
        return Failure{"InvalidParameterValue",
                       "Fast snapshot restore is not supported for snapshots of more than 16 TiB."};
    }
    if (!enabled.has(snapshot.id) && enabled.count_snapshots() >= kMostSnapshots) {
        return Failure{
            "ResourceLimitExceeded",
            fmt::format("Fast snapshot restore can be enabled for {} snapshots.", kMostSnapshots)};
    }
    return std::nullopt;
}

FastRestoreRow enable(Session& session, const SnapshotId& id, const ZoneRow& zone)
{
    const auto optimizing_ms = session.due_ms(kFastRestoreEnabling);
    const auto optimizing_takes_ms = session.due_ms(kFastRestoreOptimizing) - session.now_ms();
    FastRestoreRow row{.owner = session.account(),
                       .region = session.region(),
                       .snapshot_id = id,
                       .zone = zone.name,
                       .enabling_ms = session.now_ms(),
                       .optimizing_ms = optimizing_ms,
                       .enabled_ms = optimizing_ms + optimizing_takes_ms,
                       .zone_id = zone.zone_id,
                       .state = FastRestoreState::kEnabling};
    put_fast_restore(session.db(), row);
    return row;
}

void disable(Session& session, FastRestoreRow& row)
{
    row.disabling_ms = session.now_ms();
    row.disabled_ms = session.due_ms(kFastRestoreDisabling);
    row.state = FastRestoreState::kDisabling;
    put_fast_restore(session.db(), row);
}

}  // namespace

// Source: EC2 API Reference, EnableFastSnapshotRestores (documented): of one's own and of shared
// snapshots; enabling what is enabled is no error, an unknown snapshot fails the call (assumed).
EnableFastSnapshotRestoresResponse enable_fast_snapshot_restores(
    Session& session, const EnableFastSnapshotRestoresRequest& request)
{
    const auto ids = check_request(request);
    stop_if_dry_run(request);

    const auto zones = require_zones(session, request);
    const auto snapshots = require_restorable(session, ids);
    EnabledRestores enabled(session);
    EnableFastSnapshotRestoresResponse response;
    for (const auto& id : ids) {
        for (const auto& zone : zones) {
            using Success = EnableFastSnapshotRestoreSuccessItem;
            if (const auto* row = enabled.find(id, zone)) {
                response.successful.push_back(to_answer<Success>(session, *row));
            } else if (const auto failure = why_not_enabled(enabled, snapshots.at(id), zone)) {
                add_failure<EnableFastSnapshotRestoreErrorItem,
                            EnableFastSnapshotRestoreStateError>(response.unsuccessful, id, zone,
                                                                 *failure);
            } else {
                auto answer = to_answer<Success>(session, enable(session, id, zone));
                enabled.add(*select_fast_restore(session.db(), session.account(), session.region(),
                                                 id, zone.name, session.now_ms()));
                // As the answer of every call shows the state before what happens by itself.
                answer.optimizing_time.reset();
                answer.enabled_time.reset();
                response.successful.push_back(std::move(answer));
            }
        }
    }
    return response;
}

// Source: EC2 API Reference, DisableFastSnapshotRestores (documented); what is not enabled is told
// among the unsuccessful (assumed).
DisableFastSnapshotRestoresResponse disable_fast_snapshot_restores(
    Session& session, const DisableFastSnapshotRestoresRequest& request)
{
    const auto ids = check_request(request);
    stop_if_dry_run(request);

    const auto zones = require_zones(session, request);
    require_accessible(session, ids);
    EnabledRestores enabled(session);
    DisableFastSnapshotRestoresResponse response;
    for (const auto& id : ids) {
        for (const auto& zone : zones) {
            auto row = enabled.take(id, zone);
            if (!row) {
                add_failure<DisableFastSnapshotRestoreErrorItem,
                            DisableFastSnapshotRestoreStateError>(
                    response.unsuccessful, id, zone,
                    {"IncorrectState",
                     fmt::format("Fast snapshot restore is not enabled for {} in {}.", id.text(),
                                 zone.name)});
                continue;
            }
            disable(session, *row);
            auto answer = to_answer<DisableFastSnapshotRestoreSuccessItem>(session, *row);
            answer.disabled_time.reset();
            response.successful.push_back(std::move(answer));
        }
    }
    return response;
}

// Source: EC2 API Reference, DescribeFastSnapshotRestores (documented); what is disabled stays to
// be seen while its snapshot is there (assumed).
DescribeFastSnapshotRestoresResponse describe_fast_snapshot_restores(
    Session& session, const DescribeFastSnapshotRestoresRequest& request)
{
    return describe<kDescribe>(session, request);
}

void disable_fast_restores(Session& session, const SnapshotId& id)
{
    for (auto& row : select_fast_restores_of(session.db(), id, session.now_ms())) {
        disable(session, row);
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<enable_fast_snapshot_restores>(kEnableFastSnapshotRestores),
    write<disable_fast_snapshot_restores>(kDisableFastSnapshotRestores),
    read<describe_fast_snapshot_restores>(kDescribeFastSnapshotRestores),
};

constexpr Delay kDelays[] = {kFastRestoreEnabling, kFastRestoreOptimizing, kFastRestoreDisabling};

}  // namespace

constinit const Family kFastRestores{.operations = kOperations, .delays = kDelays};

}  // namespace amilab::ec2
