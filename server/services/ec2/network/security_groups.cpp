#include "server/services/ec2/network/security_groups.h"

#include "server/calls/arns.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/wire/ec2/network/security_groups.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/network_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: a default group lets in what comes from itself and lets out everything (documented, VPC
/// User Guide, "Default security groups"); the form of the rules (observed).
SecurityGroup to_security_group(Session& session, const SecurityGroupRow& row)
{
    return {
        .description = row.description,
        .group_id = row.id.text(),
        .group_name = row.name,
        .ip_permissions = {{.ip_protocol = "-1",
                            .user_id_group_pairs = {{.group_id = row.id.text(),
                                                     .user_id = row.owner}}}},
        .ip_permissions_egress = {{.ip_protocol = "-1", .ip_ranges = {{.cidr_ip = "0.0.0.0/0"}}}},
        .owner_id = row.owner,
        .security_group_arn = resource_arn(session, "security-group", row.id.text()),
        .tags = tags_of(session, row.id.text()),
        .vpc_id = row.vpc_id.text()};
}

/// Throws not_found for the first of `ids` that the caller does not have, whatever the filters say.
/// Source: assumed; AWS names one id.
template <class Row, class IdType>
void require_all(Session& session, const std::vector<IdType>& ids,
                 std::optional<Row> (*select)(Database&, std::string_view, std::string_view,
                                              const IdType&))
{
    for (const auto& id : ids) {
        if (!select(session.db(), session.account(), session.region(), id)) {
            throw not_found(id);
        }
    }
}

/// The groups that the request names by id, or by name in the default VPC. Source: a name may also
/// be an id (documented).
std::vector<std::string> named_groups(Session& session, const std::vector<SecurityGroupId>& ids,
                                      const std::vector<std::string>& names)
{
    require_all(session, ids, select_security_group);
    auto wanted = texts_of(ids);
    if (names.empty()) {
        return wanted;
    }
    const auto vpc = select_default_vpc(session.db(), session.account(), session.region());
    for (const auto& name : names) {
        auto group = select_security_group_named(session.db(), vpc->id, name);
        if (!group) {
            if (const auto id = SecurityGroupId::from_text(name)) {
                group =
                    select_security_group(session.db(), session.account(), session.region(), *id);
            }
        }
        if (!group) {
            throw group_name_not_found(name, vpc->id);
        }
        wanted.push_back(group->id.text());
    }
    return wanted;
}

}  // namespace

// Source: EC2 API Reference, DescribeSecurityGroups (documented); groups named by id and by name
// are described together (assumed).
DescribeSecurityGroupsResponse describe_security_groups(
    Session& session, const DescribeSecurityGroupsRequest& request)
{
    const auto ids = parse_ids<SecurityGroupId>(request.group_ids);
    const auto filters = parse_filters(kDescribeSecurityGroups, request.filters);
    const auto page = parse_page(session, request.max_results, request.next_token);
    stop_if_dry_run(request);
    auto rows = select_security_groups(session.db(),
                                       {.owner = session.account(),
                                        .region = session.region(),
                                        .ids = named_groups(session, ids, request.group_names),
                                        .filters = filters,
                                        .after = page.after,
                                        .limit = page.sql_limit()});
    DescribeSecurityGroupsResponse response;
    response.next_token = cut_page(page, rows, [](const auto& row) { return row.id.text(); });
    for (const auto& row : rows) {
        response.security_groups.push_back(to_security_group(session, row));
    }
    return response;
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_security_groups, kDefaultNetwork>(kDescribeSecurityGroups),
};

constexpr ResourceKind kKinds[] = {
    kind<SecurityGroupId, not_found>("security-group", kTaggableSecurityGroup),
};

}  // namespace

constinit const Family kSecurityGroups{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
