#include "server/services/ec2/images/image_usage_reports.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/images.h"
#include "server/wire/ec2/images/image_usage_reports.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_usage_report_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/sql/children.h"

namespace amilab::ec2 {

namespace {

// Source: 128 characters (documented in the service model).
constexpr std::size_t kMostReportTokenCharacters = 128;
// Source: "30 days after the report was created" (documented).
constexpr TimeMs kKeptMs = 30 * kDayMs;

/// Source: which types there are, and that only launch templates have an option (documented).
std::vector<UsageReportType> check_types(const CreateImageUsageReportRequest& request)
{
    std::vector<UsageReportType> types;
    std::set<std::string_view> seen;
    for (const auto& wanted : request.resource_types) {
        const std::string_view name =
            wanted.resource_type ? std::string_view(*wanted.resource_type) : "";
        if (!find_word<ImageUser>(name) || name == ImageUser::kParameter) {
            throw invalid_value(name, "ResourceType", "Expected the type of a resource.");
        }
        if (!seen.insert(name).second) {
            throw invalid_value(name, "ResourceType", "It is named twice.");
        }
        UsageReportType type{.resource_type = std::string(name)};
        for (const auto& option : wanted.resource_type_options) {
            if (name != ImageUser::kLaunchTemplate ||
                option.option_name != ImageUserOption::kVersionDepth) {
                throw invalid_parameter_combination(
                    fmt::format("The option '{}' is not valid for the resource type {}.",
                                option.option_name.value_or(""), name));
            }
            parse_version_depth(option.option_values);
            type.version_depth = option.option_values.front();
        }
        types.push_back(std::move(type));
    }
    if (types.empty()) {
        throw missing_parameter("ResourceType");
    }
    return types;
}

void check_accounts(const std::vector<std::string>& accounts)
{
    for (const auto& account : accounts) {
        if (!wire::is_account_id(account)) {
            throw invalid_value(account, "AccountId", "Expected an account of 12 digits.");
        }
    }
}

ImageUsageResourceTypeOption version_depth_option(const std::string& depth)
{
    ImageUsageResourceTypeOption option;
    option.option_name = text_of(ImageUserOption::kVersionDepth);
    option.option_values = {depth};
    return option;
}

ImageUsageReport to_answer(const UsageReportRow& row)
{
    ImageUsageReport report;
    report.creation_time = Timestamp{row.creation_time_ms};
    report.expiration_time = Timestamp{row.expiration_time_ms};
    report.image_id = row.image_id.text();
    report.report_id = row.id.text();
    report.state = text_of(row.state);
    return report;
}

std::vector<ImageUsageReport> to_answers(Session& session, std::vector<UsageReportRow>&& rows)
{
    const auto ids = ids_of(rows);
    const auto types = select_usage_report_types(session.db(), ids);
    const auto accounts = select_usage_report_accounts(session.db(), ids);
    const PageTags tags(session, ids);
    std::vector<ImageUsageReport> answers;
    for (const auto& row : rows) {
        const auto& id = row.id.text();
        auto& report = answers.emplace_back(to_answer(row));
        for (const auto& one : children_of(accounts, &UsageReportAccount::report_id, id)) {
            report.account_ids.push_back(one.account_id);
        }
        for (const auto& type : children_of(types, &UsageReportType::report_id, id)) {
            auto& answer = report.resource_types.emplace_back();
            answer.resource_type = type.resource_type;
            if (type.version_depth) {
                answer.resource_type_options = {version_depth_option(*type.version_depth)};
            }
        }
        report.tags = tags.of(id);
    }
    return answers;
}

std::vector<ImageUsageReportEntry> to_entries(Session& /*session*/,
                                              std::vector<UsageEntryRow>&& rows)
{
    std::vector<ImageUsageReportEntry> entries;
    for (auto& row : rows) {
        auto& entry = entries.emplace_back();
        entry.account_id = std::move(row.account_id);
        entry.image_id = row.image_id.text();
        entry.report_creation_time = Timestamp{row.report_creation_time_ms};
        entry.report_id = row.report_id.text();
        entry.resource_type = std::move(row.resource_type);
        entry.usage_count = row.usage_count;
    }
    return entries;
}

template <class Request>
void add_images(Session& /*session*/, const Request& request, ListQuery& wanted)
{
    check_ids<ImageId>(request.image_ids);
    wanted.among = {{"r.image_id", request.image_ids}};
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeImageUsageReports,
    .ids = {.member = &DescribeImageUsageReportsRequest::report_ids,
            .check = &check_ids<UsageReportId>,
            .not_with_page = "ReportIds",
            .require = &require_listed<kUsageReportList, UsageReportId, not_found>},
    .refine = &add_images<DescribeImageUsageReportsRequest>,
    .select = &select_page<kUsageReportList>,
    .answers = &to_answers,
    .into = &DescribeImageUsageReportsResponse::image_usage_reports};

constexpr DescribeSpec kDescribeEntries{
    .schema = kDescribeImageUsageReportEntries,
    .ids = {.member = &DescribeImageUsageReportEntriesRequest::report_ids,
            .check = &check_ids<UsageReportId>,
            .require = &require_listed<kUsageReportList, UsageReportId, not_found>},
    .refine = &add_images<DescribeImageUsageReportEntriesRequest>,
    .select = &select_page<kUsageEntryList>,
    .key = &key_by<&UsageEntryRow::report_id, &UsageEntryRow::account_id,
                   &UsageEntryRow::resource_type>,
    .answers = &to_entries,
    .into = &DescribeImageUsageReportEntriesResponse::image_usage_report_entries};

void remove_report(Session& session, const UsageReportId& id)
{
    delete_all_tags(session.db(), id.text());
    delete_usage_report(session.db(), id);
}

}  // namespace

std::int64_t parse_version_depth(const std::vector<std::string>& values)
{
    constexpr std::int64_t kMost = 10'000;
    const auto text = values.size() == 1 ? values.front() : fmt::format("{} values", values.size());
    std::int64_t depth = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, depth);
    if (values.size() != 1 || error != std::errc() || stop != end || depth < 1 || depth > kMost) {
        throw invalid_value(text, "OptionValue", "Expected a whole number from 1 to 10000.");
    }
    return depth;
}

// Source: EC2 API Reference, CreateImageUsageReport (documented): of one's own image; what other
// accounts use is counted when the report is made (assumed).
CreateImageUsageReportResponse create_image_usage_report(
    Session& session, const CreateImageUsageReportRequest& request)
{
    const auto image = parse_id<ImageId>(request.image_id);
    const auto types = check_types(request);
    check_accounts(request.account_ids);
    const auto tags = parse_tags<UsageReportId>(request.tag_specifications);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = CreateImageUsageReportRequest::kOperation;
    if (const auto made =
            made_before(session, kOperation, request.client_token, kMostReportTokenCharacters)) {
        return {.report_id = made};
    }
    require_own_image(session, image);
    const UsageReportRow row{.id = session.next_id<UsageReportId>(),
                             .owner = session.account(),
                             .region = session.region(),
                             .image_id = image,
                             .creation_time_ms = session.now_ms(),
                             .due_ms = session.due_ms(kUsageReportPending),
                             .expiration_time_ms = session.now_ms() + kKeptMs};
    insert_usage_report(session.db(), row, types, request.account_ids);
    store_tags(session, row.id, tags);
    remember_token(session, kOperation, request.client_token, row.id.text());
    session.schedule_at(row.expiration_time_ms, kUsageReportExpired, row.id.text());
    return {.report_id = row.id.text()};
}

// Source: EC2 API Reference, DescribeImageUsageReports (documented); an unknown report fails the
// call (assumed).
DescribeImageUsageReportsResponse describe_image_usage_reports(
    Session& session, const DescribeImageUsageReportsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DescribeImageUsageReportEntries (documented); a report that is pending
// has no entries yet.
DescribeImageUsageReportEntriesResponse describe_image_usage_report_entries(
    Session& session, const DescribeImageUsageReportEntriesRequest& request)
{
    return describe<kDescribeEntries>(session, request);
}

// Source: EC2 API Reference, DeleteImageUsageReport (documented).
DeleteImageUsageReportResponse delete_image_usage_report(
    Session& session, const DeleteImageUsageReportRequest& request)
{
    const auto id = parse_id<UsageReportId>(request.report_id);
    stop_if_dry_run(request);

    require_listed<kUsageReportList, UsageReportId, not_found>(
        session, {.owner = session.account(), .region = session.region(), .ids = {id.text()}});
    session.cancel_transitions(id.text());
    remove_report(session, id);
    return {.return_value = true};
}

void usage_report_expired(Session& session, const UsageReportId& id)
{
    remove_report(session, id);
}

namespace {

constexpr Operation kOperations[] = {
    write<create_image_usage_report>(kCreateImageUsageReport),
    read<describe_image_usage_reports>(kDescribeImageUsageReports),
    read<describe_image_usage_report_entries>(kDescribeImageUsageReportEntries),
    write<delete_image_usage_report>(kDeleteImageUsageReport, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<UsageReportId, not_found>(kTaggableByOwner<kUsageReportColumns>),
};

constexpr DueRow kDue[] = {
    when<usage_report_expired>(kUsageReportExpired),
};

constexpr Delay kDelays[] = {kUsageReportPending};

}  // namespace

constinit const Family kImageUsageReports{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
