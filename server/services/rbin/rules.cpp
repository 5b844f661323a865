#include "server/services/rbin/rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/describe.h"
#include "server/calls/request_values.h"
#include "server/services/rbin/errors.h"
#include "server/services/rbin/tags.h"
#include "server/wire/json.h"
#include "server/wire/rbin/rules.h"
#include "server/wire/rbin/schema.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/metadata/recycle_bin/recycle_rule_rows.h"

namespace amilab::rbin {

namespace {

using RecycleRuleLock::kLocked;
using RecycleRuleLock::kPendingUnlock;

// Source: Amazon EBS User Guide, Recycle Bin quotas (documented).
constexpr std::int64_t kMostRules = 250;
constexpr std::int64_t kMostRulesOfOneTag = 5;

RecycleRuleRow require_rule(Session& session, const std::string& id)
{
    // Source: 11 letters and digits (documented).
    constexpr std::size_t kLength = 11;
    if (id.size() != kLength || !has_only(id, "")) {
        throw invalid_parameter(fmt::format("'{}' is no identifier of a retention rule.", id));
    }
    auto row = select_recycle_rule(session.db(), session.account(), session.region(), id,
                                   session.now_ms());
    if (!row) {
        throw rule_not_found(id);
    }
    return *row;
}

/// Source: volumes 1 to 7 days, snapshots and images 1 to 365 (documented).
void check_retention(RecycleRuleType resource_type, std::int64_t days)
{
    const std::int64_t most = resource_type == RecycleRuleType::kVolume ? 7 : 365;
    if (days > most) {
        throw invalid_parameter(fmt::format("The retention period for {} is 1 to {} days, not {}.",
                                            text_of(resource_type), most, days));
    }
}

/// Source: ^[\S ]{0,255}$ (documented).
void check_description(const std::optional<std::string>& description)
{
    constexpr std::size_t kMost = 255;
    const bool has_other_spaces =
        description && description->find_first_of("\t\n\v\f\r") != std::string::npos;
    if (has_other_spaces || wire::characters(description.value_or("")) > kMost) {
        throw invalid_parameter(
            "A description has at most 255 characters and no white space but blanks.");
    }
}

std::vector<RecycleRuleTag> read_resource_tags(const std::vector<ResourceTag>& tags,
                                               std::string_view parameter)
{
    constexpr std::size_t kMostKey = 128;
    constexpr std::size_t kMostValue = 256;
    std::vector<RecycleRuleTag> rows;
    for (const auto& tag : tags) {
        const auto key = tag.resource_tag_key.value_or("");
        if (key.empty() || wire::characters(key) > kMostKey ||
            wire::characters(tag.resource_tag_value.value_or("")) > kMostValue) {
            throw invalid_parameter(
                fmt::format("{}: a key has 1 to {} characters, a value {} at most.", parameter,
                            kMostKey, kMostValue));
        }
        const RecycleRuleTag row{key, tag.resource_tag_value};
        if (std::find(rows.begin(), rows.end(), row) != rows.end()) {
            throw invalid_parameter(fmt::format("{} names the tag {} twice.", parameter, key));
        }
        rows.push_back(row);
    }
    return rows;
}

std::vector<ResourceTag> to_resource_tags(const std::vector<RecycleRuleTag>& rows)
{
    std::vector<ResourceTag> tags;
    for (const auto& row : rows) {
        tags.push_back({.resource_tag_key = row.key, .resource_tag_value = row.value});
    }
    return tags;
}

/// Source: exclusion tags are for Region-level rules alone, and locks for those without any
/// (documented).
void check_kind(const RecycleRuleRow& row)
{
    if (!row.resource_tags.empty() && !row.exclude_resource_tags.empty()) {
        throw invalid_parameter(
            "ResourceTags and ExcludeResourceTags cannot be in one retention rule.");
    }
    const bool is_locked = row.lock_state == kLocked || row.lock_state == kPendingUnlock;
    if (is_locked && (!row.resource_tags.empty() || !row.exclude_resource_tags.empty())) {
        throw invalid_parameter(
            "Only a Region-level retention rule without exclusion tags can be locked.");
    }
}

/// Source: the same pair in five rules at most (documented).
void check_tag_quota(Session& session, const RecycleRuleRow& row)
{
    for (const auto& tag : row.resource_tags) {
        if (count_recycle_rules_naming(session.db(), row.owner, row.region, tag, row.id) >=
            kMostRulesOfOneTag) {
            throw quota_exceeded(
                fmt::format("The resource tag {} is in {} retention rules already.", tag.key,
                            kMostRulesOfOneTag));
        }
    }
}

/// Source: a locked rule, or one in its unlock delay, can't be modified or deleted (documented).
void require_unlocked(const RecycleRuleRow& row)
{
    if (row.lock_state == kLocked || row.lock_state == kPendingUnlock) {
        throw invalid_rule_state(
            fmt::format("The retention rule {} is {}.", row.id, text_of(*row.lock_state)));
    }
}

RetentionPeriod to_period(const RecycleRuleRow& row)
{
    return {.retention_period_unit = "DAYS", .retention_period_value = row.retention_days};
}

/// What all answers but a list's say, as far as they have room for it.
template <class Response>
Response to_answer(const RecycleRuleRow& row)
{
    Response answer;
    answer.description = row.description.value_or("");
    answer.exclude_resource_tags = to_resource_tags(row.exclude_resource_tags);
    answer.identifier = row.id;
    answer.lock_state = text_of(row.lock_state);
    answer.resource_tags = to_resource_tags(row.resource_tags);
    answer.resource_type = text_of(row.resource_type);
    answer.retention_period = to_period(row);
    answer.rule_arn = rule_arn(row);
    answer.status = text_of(row.status);
    if constexpr (requires { answer.lock_configuration; }) {
        if (row.unlock_delay_days) {
            answer.lock_configuration = LockConfiguration{
                .unlock_delay = UnlockDelay{.unlock_delay_unit = "DAYS",
                                            .unlock_delay_value = row.unlock_delay_days}};
        }
    }
    if constexpr (requires { answer.lock_end_time; }) {
        if (row.lock_end_time_ms) {
            answer.lock_end_time = Timestamp{*row.lock_end_time_ms};
        }
    }
    if constexpr (requires { answer.tags; }) {
        answer.tags = to_tags(row.tags);
    }
    return answer;
}

std::int64_t unlock_delay_of(const LockConfiguration& configuration)
{
    return configuration.unlock_delay->unlock_delay_value.value_or(0);
}

void add_wishes(Session& /*session*/, const ListRulesRequest& request, ListQuery& wanted)
{
    want_type(wanted, request.resource_type);
    want_lock_state(wanted, request.lock_state);
    want_resource_tags(wanted, read_resource_tags(request.resource_tags, "ResourceTags"));
    want_exclude_resource_tags(
        wanted, read_resource_tags(request.exclude_resource_tags, "ExcludeResourceTags"));
}

std::vector<RuleSummary> to_summaries(Session& /*session*/, std::vector<RecycleRuleRow>&& rows)
{
    std::vector<RuleSummary> answers;
    for (const auto& row : rows) {
        answers.push_back({.description = row.description.value_or(""),
                           .identifier = row.id,
                           .lock_state = text_of(row.lock_state),
                           .retention_period = to_period(row),
                           .rule_arn = rule_arn(row)});
    }
    return answers;
}

constexpr std::int64_t kUsualPage = 1000;
constexpr DescribeSpec kListSpec{.schema = kListRules,
                                 .page = {.usual = kUsualPage, .refuse_token = &invalid_page_token},
                                 .refine = &add_wishes,
                                 .select = &select_recycle_rules,
                                 .key = &key_by<&RecycleRuleRow::id>,
                                 .answers = &to_summaries,
                                 .into = &ListRulesResponse::rules};

RecycleRuleRow to_row(const Session& session, const CreateRuleRequest& request)
{
    RecycleRuleRow row{
        .region = session.region(),
        .owner = session.account(),
        .resource_type = to_word<RecycleRuleType>(request.resource_type),
        .retention_days = request.retention_period.retention_period_value.value_or(0),
        .description = request.description,
        .status = RecycleRuleStatus::kAvailable,
        .resource_tags = read_resource_tags(request.resource_tags, "ResourceTags"),
        .exclude_resource_tags =
            read_resource_tags(request.exclude_resource_tags, "ExcludeResourceTags"),
        .tags = with_tags({}, request.tags)};
    if (request.lock_configuration) {
        row.lock_state = kLocked;
        row.unlock_delay_days = unlock_delay_of(*request.lock_configuration);
    }
    return row;
}

}  // namespace

// Source: Recycle Bin API Reference, CreateRule (documented); that the answer says pending and a
// later one available is as in its examples (observed).
CreateRuleResponse create_rule(Session& session, const CreateRuleRequest& request)
{
    check_retention(to_word<RecycleRuleType>(request.resource_type),
                    request.retention_period.retention_period_value.value_or(0));
    check_description(request.description);
    auto row = to_row(session, request);
    check_kind(row);

    check_tag_quota(session, row);
    if (count_recycle_rules(session.db(), row.owner, row.region) >= kMostRules) {
        throw quota_exceeded(fmt::format("A Region has {} retention rules at most.", kMostRules));
    }
    row.id = next_recycle_rule_id(session.ids());
    insert_recycle_rule(session.db(), row);
    auto answer = to_answer<CreateRuleResponse>(row);
    answer.status = text_of(RecycleRuleStatus::kPending);
    return answer;
}

// Source: Recycle Bin API Reference, GetRule (documented).
GetRuleResponse get_rule(Session& session, const GetRuleRequest& request)
{
    return to_answer<GetRuleResponse>(require_rule(session, request.identifier));
}

// Source: Recycle Bin API Reference, ListRules (documented); a rule is listed when it has all of
// the tags that are asked for (assumed), in the order of identifiers (assumed).
ListRulesResponse list_rules(Session& session, const ListRulesRequest& request)
{
    return answer_list<kListSpec>(session, request);
}

// Source: Recycle Bin API Reference, UpdateRule (documented). The resource type cannot be changed
// (documented); naming the one that it is passes (assumed).
UpdateRuleResponse update_rule(Session& session, const UpdateRuleRequest& request)
{
    check_description(request.description);
    auto row = require_rule(session, request.identifier);
    if (request.resource_type && !(*request.resource_type == row.resource_type)) {
        throw invalid_parameter("A retention rule's ResourceType cannot be changed.");
    }
    require_unlocked(row);
    if (request.retention_period) {
        row.retention_days = request.retention_period->retention_period_value.value_or(0);
        check_retention(row.resource_type, row.retention_days);
    }
    if (request.description) {
        row.description = request.description;
    }
    if (request.resource_tags) {
        row.resource_tags = read_resource_tags(*request.resource_tags, "ResourceTags");
    }
    if (request.exclude_resource_tags) {
        row.exclude_resource_tags =
            read_resource_tags(*request.exclude_resource_tags, "ExcludeResourceTags");
    }
    check_kind(row);
    check_tag_quota(session, row);
    update_recycle_rule(session.db(), row);
    return to_answer<UpdateRuleResponse>(row);
}

// Source: Recycle Bin API Reference, DeleteRule (documented).
DeleteRuleResponse delete_rule(Session& session, const DeleteRuleRequest& request)
{
    const auto row = require_rule(session, request.identifier);
    require_unlocked(row);
    delete_recycle_rule(session.db(), row.id);
    return {};
}

// Source: Amazon EBS User Guide, "Lock a Recycle Bin retention rule" (documented): a rule in its
// unlock delay may be locked again, but not with another delay; a locked one not (assumed).
LockRuleResponse lock_rule(Session& session, const LockRuleRequest& request)
{
    auto row = require_rule(session, request.identifier);
    const auto delay_days = unlock_delay_of(request.lock_configuration);
    if (row.lock_state == kLocked) {
        throw invalid_rule_state(fmt::format("The retention rule {} is locked.", row.id));
    }
    if (row.lock_state == kPendingUnlock && row.unlock_delay_days != delay_days) {
        throw invalid_rule_state(fmt::format(
            "The unlock delay of the retention rule {} cannot be changed while it is {}.", row.id,
            text_of(kPendingUnlock)));
    }
    row.lock_state = kLocked;
    row.unlock_delay_days = delay_days;
    row.lock_end_time_ms.reset();
    check_kind(row);
    update_recycle_rule(session.db(), row);
    return to_answer<LockRuleResponse>(row);
}

// Source: Amazon EBS User Guide, "Unlock a Recycle Bin retention rule" (documented).
UnlockRuleResponse unlock_rule(Session& session, const UnlockRuleRequest& request)
{
    auto row = require_rule(session, request.identifier);
    if (row.lock_state != kLocked) {
        throw invalid_rule_state(fmt::format("The retention rule {} is not locked.", row.id));
    }
    row.lock_state = kPendingUnlock;
    row.lock_end_time_ms = session.now_ms() + row.unlock_delay_days.value_or(0) * kDayMs;
    update_recycle_rule(session.db(), row);
    return to_answer<UnlockRuleResponse>(row);
}

namespace {

constexpr Operation kOperations[] = {
    write<create_rule>(kCreateRule),
    read<get_rule>(kGetRule),
    read<list_rules>(kListRules),
    write<update_rule>(kUpdateRule),
    write<delete_rule>(kDeleteRule, {.frees_space = true}),
    write<lock_rule>(kLockRule),
    write<unlock_rule>(kUnlockRule),
};

}  // namespace

constinit const Family kRules{.operations = kOperations};

}  // namespace amilab::rbin
