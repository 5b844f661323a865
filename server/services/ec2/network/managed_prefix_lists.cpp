#include "server/services/ec2/network/managed_prefix_lists.h"
#include "server/wire/ec2/network/managed_prefix_lists.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/routes.h"
#include "server/services/ec2/network/security_group_rules.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/ipv4_block.h"
#include "storage/metadata/network/ipv6_block.h"
#include "storage/metadata/sql/children.h"

namespace amilab::ec2 {

namespace {

constexpr std::string_view kReservedName = "com.amazonaws.";
// Source: "Maximum entries per prefix list: 1,000" (documented, VPC User Guide, "Amazon VPC
// quotas").
constexpr std::int64_t kMostEntries = 1000;

// By block: its description. The whole of one version.
using Entries = std::map<std::string, std::optional<std::string>>;

// Source: the code is documented, the text assumed.
ApiError list_not_found(const ManagedPrefixListId& id)
{
    return {"InvalidPrefixListID.NotFound",
            fmt::format("The prefix list ID '{}' does not exist.", id.text())};
}

// Source: the code is documented, the text assumed.
ApiError too_many_entries(std::int64_t most)
{
    return {
        "PrefixListMaxEntriesExceeded",
        fmt::format("You've reached the maximum number of entries for the prefix list: {}.", most)};
}

// Source: the code is documented, the text observed.
ApiError version_mismatch(std::int64_t wanted)
{
    return {"PrefixListVersionMismatch",
            fmt::format("The prefix list has the incorrect version number: {}.", wanted)};
}

ManagedPrefixList to_answer(const Session& session, const ManagedPrefixListRow& row,
                            const std::vector<Tag>& tags)
{
    ManagedPrefixList answer;
    answer.address_family = text_of(row.address_family);
    answer.owner_id = row.owner;
    answer.prefix_list_arn = resource_arn(session, "prefix-list", row.id.text());
    answer.prefix_list_id = row.id.text();
    answer.prefix_list_name = row.name;
    answer.state = text_of(row.state);
    answer.tags = tags;
    if (row.owner == kAwsOwner) {
        // Source: observed; neither size nor version are told.
        answer.prefix_list_arn =
            arn_of("ec2", session.region(), "aws", "prefix-list/" + row.id.text());
        return answer;
    }
    answer.max_entries = row.max_entries;
    answer.version = row.version;
    return answer;
}

std::vector<ManagedPrefixList> to_answers(Session& session,
                                          std::vector<ManagedPrefixListRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<ManagedPrefixList> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(session, row, tags.of(row.id.text())));
    }
    return answers;
}

/// Source: what a call does is in progress in its answer, and over afterwards (documented, that it
/// takes no time is assumed).
ManagedPrefixList answer_in_progress(Session& session, const ManagedPrefixListRow& row,
                                     const char* state)
{
    auto answer = to_answers(session, {row}).front();
    answer.state = state;
    return answer;
}

/// A list of the caller's, or one that AWS manages in the region.
std::optional<ManagedPrefixListRow> find_prefix_list(Session& session,
                                                     const ManagedPrefixListId& id)
{
    auto own = find_own<kManagedPrefixListList, &ManagedPrefixListRow::id>(session, id);
    return own ? std::move(own)
               : find_own<kAwsPrefixListList, &ManagedPrefixListRow::id>(session, id);
}

void require_visible(Session& session, const ListQuery& wanted)
{
    for (const auto& id : wanted.ids) {
        require_prefix_list(session, ManagedPrefixListId::trusted(id));
    }
}

void add_visible(Session& session, const DescribeManagedPrefixListsRequest& /*request*/,
                 ListQuery& wanted)
{
    wanted.among.emplace_back(kVisiblePrefixListOwner,
                              std::vector{session.account(), std::string(kAwsOwner)});
}

/// The caller's list, which the caller may change. Source: code and text are assumed.
ManagedPrefixListRow require_own_list(Session& session, const ManagedPrefixListId& id)
{
    auto row = require_prefix_list(session, id);
    if (row.owner == kAwsOwner) {
        throw operation_not_permitted(
            fmt::format("The prefix list '{}' is managed by AWS.", id.text()));
    }
    return row;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeManagedPrefixLists,
    .ids = {.member = &DescribeManagedPrefixListsRequest::prefix_list_ids,
            .check = &check_ids<ManagedPrefixListId>,
            .not_with_page = "PrefixListIds",
            .before_filters = true,
            .require = &require_visible},
    .refine = &add_visible,
    .select = &select_page<kVisiblePrefixListList>,
    .answers = &to_answers,
    .into = &DescribeManagedPrefixListsResponse::prefix_lists};

void check_name(const std::string& name)
{
    check_new_name(name, "PrefixListName");
    if (name.starts_with(kReservedName)) {
        throw invalid_parameter_value(
            fmt::format("Value ({}) for parameter PrefixListName is invalid. The name cannot start "
                        "with {}",
                        name, kReservedName));
    }
}

void check_size(std::int64_t entries)
{
    if (entries < 1 || entries > kMostEntries) {
        throw invalid_parameter_value(
            fmt::format("MaxEntries must be between 1 and {}.", kMostEntries));
    }
}

/// The block as its network has it. Source: as of routes and rules (assumed).
std::string parse_entry(const std::string& text, PrefixListFamily family)
{
    return family == PrefixListFamily::kIpv4 ? parse_cidr_block<Ipv4Block>(text, "cidr").text()
                                             : parse_cidr_block<Ipv6Block>(text, "cidr").text();
}

/// Throws for one that is there. Source: code and text are assumed.
void add_entries(Entries& entries, const std::vector<AddPrefixListEntry>& more,
                 PrefixListFamily family)
{
    for (const auto& one : more) {
        const auto cidr = parse_entry(one.cidr, family);
        if (one.description) {
            check_ascii(*one.description, "Description");
        }
        if (!entries.emplace(cidr, one.description).second) {
            throw invalid_parameter_value(
                fmt::format("The CIDR {} is in the prefix list more than once.", cidr));
        }
    }
}

/// Throws for one that is not there. Source: code and text are assumed.
void remove_entries(Entries& entries, const std::vector<RemovePrefixListEntry>& less,
                    PrefixListFamily family)
{
    for (const auto& one : less) {
        const auto cidr = parse_entry(one.cidr, family);
        if (entries.erase(cidr) == 0) {
            throw invalid_parameter_value(
                fmt::format("The CIDR {} is not in the prefix list.", cidr));
        }
    }
}

Entries entries_of(Session& session, const ManagedPrefixListId& id, std::int64_t version)
{
    Entries entries;
    for (auto& row : select_prefix_list_entries(session.db(), id, version)) {
        entries.emplace(std::move(row.cidr), std::move(row.description));
    }
    return entries;
}

/// Stores a version, which the row names.
void store_entries(Session& session, const ManagedPrefixListRow& row, const Entries& entries)
{
    if (static_cast<std::int64_t>(entries.size()) > row.max_entries) {
        throw too_many_entries(row.max_entries);
    }
    for (const auto& [cidr, description] : entries) {
        insert_row<kPrefixListEntryColumns>(session.db(), {.prefix_list_id = row.id.text(),
                                                           .version = row.version,
                                                           .cidr = cidr,
                                                           .description = description});
    }
}

// Source: EC2 API Reference, CreateManagedPrefixList (documented).
CreateManagedPrefixListResponse create_managed_prefix_list(
    Session& session, const CreateManagedPrefixListRequest& request)
{
    check_name(request.prefix_list_name);
    check_size(request.max_entries);
    const auto family = find_word<PrefixListFamily>(request.address_family);
    if (!family) {
        throw invalid_value(request.address_family, "AddressFamily", "Use IPv4 or IPv6.");
    }
    Entries entries;
    add_entries(entries, request.entries, *family);
    const auto tags = parse_tags<ManagedPrefixListId>(request.tag_specifications);
    stop_if_dry_run(request);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        const auto row = require_prefix_list(session, ManagedPrefixListId::trusted(*made));
        return {.prefix_list = to_answers(session, {row}).front()};
    }
    ManagedPrefixListRow row{.name = request.prefix_list_name,
                             .address_family = *family,
                             .max_entries = request.max_entries};
    insert_own<kManagedPrefixListColumns>(session, row, tags);
    store_entries(session, row, entries);
    remember_token(session, request.kOperation, request.client_token, row.id.text());
    return {.prefix_list = answer_in_progress(session, row, "create-in-progress")};
}

// Source: EC2 API Reference, DescribeManagedPrefixLists (documented): AWS's and the caller's.
DescribeManagedPrefixListsResponse describe_managed_prefix_lists(
    Session& session, const DescribeManagedPrefixListsRequest& request)
{
    return describe<kDescribe>(session, request);
}

void modify_entries(Session& session, const ModifyManagedPrefixListRequest& request,
                    ManagedPrefixListRow& row)
{
    if (!request.current_version) {
        throw missing_parameter("CurrentVersion");
    }
    auto entries = entries_of(session, row.id, row.version);
    remove_entries(entries, request.remove_entries, row.address_family);
    add_entries(entries, request.add_entries, row.address_family);
    ++row.version;
    store_entries(session, row, entries);
}

/// Throws when some of what refers to the list is too full now. Source: the call fails, and tells
/// ten of them at most (documented: by the list's state); that it does at once, with this text, is
/// ours.
template <class IdType>
void refuse_full(Session& session, const std::vector<IdType>& all,
                 bool (*is_full)(Session& session, const IdType& id), std::string_view code)
{
    constexpr std::size_t kMostTold = 10;
    std::vector<std::string> full;
    for (const auto& one : all) {
        if (full.size() < kMostTold && is_full(session, one)) {
            full.push_back(one.text());
        }
    }
    if (!full.empty()) {
        throw ApiError(std::string(code),
                       fmt::format("The following resources do not support the new maximum size "
                                   "of the prefix list: {}",
                                   fmt::join(full, ", ")));
    }
}

/// Source: the quotas' own codes are ours.
void refuse_what_is_full(Session& session, const ManagedPrefixListId& id)
{
    refuse_full(session, select_groups_with(session.db(), id), &has_too_many_rules,
                "RulesPerSecurityGroupLimitExceeded");
    refuse_full(session, select_route_tables_with(session.db(), id), &has_too_many_routes,
                "RouteLimitExceeded");
}

void modify_size(Session& session, std::int64_t most, ManagedPrefixListRow& row)
{
    check_size(most);
    if (static_cast<std::int64_t>(entries_of(session, row.id, row.version).size()) > most) {
        throw too_many_entries(most);
    }
    const bool grows = most > row.max_entries;
    row.max_entries = most;
    if (grows) {
        update_prefix_list(session.db(), row);
        refuse_what_is_full(session, row.id);
    }
}

// Source: EC2 API Reference, ModifyManagedPrefixList (documented): entries make a new version, a
// name none; entries and size do not go together.
ModifyManagedPrefixListResponse modify_managed_prefix_list(
    Session& session, const ModifyManagedPrefixListRequest& request)
{
    const auto id = parse_id<ManagedPrefixListId>(request.prefix_list_id);
    const bool has_entries = !request.add_entries.empty() || !request.remove_entries.empty();
    if (has_entries && request.max_entries) {
        throw invalid_parameter_combination(
            "You cannot modify the entries of a prefix list and its size at the same time.");
    }
    if (!has_entries && !request.max_entries && !is_given(request.prefix_list_name)) {
        throw no_attribute_to_modify();
    }
    if (is_given(request.prefix_list_name)) {
        check_name(*request.prefix_list_name);
    }
    stop_if_dry_run(request);
    auto row = require_own_list(session, id);
    if (request.current_version && *request.current_version != row.version) {
        throw version_mismatch(*request.current_version);
    }
    row.name = is_given(request.prefix_list_name) ? *request.prefix_list_name : row.name;
    row.state = PrefixListState::kModified;
    if (has_entries) {
        modify_entries(session, request, row);
    }
    if (request.max_entries) {
        modify_size(session, *request.max_entries, row);
    }
    update_prefix_list(session.db(), row);
    return {.prefix_list = answer_in_progress(session, row, "modify-in-progress")};
}

/// Throws unless the list has had the version. Source: code and text are assumed.
void require_version(const ManagedPrefixListRow& row, std::int64_t version)
{
    if (version < 1 || version > row.version) {
        throw invalid_parameter_value(
            fmt::format("The prefix list {} has no version {}.", row.id.text(), version));
    }
}

// Source: EC2 API Reference, RestoreManagedPrefixListVersion (documented): its entries become those
// of a new version.
RestoreManagedPrefixListVersionResponse restore_managed_prefix_list_version(
    Session& session, const RestoreManagedPrefixListVersionRequest& request)
{
    const auto id = parse_id<ManagedPrefixListId>(request.prefix_list_id);
    stop_if_dry_run(request);
    auto row = require_own_list(session, id);
    if (request.current_version != row.version) {
        throw version_mismatch(request.current_version);
    }
    require_version(row, request.previous_version);
    const auto entries = entries_of(session, id, request.previous_version);
    ++row.version;
    row.state = PrefixListState::kRestored;
    store_entries(session, row, entries);
    update_prefix_list(session.db(), row);
    return {.prefix_list = answer_in_progress(session, row, "restore-in-progress")};
}

// Source: EC2 API Reference, DeleteManagedPrefixList (documented): without references; the code of
// the refusal is assumed.
DeleteManagedPrefixListResponse delete_managed_prefix_list(
    Session& session, const DeleteManagedPrefixListRequest& request)
{
    const auto id = parse_id<ManagedPrefixListId>(request.prefix_list_id);
    stop_if_dry_run(request);
    const auto row = require_own_list(session, id);
    if (is_prefix_list_used(session.db(), id)) {
        throw has_dependencies("prefix list", id.text());
    }
    DeleteManagedPrefixListResponse response{
        .prefix_list = answer_in_progress(session, row, "delete-in-progress")};
    delete_own<kManagedPrefixListColumns>(session, id);
    return response;
}

void choose_version(Session& session, const GetManagedPrefixListEntriesRequest& request,
                    ListQuery& wanted)
{
    const auto row =
        require_prefix_list(session, parse_id<ManagedPrefixListId>(request.prefix_list_id));
    const auto version = request.target_version.value_or(row.version);
    require_version(row, version);
    wanted.among.emplace_back(kEntryPrefixList, std::vector{row.id.text()});
    wanted.among.emplace_back(kEntryVersion, std::vector{std::to_string(version)});
    wanted.among.emplace_back(kEntryRegion,
                              std::vector{row.owner == kAwsOwner ? row.region : std::string()});
}

std::vector<PrefixListEntry> to_entries(Session& /*session*/,
                                        std::vector<PrefixListEntryRow>&& rows)
{
    std::vector<PrefixListEntry> answers;
    for (auto& row : rows) {
        answers.push_back({.cidr = row.cidr, .description = row.description});
    }
    return answers;
}

constexpr DescribeSpec kEntries{.schema = kGetManagedPrefixListEntries,
                                .resolve = &choose_version,
                                .select = &select_page<kPrefixListEntryList>,
                                .key = &key_by<&PrefixListEntryRow::cidr>,
                                .answers = &to_entries,
                                .into = &GetManagedPrefixListEntriesResponse::entries};

// Source: EC2 API Reference, GetManagedPrefixListEntries (documented); the order is assumed.
GetManagedPrefixListEntriesResponse get_managed_prefix_list_entries(
    Session& session, const GetManagedPrefixListEntriesRequest& request)
{
    return describe<kEntries>(session, request);
}

void choose_list(Session& session, const GetManagedPrefixListAssociationsRequest& request,
                 ListQuery& wanted)
{
    const auto row =
        require_prefix_list(session, parse_id<ManagedPrefixListId>(request.prefix_list_id));
    wanted.among.emplace_back(kUsedPrefixList, std::vector{row.id.text()});
}

std::vector<PrefixListAssociation> to_associations(Session& /*session*/,
                                                   std::vector<PrefixListUseRow>&& rows)
{
    std::vector<PrefixListAssociation> answers;
    for (auto& row : rows) {
        answers.push_back({.resource_id = row.id, .resource_owner = row.owner});
    }
    return answers;
}

constexpr DescribeSpec kAssociations{
    .schema = kGetManagedPrefixListAssociations,
    .resolve = &choose_list,
    .select = &select_page<kPrefixListUseList>,
    .key = &key_by<&PrefixListUseRow::id>,
    .answers = &to_associations,
    .into = &GetManagedPrefixListAssociationsResponse::prefix_list_associations};

// Source: EC2 API Reference, GetManagedPrefixListAssociations (documented).
GetManagedPrefixListAssociationsResponse get_managed_prefix_list_associations(
    Session& session, const GetManagedPrefixListAssociationsRequest& request)
{
    return describe<kAssociations>(session, request);
}

std::vector<PrefixList> to_services(Session& session, std::vector<ManagedPrefixListRow>&& rows)
{
    const auto entries =
        select_aws_prefix_list_entries(session.db(), session.region(), ids_of(rows));
    std::vector<PrefixList> answers;
    for (const auto& row : rows) {
        PrefixList answer{
            .cidrs = {}, .prefix_list_id = row.id.text(), .prefix_list_name = row.name};
        for (const auto& entry :
             children_of(entries, &PrefixListEntryRow::prefix_list_id, row.id.text())) {
            answer.cidrs.push_back(entry.cidr);
        }
        answers.push_back(std::move(answer));
    }
    return answers;
}

// Source: that one which AWS does not manage is not found is as of DescribeManagedPrefixLists
// (assumed).
constexpr DescribeSpec kServices{
    .schema = kDescribePrefixLists,
    .ids = {.member = &DescribePrefixListsRequest::prefix_list_ids,
            .check = &check_ids<ManagedPrefixListId>,
            .not_with_page = "PrefixListIds",
            .before_filters = true,
            .require = &require_listed<kAwsPrefixListList, ManagedPrefixListId, list_not_found>},
    .select = &select_page<kAwsPrefixListList>,
    .answers = &to_services,
    .into = &DescribePrefixListsResponse::prefix_lists};

// Source: EC2 API Reference, DescribePrefixLists (documented): AWS's own with their blocks.
DescribePrefixListsResponse describe_prefix_lists(Session& session,
                                                  const DescribePrefixListsRequest& request)
{
    return describe<kServices>(session, request);
}

constexpr Operation kOperations[] = {
    write<create_managed_prefix_list>(kCreateManagedPrefixList),
    read<describe_managed_prefix_lists>(kDescribeManagedPrefixLists),
    read<describe_prefix_lists>(kDescribePrefixLists),
    write<modify_managed_prefix_list>(kModifyManagedPrefixList),
    write<delete_managed_prefix_list>(kDeleteManagedPrefixList, {.frees_space = true}),
    read<get_managed_prefix_list_entries>(kGetManagedPrefixListEntries),
    read<get_managed_prefix_list_associations>(kGetManagedPrefixListAssociations),
    write<restore_managed_prefix_list_version>(kRestoreManagedPrefixListVersion),
};

constexpr ResourceKind kKinds[] = {
    kind<ManagedPrefixListId, list_not_found>(kTaggableByOwner<kManagedPrefixListColumns>),
};

}  // namespace

ManagedPrefixListRow require_prefix_list(Session& session, const ManagedPrefixListId& id)
{
    auto row = find_prefix_list(session, id);
    if (!row) {
        throw list_not_found(id);
    }
    return std::move(*row);
}

constinit const Family kManagedPrefixLists{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
