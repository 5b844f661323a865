#include "server/services/ec2/settings/id_formats.h"

#include <algorithm>
#include <iterator>

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/settings/id_formats.h"
#include "storage/metadata/settings/id_format_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, DescribeIdFormat: "The following resource types support longer IDs"
// (documented).
constexpr std::string_view kResources[] = {"bundle",
                                           "conversion-task",
                                           "customer-gateway",
                                           "dhcp-options",
                                           "elastic-ip-allocation",
                                           "elastic-ip-association",
                                           "export-task",
                                           "flow-log",
                                           "image",
                                           "import-task",
                                           "instance",
                                           "internet-gateway",
                                           "network-acl",
                                           "network-acl-association",
                                           "network-interface",
                                           "network-interface-attachment",
                                           "prefix-list",
                                           "reservation",
                                           "route-table",
                                           "route-table-association",
                                           "security-group",
                                           "snapshot",
                                           "subnet",
                                           "subnet-cidr-block-association",
                                           "volume",
                                           "vpc",
                                           "vpc-cidr-block-association",
                                           "vpc-endpoint",
                                           "vpc-peering-connection",
                                           "vpn-connection",
                                           "vpn-gateway"};
// Source: EC2 API Reference, ModifyIdFormat: these are past their opt-in period, and this stands
// for all that are in it (documented).
constexpr std::string_view kSettled[] = {"instance", "reservation", "snapshot", "volume"};
constexpr std::string_view kAllCurrent = "all-current";
constexpr std::string_view kEverybody = "all";

template <class List>
bool has(const List& list, std::string_view one)
{
    return std::ranges::find(list, one) != std::end(list);
}

void check_resource(const std::string& resource)
{
    if (!has(kResources, resource)) {
        throw invalid_value(resource, "resource", "Expected a type of resource with longer IDs.");
    }
}

/// Source: users, roles and the root user of the account (documented).
void check_principal(const Session& session, const std::string& principal)
{
    const auto is_one = [&](std::string_view kind) {
        return principal.starts_with(iam_arn_of(session.region(), session.account(), kind));
    };
    if (principal != principal_arn(session.region(), session.account(), {}) && !is_one("user/") &&
        !is_one("role/")) {
        throw invalid_value(principal, "principalArn", "Expected the ARN of a principal.");
    }
}

std::vector<IdFormat> formats_of(const auto& resources)
{
    std::vector<IdFormat> formats;
    for (const auto& resource : resources) {
        IdFormat format;
        format.resource = std::string(resource);
        format.use_long_ids = true;
        formats.push_back(std::move(format));
    }
    return formats;
}

std::vector<IdFormat> formats_of_one(const std::optional<std::string>& resource)
{
    if (!resource) {
        return formats_of(kResources);
    }
    check_resource(*resource);
    return formats_of(std::vector{*resource});
}

/// Source: a resource past its period, and going back to short ids, are refused (assumed).
void check_change(const std::string& resource, bool use_long_ids)
{
    if (resource != kAllCurrent) {
        check_resource(resource);
    }
    if (!use_long_ids || has(kSettled, resource)) {
        throw invalid_value(use_long_ids ? resource : "false",
                            use_long_ids ? "resource" : "useLongIds",
                            "The opt-in period for longer IDs is over.");
    }
}

void keep(Session& session, const std::string& principal, const std::string& resource)
{
    for (const auto one : kResources) {
        if (resource == one || (resource == kAllCurrent && !has(kSettled, one))) {
            put_row<kIdFormatColumns>(session.db(), {.owner = session.account(),
                                                     .region = session.region(),
                                                     .principal = principal,
                                                     .resource = std::string(one)});
        }
    }
}

void choose_resources(Session&, const DescribePrincipalIdFormatRequest& request, ListQuery& wanted)
{
    for (const auto& resource : request.resources) {
        check_resource(resource);
    }
    wanted.among = {{"f.resource", request.resources}};
}

std::vector<PrincipalIdFormat> principal_answers(Session&, std::vector<IdFormatPrincipalRow>&& rows)
{
    std::vector<PrincipalIdFormat> answers;
    for (auto& row : rows) {
        PrincipalIdFormat answer;
        answer.statuses = formats_of(row.resources);
        answer.arn = std::move(row.principal);
        answers.push_back(std::move(answer));
    }
    return answers;
}

constexpr DescribeSpec kDescribePrincipals{.schema = kDescribePrincipalIdFormat,
                                           .refine = &choose_resources,
                                           .select = &select_page<kIdFormatPrincipalList>,
                                           .key = &key_by<&IdFormatPrincipalRow::principal>,
                                           .answers = &principal_answers,
                                           .into = &DescribePrincipalIdFormatResponse::principals};

}  // namespace

// Source: EC2 API Reference, DescribeIdFormat (documented); every id is long, and when that was to
// be is not told (assumed).
DescribeIdFormatResponse describe_id_format(Session&, const DescribeIdFormatRequest& request)
{
    return {.statuses = formats_of_one(request.resource)};
}

DescribeIdentityIdFormatResponse describe_identity_id_format(
    Session& session, const DescribeIdentityIdFormatRequest& request)
{
    check_principal(session, request.principal_arn);
    return {.statuses = formats_of_one(request.resource)};
}

DescribeAggregateIdFormatResponse describe_aggregate_id_format(
    Session&, const DescribeAggregateIdFormatRequest& request)
{
    stop_if_dry_run(request);
    return {.statuses = formats_of(kResources), .use_long_ids_aggregated = true};
}

// Source: EC2 API Reference, ModifyIdFormat and ModifyIdentityIdFormat (documented): a principal
// that has said it is listed by DescribePrincipalIdFormat, the root user for "all" (assumed).
ModifyIdFormatResponse modify_id_format(Session& session, const ModifyIdFormatRequest& request)
{
    check_change(request.resource, request.use_long_ids);
    keep(session, caller_arn(session), request.resource);
    return {};
}

ModifyIdentityIdFormatResponse modify_identity_id_format(
    Session& session, const ModifyIdentityIdFormatRequest& request)
{
    const bool is_for_all = request.principal_arn == kEverybody;
    if (!is_for_all) {
        check_principal(session, request.principal_arn);
    }
    check_change(request.resource, request.use_long_ids);
    keep(session, is_for_all ? caller_arn(session) : request.principal_arn, request.resource);
    return {};
}

DescribePrincipalIdFormatResponse describe_principal_id_format(
    Session& session, const DescribePrincipalIdFormatRequest& request)
{
    return describe<kDescribePrincipals>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_id_format>(kDescribeIdFormat),
    read<describe_identity_id_format>(kDescribeIdentityIdFormat),
    read<describe_aggregate_id_format>(kDescribeAggregateIdFormat),
    read<describe_principal_id_format>(kDescribePrincipalIdFormat),
    write<modify_id_format>(kModifyIdFormat),
    write<modify_identity_id_format>(kModifyIdentityIdFormat),
};

}  // namespace

constinit const Family kIdFormats{.operations = kOperations};

}  // namespace amilab::ec2
