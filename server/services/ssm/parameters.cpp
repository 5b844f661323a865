#include "server/services/ssm/parameters.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/describe.h"
#include "server/calls/request_values.h"
#include "server/calls/services.h"
#include "server/services/ssm/errors.h"
#include "server/services/ssm/parameter_filters.h"
#include "server/services/ssm/parameter_names.h"
#include "server/services/ssm/parameter_tags.h"
#include "server/services/ssm/parameter_values.h"
#include "server/wire/json.h"
#include "server/wire/ssm/parameters.h"
#include "server/wire/ssm/schema.h"
#include "server/wire/wire_errors.h"
#include "storage/base/lists.h"
#include "storage/metadata/parameters/parameter_rows.h"

namespace amilab::ssm {

namespace {

// Source: Systems Manager User Guide and quotas (documented).
constexpr std::int64_t kMostParameters = 10'000;
constexpr std::int64_t kMostVersions = 100;
constexpr std::ptrdiff_t kMostLabels = 10;
constexpr std::size_t kLongestStandard = 4096;
constexpr std::size_t kLongestAdvanced = 8192;
// Source: without MaxResults (observed).
constexpr std::int64_t kPathPage = 10;
constexpr std::int64_t kListPage = 10;
constexpr std::int64_t kHistoryPage = 50;

constexpr std::string_view kText = "text";
constexpr std::string_view kImageType = "aws:ec2:image";

// Source: the service model, DataType (documented); these want validations of their own.
constexpr std::array<std::string_view, 14> kOtherDataTypes = {"aws:ssm:integration",
                                                              "aws:region",
                                                              "aws:account:id",
                                                              "boolean",
                                                              "integer",
                                                              "float",
                                                              "binary",
                                                              "hostname",
                                                              "email",
                                                              "ipv4-address",
                                                              "ipv6-address",
                                                              "url",
                                                              "json",
                                                              "jsonc"};

Parameter parameter_answer(ParameterRow row, const std::optional<std::string>& selector = {})
{
    Parameter answer;
    answer.arn = parameter_arn(row.region, row.owner, row.name);
    answer.data_type = std::move(row.data_type);
    answer.last_modified_date = Timestamp{row.last_modified_ms};
    answer.name = std::move(row.name);
    if (selector) {
        answer.selector = fmt::format(":{}", *selector);
    }
    answer.type = std::move(row.type);
    answer.value = std::move(row.value);
    answer.version = row.version;
    return answer;
}

ParameterMetadata metadata_answer(ParameterRow row)
{
    ParameterMetadata answer;
    answer.allowed_pattern = std::move(row.allowed_pattern);
    answer.arn = parameter_arn(row.region, row.owner, row.name);
    answer.data_type = std::move(row.data_type);
    answer.description = std::move(row.description);
    answer.key_id = std::move(row.key_id);
    answer.last_modified_date = Timestamp{row.last_modified_ms};
    if (!row.last_modified_user.empty()) {
        answer.last_modified_user = std::move(row.last_modified_user);
    }
    answer.name = std::move(row.name);
    answer.tier = std::move(row.tier);
    answer.type = std::move(row.type);
    answer.version = row.version;
    return answer;
}

ParameterKey own_key(Session& session, std::string_view name)
{
    return {session.account(), session.region(), name};
}

// Source: PutParameter, Tier (documented). Intelligent-Tiering takes what the value wants.
std::string choose_tier(const PutParameterRequest& request, const std::optional<ParameterRow>& old)
{
    const bool is_long = request.value.size() > kLongestStandard;
    const auto wanted =
        request.tier.value_or(old ? old->tier : std::string(text_of(ParameterTier::kStandard)));
    const bool is_intelligent = wanted == ParameterTier::kIntelligentTiering;
    const bool was_advanced = old && old->tier == ParameterTier::kAdvanced;
    if (wanted == ParameterTier::kStandard && was_advanced) {
        throw tier_lowered();
    }
    const bool is_advanced =
        wanted == ParameterTier::kAdvanced || (is_intelligent && (is_long || was_advanced));
    const auto tier = is_advanced ? ParameterTier::kAdvanced : ParameterTier::kStandard;
    if (request.value.size() > (is_advanced ? kLongestAdvanced : kLongestStandard) &&
        !(is_intelligent && request.value.size() <= kLongestAdvanced)) {
        throw value_too_long(text_of(tier), is_advanced ? kLongestAdvanced : kLongestStandard);
    }
    return std::string(text_of(tier));
}

/// Source: observed; the model does not say so for values.
ApiError too_short(std::string_view value, std::string_view path)
{
    return wire::constraints_failed(
        {wire::constraint_failure(value, path,
                                  "Member must have length greater than or equal to 1")},
        path);
}

void check_data_type(const std::string& data_type)
{
    if (data_type == kText || data_type == kImageType) {
        return;
    }
    if (std::find(kOtherDataTypes.begin(), kOtherDataTypes.end(), data_type) !=
        kOtherDataTypes.end()) {
        throw data_type_not_offered(data_type);
    }
    throw unsupported_data_type(data_type);
}

/// What of a put needs no state.
void check_put(const PutParameterRequest& request, const std::string& name)
{
    check_name(name);
    if (request.value.empty()) {
        throw too_short("''", "value");
    }
    if (request.data_type) {
        check_data_type(*request.data_type);
    }
    if (!request.tags.empty() && request.overwrite.value_or(false)) {
        throw tags_with_overwrite();
    }
    const auto nested = request.value.find("{{");
    if (nested != std::string::npos && request.value.find("}}", nested) != std::string::npos) {
        throw value_nests_parameters();
    }
}

/// Makes room for one more version. Source: the oldest goes, unless it has a label (documented).
void drop_oldest_version(Session& session, const ParameterKey& key)
{
    if (count_parameter_versions(session.db(), key) < kMostVersions) {
        return;
    }
    const auto oldest = select_oldest_version(session.db(), key);
    if (oldest.is_labelled) {
        throw oldest_version_has_label(key.name, oldest.version);
    }
    delete_parameter_version(session.db(), key, oldest.version);
}

void check_change(const PutParameterRequest& request, const ParameterRow& old)
{
    if (!request.overwrite.value_or(false)) {
        throw parameter_already_exists();
    }
    if (request.type && *request.type != old.type) {
        throw type_changed();
    }
    if (request.data_type && *request.data_type != old.data_type) {
        throw data_type_changed();
    }
}

void check_new(Session& session, const PutParameterRequest& request)
{
    if (!request.type) {
        throw type_missing();
    }
    if (count_parameters(session.db(), session.account(), session.region()) >= kMostParameters) {
        throw parameter_limit_exceeded();
    }
}

/// Source: LabelParameterVersion (documented): letters, digits, period, hyphen, underscore; not
/// beginning with a digit, aws or ssm in any case.
bool is_label(std::string_view label)
{
    std::string lower(label);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) {
        return static_cast<char>(c < 0x80 ? std::tolower(c) : c);
    });
    return !lower.empty() && (lower[0] < '0' || lower[0] > '9') && !lower.starts_with("aws") &&
           !lower.starts_with("ssm") && has_only(lower, ".-_");
}

/// What a secret is, and what its value may be.
void check_value(Session& session, const ParameterRow& row)
{
    const bool is_secret = row.type == ParameterType::kSecureString;
    if (row.key_id && !is_secret) {
        throw key_of_no_secret();
    }
    if (row.key_id) {
        require_key(session, *row.key_id);
    }
    if (is_secret && row.data_type == kImageType) {
        throw image_type_of_secret();
    }
    if (row.allowed_pattern) {
        require_allowed(row.value, *row.allowed_pattern);
    }
}

/// What the request says, else what the parameter has.
std::optional<std::string> said_or_kept(const std::optional<std::string>& said,
                                        const std::optional<ParameterRow>& old,
                                        std::optional<std::string> ParameterRow::*member)
{
    return said || !old ? said : (*old).*member;
}

/// Shows another text in place of a secret, unless it is to be decrypted.
template <class Answer>
void seal(Answer& answer, const std::optional<bool>& with_decryption)
{
    if (answer.type == ParameterType::kSecureString && !with_decryption.value_or(false)) {
        answer.value = sealed_value(answer.name.value_or(""), answer.version.value_or(0),
                                    answer.value.value_or(""));
    }
}

template <class Answer>
void seal_all(std::vector<Answer>& answers, const std::optional<bool>& with_decryption)
{
    for (auto& answer : answers) {
        seal(answer, with_decryption);
    }
}

// Lists

/// Public parameters are listed when the filters ask for theirs alone. Source: amilab's own.
void want_newest(ListQuery& wanted, const std::vector<ParameterFilter>& filters)
{
    if (want_public(filters)) {
        wanted.owner = {};
    }
    want_parameters(wanted, filters);
}

void add_path(Session& /*session*/, const GetParametersByPathRequest& request, ListQuery& wanted)
{
    const auto path = trimmed(request.path);
    check_path(path);
    auto filters = parse_filters(request.parameter_filters, FiltersOf::kValuesByPath);
    filters.push_back({ParameterFilter::Key::kPath,
                       request.recursive.value_or(false) ? ParameterFilter::Option::kRecursive
                                                         : ParameterFilter::Option::kOneLevel,
                       {path}});
    want_newest(wanted, filters);
}

void add_filters(Session& /*session*/, const DescribeParametersRequest& request, ListQuery& wanted)
{
    if (!request.filters.empty() && !request.parameter_filters.empty()) {
        throw both_kinds_of_filters();
    }
    want_newest(wanted, request.filters.empty()
                            ? parse_filters(request.parameter_filters, FiltersOf::kDescriptions)
                            : parse_old_filters(request.filters));
}

/// Source: that public parameters have no history to show is assumed.
void add_parameter(Session& session, const GetParameterHistoryRequest& request, ListQuery& wanted)
{
    auto reference = parse_reference(session, request.name);
    reference.selector.reset();
    auto newest = require_parameter(session, reference);
    if (newest.owner.empty()) {
        throw parameter_not_found();
    }
    want_versions_of(wanted, std::move(newest.name));
}

std::string version_of(const ParameterRow& row)
{
    return std::to_string(row.version);
}

std::vector<Parameter> to_parameters(Session& /*session*/, std::vector<ParameterRow>&& rows)
{
    std::vector<Parameter> answers;
    for (auto& row : rows) {
        answers.push_back(parameter_answer(std::move(row)));
    }
    return answers;
}

std::vector<ParameterMetadata> to_metadata(Session& /*session*/, std::vector<ParameterRow>&& rows)
{
    std::vector<ParameterMetadata> answers;
    for (auto& row : rows) {
        answers.push_back(metadata_answer(std::move(row)));
    }
    return answers;
}

ParameterHistory history_answer(ParameterRow row, const std::vector<ParameterLabelRow>& labels)
{
    ParameterHistory answer;
    answer.allowed_pattern = std::move(row.allowed_pattern);
    answer.data_type = std::move(row.data_type);
    answer.description = std::move(row.description);
    for (const auto& label :
         std::ranges::equal_range(labels, row.version, {}, &ParameterLabelRow::version)) {
        answer.labels.push_back(label.label);
    }
    answer.key_id = std::move(row.key_id);
    answer.last_modified_date = Timestamp{row.last_modified_ms};
    answer.last_modified_user = std::move(row.last_modified_user);
    answer.name = std::move(row.name);
    answer.tier = std::move(row.tier);
    answer.type = std::move(row.type);
    answer.value = std::move(row.value);
    answer.version = row.version;
    return answer;
}

std::vector<ParameterHistory> to_history(Session& session, std::vector<ParameterRow>&& rows)
{
    if (rows.empty()) {
        return {};
    }
    const auto labels = select_parameter_labels(session.db(), own_key(session, rows.front().name));
    std::vector<ParameterHistory> answers;
    for (auto& row : rows) {
        answers.push_back(history_answer(std::move(row), labels));
    }
    return answers;
}

constexpr DescribeSpec kByPath{.schema = kGetParametersByPath,
                               .page = {.usual = kPathPage, .refuse_token = &invalid_list_token},
                               .refine = &add_path,
                               .select = &select_parameters,
                               .key = &key_by<&ParameterRow::name>,
                               .answers = &to_parameters,
                               .into = &GetParametersByPathResponse::parameters};
constexpr DescribeSpec kDescribe{.schema = kDescribeParameters,
                                 .page = {.usual = kListPage, .refuse_token = &invalid_list_token},
                                 .refine = &add_filters,
                                 .select = &select_parameters,
                                 .key = &key_by<&ParameterRow::name>,
                                 .answers = &to_metadata,
                                 .into = &DescribeParametersResponse::parameters};
constexpr DescribeSpec kHistory{
    .schema = kGetParameterHistory,
    .page = {.usual = kHistoryPage, .refuse_token = &invalid_list_token},
    .refine = &add_parameter,
    .select = &select_parameter_versions,
    .key = &version_of,
    .answers = &to_history,
    .into = &GetParameterHistoryResponse::parameters};

}  // namespace

// Source: Systems Manager API Reference, as with all that follow (documented).
GetParameterResponse get_parameter(Session& session, const GetParameterRequest& request)
{
    const auto reference = parse_reference(session, request.name);
    auto answer = parameter_answer(require_parameter(session, reference), reference.selector);
    seal(answer, request.with_decryption);
    return {.parameter = std::move(answer)};
}

GetParametersResponse get_parameters(Session& session, const GetParametersRequest& request)
{
    if (request.names.empty()) {
        throw too_short("[]", "names");
    }
    GetParametersResponse response;
    for (const auto& name : each_once(request.names)) {
        const auto reference = parse_reference(session, name);
        auto found = find_parameter(session, reference);
        if (found.row) {
            response.parameters.push_back(
                parameter_answer(std::move(*found.row), reference.selector));
        } else {
            response.invalid_parameters.push_back(name);
        }
    }
    std::stable_sort(response.parameters.begin(), response.parameters.end(),
                     [](const Parameter& a, const Parameter& b) { return a.name < b.name; });
    seal_all(response.parameters, request.with_decryption);
    return response;
}

GetParametersByPathResponse get_parameters_by_path(Session& session,
                                                   const GetParametersByPathRequest& request)
{
    auto response = answer_list<kByPath>(session, request);
    seal_all(response.parameters, request.with_decryption);
    return response;
}

DescribeParametersResponse describe_parameters(Session& session,
                                               const DescribeParametersRequest& request)
{
    return answer_list<kDescribe>(session, request);
}

GetParameterHistoryResponse get_parameter_history(Session& session,
                                                  const GetParameterHistoryRequest& request)
{
    auto response = answer_list<kHistory>(session, request);
    seal_all(response.parameters, request.with_decryption);
    return response;
}

PutParameterResponse put_parameter(Session& session, const PutParameterRequest& request)
{
    const auto name = trimmed(request.name);
    check_put(request, name);
    const auto key = own_key(session, name);
    const auto old = select_parameter(session.db(), key);
    if (old) {
        check_change(request, *old);
    } else {
        check_new(session, request);
    }
    ParameterRow row{
        .owner = session.account(),
        .region = session.region(),
        .name = name,
        .version = old ? old->version + 1 : 1,
        .type = old ? old->type : *request.type,
        .value = request.value,
        .data_type = old ? old->data_type : request.data_type.value_or(std::string(kText)),
        .tier = choose_tier(request, old),
        .description = said_or_kept(request.description, old, &ParameterRow::description),
        .last_modified_ms = session.now_ms(),
        .last_modified_user = caller_arn(session),
        .key_id = said_or_kept(request.key_id, old, &ParameterRow::key_id),
        .allowed_pattern =
            said_or_kept(request.allowed_pattern, old, &ParameterRow::allowed_pattern)};
    if (row.type == ParameterType::kSecureString && !row.key_id) {
        row.key_id = kUsualKey;
    }
    check_value(session, row);
    if (row.data_type == kImageType &&
        !session.services().ports().is_usable_image(session, row.value)) {
        throw value_is_no_image(row.value);
    }
    if (old) {
        drop_oldest_version(session, key);
    }
    insert_parameter_version(session.db(), row);
    set_tags(session, key, request.tags);
    return {.tier = row.tier, .version = row.version};
}

DeleteParameterResponse delete_parameter(Session& session, const DeleteParameterRequest& request)
{
    if (!amilab::delete_parameter(session.db(),
                                  own_key(session, own_name(session, request.name)))) {
        throw parameter_not_found();
    }
    return {};
}

DeleteParametersResponse delete_parameters(Session& session, const DeleteParametersRequest& request)
{
    if (request.names.empty()) {
        throw too_short("[]", "names");
    }
    DeleteParametersResponse response;
    for (const auto& name : request.names) {
        const bool is_gone =
            amilab::delete_parameter(session.db(), own_key(session, own_name(session, name)));
        (is_gone ? response.deleted_parameters : response.invalid_parameters).push_back(name);
    }
    return response;
}

LabelParameterVersionResponse label_parameter_version(Session& session,
                                                      const LabelParameterVersionRequest& request)
{
    const auto name = own_name(session, request.name);
    const auto key = own_key(session, name);
    const auto newest = select_parameter(session.db(), key);
    if (!newest) {
        throw parameter_not_found();
    }
    const auto version = request.parameter_version.value_or(newest->version);
    if (!select_parameter_version(session.db(), key, version)) {
        throw parameter_version_not_found(name, std::to_string(version));
    }
    LabelParameterVersionResponse response;
    response.parameter_version = version;
    for (const auto& label : request.labels) {
        if (is_label(label)) {
            set_parameter_label(session.db(), key, label, version);
        } else {
            response.invalid_labels.push_back(label);
        }
    }
    const auto labels = select_parameter_labels(session.db(), key);
    if (std::ranges::count(labels, version, &ParameterLabelRow::version) > kMostLabels) {
        throw too_many_labels();
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    read<get_parameter>(kGetParameter),
    read<get_parameters>(kGetParameters),
    read<get_parameters_by_path>(kGetParametersByPath),
    read<describe_parameters>(kDescribeParameters),
    write<put_parameter>(kPutParameter),
    write<delete_parameter>(kDeleteParameter, {.frees_space = true}),
    write<delete_parameters>(kDeleteParameters, {.frees_space = true}),
    write<label_parameter_version>(kLabelParameterVersion),
    read<get_parameter_history>(kGetParameterHistory),
};

}  // namespace

constinit const Family kParameters{.operations = kOperations};

}  // namespace amilab::ssm
