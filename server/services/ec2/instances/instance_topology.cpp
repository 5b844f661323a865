#include "server/services/ec2/instances/instance_topology.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/secrets.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instances/instances.h"
#include "server/wire/ec2/instances/instance_topology.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/instance_topology_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, DescribeInstanceTopology (documented).
constexpr std::size_t kMostNamed = 100;

// Source: EC2 User Guide, "Prerequisites for Amazon EC2 topology": families of types (documented).
constexpr std::string_view kFamilies[] = {"hpc6a",   "hpc6id", "hpc7a", "hpc7g", "p3dn",
                                          "p4d",     "p4de",   "p5",    "p5e",   "p5en",
                                          "p6-b200", "trn1",   "trn1n", "trn2"};

bool has_topology(const InstanceTopologyRow& row)
{
    return row.state == InstanceStateName::kRunning &&
           std::ranges::find(kFamilies, family_of(row.instance_type)) != std::end(kFamilies);
}

/// The name of a network node, from what all that are below it have in common.
std::string node_of(const std::string& shared)
{
    constexpr std::size_t kDigits = 17;
    return "nn-" + to_hex(sha256(shared)).substr(0, kDigits);
}

/// Source: three nodes from the top down, hashed by account (documented); that a zone has one top
/// node, and that instances of one placement group share the two others, is assumed.
std::vector<std::string> nodes_of(const Session& session, const InstanceTopologyRow& row)
{
    if (!has_topology(row)) {
        return {};
    }
    const auto top = fmt::format("{}/{}", session.account(), row.zone);
    const auto near = fmt::format("{}/{}", top, row.group_name.value_or(row.id.text()));
    return {node_of(top), node_of(near + "/middle"), node_of(near + "/bottom")};
}

std::vector<InstanceTopology> topology_answers(Session& session,
                                               std::vector<InstanceTopologyRow>&& rows)
{
    std::vector<InstanceTopology> answers;
    for (auto& row : rows) {
        InstanceTopology answer;
        answer.network_nodes = nodes_of(session, row);
        answer.availability_zone = std::move(row.zone);
        answer.group_name = std::move(row.group_name);
        answer.instance_id = row.id.text();
        answer.instance_type = std::move(row.instance_type);
        answer.zone_id = std::move(row.zone_id);
        answers.push_back(std::move(answer));
    }
    return answers;
}

void choose_groups(Session&, const DescribeInstanceTopologyRequest& request, ListQuery& wanted)
{
    if (request.group_names.size() > kMostNamed) {
        throw too_many_given(request.group_names.size(), kMostNamed, "group names");
    }
    wanted.among = {{std::string_view(kOfInstanceGroup), request.group_names}};
}

constexpr DescribeSpec kDescribe{.schema = kDescribeInstanceTopology,
                                 .ids = {.member = &DescribeInstanceTopologyRequest::instance_ids,
                                         .check = &check_ids<InstanceId>,
                                         .before_filters = true,
                                         .require = &require_listed_instances},
                                 .page = {.usual = 20, .largest = 100},
                                 .refine = &choose_groups,
                                 .select = &select_page<kInstanceTopologyList>,
                                 .answers = &topology_answers,
                                 .into = &DescribeInstanceTopologyResponse::instances};

}  // namespace

// Source: EC2 API Reference, DescribeInstanceTopology (documented); instances of other types, and
// those that do not run, are told without nodes (documented).
DescribeInstanceTopologyResponse describe_instance_topology(
    Session& session, const DescribeInstanceTopologyRequest& request)
{
    if (request.instance_ids.size() > kMostNamed) {
        throw too_many_given(request.instance_ids.size(), kMostNamed, "instance IDs");
    }
    refuse_page_with_ids(!request.instance_ids.empty(), request.max_results, "instancesSet");
    return describe<kDescribe>(session, request);
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_topology>(kDescribeInstanceTopology),
};

}  // namespace

constinit const Family kInstanceTopology{.operations = kOperations};

}  // namespace amilab::ec2
