#include "server/services/ec2/network/internet_gateways.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/network/internet_gateways.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/internet_gateway_rows.h"
#include "storage/metadata/network/route_table_association_rows.h"
#include "storage/metadata/network/subnet_rows.h"

namespace amilab::ec2 {

namespace {

InternetGatewayRow require_internet_gateway(Session& session, const InternetGatewayId& id)
{
    return require_own<kInternetGatewayList, InternetGatewayId, not_found>(session, id);
}

/// Source: an attached gateway is available (documented).
InternetGateway to_answer(const InternetGatewayRow& row)
{
    InternetGateway gateway{.internet_gateway_id = row.id.text(), .owner_id = row.owner};
    if (row.vpc_id) {
        gateway.attachments = {{.state = "available", .vpc_id = row.vpc_id->text()}};
    }
    return gateway;
}
constexpr auto to_answers = &answers_with_tags<&to_answer, InternetGatewayRow>;

constexpr DescribeSpec kDescribe{
    .schema = kDescribeInternetGateways,
    .ids = {.member = &DescribeInternetGatewaysRequest::internet_gateway_ids,
            .check = &check_ids<InternetGatewayId>,
            .not_with_page = "InternetGatewayIds",
            .before_filters = true,
            .require = &require_listed<kInternetGatewayList, InternetGatewayId, not_found>},
    .select = &select_page<kInternetGatewayList>,
    .answers = to_answers,
    .into = &DescribeInternetGatewaysResponse::internet_gateways};

// Source: EC2 API Reference, CreateInternetGateway (documented).
CreateInternetGatewayResponse create_internet_gateway(Session& session,
                                                      const CreateInternetGatewayRequest& request)
{
    const auto tags = parse_tags<InternetGatewayId>(request.tag_specifications);
    stop_if_dry_run(request);
    InternetGatewayRow row;
    insert_own<kInternetGatewayColumns>(session, row, tags);
    return {.internet_gateway = to_answers(session, {row}).front()};
}

// Source: EC2 API Reference, DescribeInternetGateways (documented).
DescribeInternetGatewaysResponse describe_internet_gateways(
    Session& session, const DescribeInternetGatewaysRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteInternetGateway (documented): a detached one; the text is
// observed.
DeleteInternetGatewayResponse delete_internet_gateway(Session& session,
                                                      const DeleteInternetGatewayRequest& request)
{
    const auto gateway_id = parse_id<InternetGatewayId>(request.internet_gateway_id);
    stop_if_dry_run(request);
    const auto gateway = require_internet_gateway(session, gateway_id);
    if (gateway.vpc_id) {
        throw has_dependencies("internetGateway", gateway.id.text());
    }
    delete_own<kInternetGatewayColumns>(session, gateway.id);
    return {};
}

// Source: EC2 API Reference, AttachInternetGateway (documented); the texts are observed.
AttachInternetGatewayResponse attach_internet_gateway(Session& session,
                                                      const AttachInternetGatewayRequest& request)
{
    const auto gateway_id = parse_id<InternetGatewayId>(request.internet_gateway_id);
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    stop_if_dry_run(request);
    const auto gateway = require_internet_gateway(session, gateway_id);
    const auto vpc = require_vpc(session, vpc_id);
    if (gateway.vpc_id) {
        throw ApiError("Resource.AlreadyAssociated",
                       fmt::format("resource {} is already attached to network {}",
                                   gateway.id.text(), gateway.vpc_id->text()));
    }
    if (!amilab::attach_internet_gateway(session.db(), gateway.id, vpc.id)) {
        throw invalid_parameter_value(
            fmt::format("Network {} already has an internet gateway attached", vpc.id.text()));
    }
    return {};
}

// Source: EC2 API Reference, DetachInternetGateway (documented): no public addresses may be left;
// the texts are observed. That one which has a route table stays is assumed.
DetachInternetGatewayResponse detach_internet_gateway(Session& session,
                                                      const DetachInternetGatewayRequest& request)
{
    const auto gateway_id = parse_id<InternetGatewayId>(request.internet_gateway_id);
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    stop_if_dry_run(request);
    const auto gateway = require_internet_gateway(session, gateway_id);
    const auto vpc = require_vpc(session, vpc_id);
    if (gateway.vpc_id != vpc.id) {
        throw ApiError("Gateway.NotAttached",
                       fmt::format("resource {} is not attached to network {}", gateway.id.text(),
                                   vpc.id.text()));
    }
    if (has_public_addresses(session.db(), vpc.id)) {
        throw ApiError("DependencyViolation",
                       fmt::format("Network {} has some mapped public address(es). Please unmap "
                                   "those public address(es) before detaching the gateway.",
                                   vpc.id.text()));
    }
    if (select_route_table_association_of(session.db(), gateway.id)) {
        throw has_dependencies("internetGateway", gateway.id.text());
    }
    amilab::detach_internet_gateway(session.db(), gateway.id);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_internet_gateway>(kCreateInternetGateway),
    read<describe_internet_gateways, kDefaultNetwork>(kDescribeInternetGateways),
    write<delete_internet_gateway>(kDeleteInternetGateway, {.frees_space = true}),
    write<attach_internet_gateway>(kAttachInternetGateway),
    write<detach_internet_gateway>(kDetachInternetGateway),
};

constexpr ResourceKind kKinds[] = {
    kind<InternetGatewayId, not_found>(kTaggableByOwner<kInternetGatewayColumns>),
};

}  // namespace

constinit const Family kInternetGateways{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
