#include "server/services/ec2/network/egress_only_gateways.h"
#include "server/wire/ec2/network/egress_only_gateways.h"

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/schema.h"

namespace amilab::ec2 {

namespace {

// Source: the code is documented, the text assumed.
ApiError gateway_not_found(const EgressOnlyGatewayId& id)
{
    return {"InvalidEgressOnlyInternetGatewayId.NotFound",
            fmt::format("The egressOnlyInternetGateway ID '{}' does not exist", id.text())};
}

/// Source: it is attached from the start (documented).
EgressOnlyInternetGateway to_answer(const EgressOnlyGatewayRow& row)
{
    return {.attachments = {{.state = "attached", .vpc_id = row.vpc_id.text()}},
            .egress_only_internet_gateway_id = row.id.text()};
}
constexpr auto to_answers = &answers_with_tags<&to_answer, EgressOnlyGatewayRow>;

constexpr DescribeSpec kDescribe{
    .schema = kDescribeEgressOnlyInternetGateways,
    .ids = {.member = &DescribeEgressOnlyInternetGatewaysRequest::egress_only_internet_gateway_ids,
            .check = &check_ids<EgressOnlyGatewayId>,
            .not_with_page = "EgressOnlyInternetGatewayIds",
            .before_filters = true,
            .require =
                &require_listed<kEgressOnlyGatewayList, EgressOnlyGatewayId, gateway_not_found>},
    .select = &select_page<kEgressOnlyGatewayList>,
    .answers = to_answers,
    .into = &DescribeEgressOnlyInternetGatewaysResponse::egress_only_internet_gateways};

CreateEgressOnlyInternetGatewayResponse created_answer(
    Session& session, const CreateEgressOnlyInternetGatewayRequest& request,
    const EgressOnlyGatewayRow& row)
{
    return {.client_token = request.client_token,
            .egress_only_internet_gateway = to_answers(session, {row}).front()};
}

// Source: EC2 API Reference, CreateEgressOnlyInternetGateway (documented).
CreateEgressOnlyInternetGatewayResponse create_egress_only_internet_gateway(
    Session& session, const CreateEgressOnlyInternetGatewayRequest& request)
{
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    const auto tags = parse_tags<EgressOnlyGatewayId>(request.tag_specifications);
    stop_if_dry_run(request);
    if (const auto made = made_before(session, request.kOperation, request.client_token)) {
        return created_answer(
            session, request,
            require_egress_only_gateway(session, EgressOnlyGatewayId::trusted(*made)));
    }
    EgressOnlyGatewayRow row{.vpc_id = require_vpc(session, vpc_id).id};
    insert_own<kEgressOnlyGatewayColumns>(session, row, tags);
    remember_token(session, request.kOperation, request.client_token, row.id.text());
    return created_answer(session, request, row);
}

// Source: EC2 API Reference, DescribeEgressOnlyInternetGateways (documented).
DescribeEgressOnlyInternetGatewaysResponse describe_egress_only_internet_gateways(
    Session& session, const DescribeEgressOnlyInternetGatewaysRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteEgressOnlyInternetGateway (documented); routes to it lead
// nowhere afterwards (assumed).
DeleteEgressOnlyInternetGatewayResponse delete_egress_only_internet_gateway(
    Session& session, const DeleteEgressOnlyInternetGatewayRequest& request)
{
    const auto id = parse_id<EgressOnlyGatewayId>(request.egress_only_internet_gateway_id);
    stop_if_dry_run(request);
    require_egress_only_gateway(session, id);
    delete_own<kEgressOnlyGatewayColumns>(session, id);
    return {.return_code = true};
}

constexpr Operation kOperations[] = {
    write<create_egress_only_internet_gateway>(kCreateEgressOnlyInternetGateway),
    read<describe_egress_only_internet_gateways>(kDescribeEgressOnlyInternetGateways),
    write<delete_egress_only_internet_gateway>(kDeleteEgressOnlyInternetGateway,
                                               {.frees_space = true}),
};

constexpr ResourceKind kKinds[] = {
    kind<EgressOnlyGatewayId, gateway_not_found>(kTaggableByOwner<kEgressOnlyGatewayColumns>),
};

}  // namespace

EgressOnlyGatewayRow require_egress_only_gateway(Session& session, const EgressOnlyGatewayId& id)
{
    return require_own<kEgressOnlyGatewayList, EgressOnlyGatewayId, gateway_not_found>(session, id);
}

constinit const Family kEgressOnlyGateways{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
