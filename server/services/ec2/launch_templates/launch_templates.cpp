#include "server/services/ec2/launch_templates/launch_templates.h"

#include <charconv>

#include "server/calls/arns.h"
#include "server/calls/idempotency.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/launch_templates/errors.h"
#include "server/services/ec2/launch_templates/launch_template_versions.h"
#include "server/wire/ec2/launch_templates/launch_templates.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 User Guide, "Launch template limits" (documented).
constexpr std::int64_t kMostTemplates = 5000;

LaunchTemplate to_answer(const LaunchTemplateRow& row)
{
    LaunchTemplate answer;
    answer.create_time = Timestamp{row.create_time_ms};
    answer.created_by = row.created_by;
    answer.default_version_number = row.default_version;
    answer.latest_version_number = row.latest_version;
    answer.launch_template_id = row.id.text();
    answer.launch_template_name = row.name;
    answer.operator_value = OperatorResponse{.managed = false};
    return answer;
}
constexpr auto to_answers = &answers_with_tags<&to_answer, LaunchTemplateRow>;

LaunchTemplateRow require_id(Session& session, const LaunchTemplateId& id)
{
    return require_own<kLaunchTemplateList, LaunchTemplateId, not_found>(session, id);
}

/// Throws when it is gone: a token may outlive what it made.
LaunchTemplate answer_of(Session& session, const LaunchTemplateId& id)
{
    return to_answers(session, {require_id(session, id)}).front();
}

/// Source: 3 to 128 letters, digits and ( ) . / _ - (documented).
void check_name(const std::string& name)
{
    if (name.size() < 3 || name.size() > 128 || !has_only(name, "().-/_")) {
        throw launch_template_name_malformed();
    }
}

LaunchTemplateRow require_named(Session& session, const std::string& name)
{
    return require_own<kLaunchTemplateList, &LaunchTemplateRow::name,
                       launch_template_name_not_found, std::string>(session, name);
}

ApiError listed_id_not_found(const LaunchTemplateId& id)
{
    return not_all_launch_templates_found(not_found(id));
}

ApiError listed_name_not_found(std::string_view name)
{
    return not_all_launch_templates_found(launch_template_name_not_found(name));
}

LaunchTemplateRow require_listed_name(Session& session, const std::string& name)
{
    return require_own<kLaunchTemplateList, &LaunchTemplateRow::name, listed_name_not_found,
                       std::string>(session, name);
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeLaunchTemplates,
    .ids = {.member = &DescribeLaunchTemplatesRequest::launch_template_ids,
            .check = &check_ids<LaunchTemplateId>,
            .not_with_page = "LaunchTemplateIds",
            .require = &require_listed<kLaunchTemplateList, LaunchTemplateId, listed_id_not_found>},
    .page = {.usual = 200, .largest = 200},
    .resolve =
        &add_named<&DescribeLaunchTemplatesRequest::launch_template_names, &require_listed_name>,
    .select = &select_page<kLaunchTemplateList>,
    .answers = to_answers,
    .into = &DescribeLaunchTemplatesResponse::launch_templates};

/// The number of the version that is to be the default.
std::int64_t require_new_default(Session& session, const LaunchTemplateRow& row,
                                 const std::string& version)
{
    try {
        return require_version(session, row, version).version;
    } catch (const ApiError& refusal) {
        if (refusal.code == kUnknownLaunchTemplateVersion) {
            throw default_version_unknown(version);
        }
        throw;
    }
}

/// The number that the text is; nothing when it is none.
std::optional<std::int64_t> number_in(const std::string& text)
{
    std::int64_t number = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

}  // namespace

LaunchTemplateRow require_launch_template(Session& session, const std::optional<std::string>& id,
                                          const std::optional<std::string>& name)
{
    if (is_given(id) && is_given(name)) {
        throw parameters_not_together("launchTemplateId", "launchTemplateName");
    }
    if (is_given(name)) {
        return require_named(session, *name);
    }
    if (!is_given(id)) {
        throw launch_template_not_named();
    }
    return require_id(session, parse_id<LaunchTemplateId>(*id));
}

LaunchTemplateVersionRow require_version(Session& session, const LaunchTemplateRow& row,
                                         const std::optional<std::string>& version)
{
    const auto text = is_given(version) ? *version : "$Default";
    const auto number = text == "$Default"  ? std::optional(row.default_version)
                        : text == "$Latest" ? std::optional(row.latest_version)
                                            : number_in(text);
    if (!number) {
        throw launch_template_version_malformed(text);
    }
    auto found = select_launch_template_version(session.db(), row.id, *number);
    if (!found) {
        throw launch_template_version_unknown(row.id, text);
    }
    return std::move(*found);
}

// Source: EC2 API Reference, CreateLaunchTemplate (documented).
CreateLaunchTemplateResponse create_launch_template(Session& session,
                                                    const CreateLaunchTemplateRequest& request)
{
    check_name(request.launch_template_name);
    check_launch_template_data(request.launch_template_data);
    const auto tags = parse_tags<LaunchTemplateId>(request.tag_specifications);
    stop_if_dry_run(request);
    const auto operation = kCreateLaunchTemplate.name;
    if (const auto made =
            made_before(session, operation, request.client_token, kMostTemplateToken)) {
        return {.launch_template = answer_of(session, LaunchTemplateId::trusted(*made)),
                .warning = {}};
    }
    LaunchTemplateRow row{.name = request.launch_template_name,
                          .create_time_ms = session.now_ms(),
                          .created_by = caller_arn(session)};
    if (!insert_own<kLaunchTemplateColumns>(session, row, tags)) {
        throw launch_template_name_taken();
    }
    if (count_own<kLaunchTemplateList>(session) > kMostTemplates) {
        throw too_many_in_region("LaunchTemplateLimitExceeded", kMostTemplates, "launch templates");
    }
    insert_launch_template_version(session, row.id, 1, request.version_description,
                                   read_parameters(session.fingerprint(), "LaunchTemplateData."));
    remember_token(session, operation, request.client_token, row.id.text());
    return {.launch_template = answer_of(session, row.id), .warning = {}};
}

// Source: EC2 API Reference, DescribeLaunchTemplates (documented); the largest page too.
DescribeLaunchTemplatesResponse describe_launch_templates(
    Session& session, const DescribeLaunchTemplatesRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, ModifyLaunchTemplate: the default version is all that changes
// (documented).
ModifyLaunchTemplateResponse modify_launch_template(Session& session,
                                                    const ModifyLaunchTemplateRequest& request)
{
    if (!is_given(request.default_version)) {
        throw missing_parameter("SetDefaultVersion");
    }
    if (is_given(request.launch_template_id) && is_given(request.launch_template_name)) {
        throw launch_template_to_modify_named_twice();
    }
    stop_if_dry_run(request);
    const auto row =
        require_launch_template(session, request.launch_template_id, request.launch_template_name);
    const auto operation = kModifyLaunchTemplate.name;
    if (!made_before(session, operation, request.client_token, kMostTemplateToken)) {
        set_default_version(session.db(), row.id,
                            require_new_default(session, row, *request.default_version));
        remember_token(session, operation, request.client_token, row.id.text());
    }
    return {.launch_template = answer_of(session, row.id)};
}

// Source: EC2 API Reference, DeleteLaunchTemplate (documented): all of its versions go.
DeleteLaunchTemplateResponse delete_launch_template(Session& session,
                                                    const DeleteLaunchTemplateRequest& request)
{
    stop_if_dry_run(request);
    const auto row =
        require_launch_template(session, request.launch_template_id, request.launch_template_name);
    auto answer = to_answer(row);
    delete_own<kLaunchTemplateColumns>(session, row.id);
    return {.launch_template = std::move(answer)};
}

namespace {

constexpr Operation kOperations[] = {
    write<create_launch_template>(kCreateLaunchTemplate),
    read<describe_launch_templates>(kDescribeLaunchTemplates),
    write<modify_launch_template>(kModifyLaunchTemplate),
    write<delete_launch_template>(kDeleteLaunchTemplate, {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<LaunchTemplateId, not_found>(kTaggableByOwner<kLaunchTemplateColumns>)};

}  // namespace

constinit const Family kLaunchTemplates{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
