#include "server/services/ec2/network/account_attributes.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/errors.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/network/default_network.h"
#include "server/wire/ec2/network/account_attributes.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/vpc_rows.h"

namespace amilab::ec2 {

namespace {

struct AttributeOfAll {
    std::string_view name;
    std::string_view value;
};
// Source: EC2 API Reference, DescribeAccountAttributes: the names (documented); the values are
// those of an account that nobody raised (observed in its example). That of max-instances no longer
// says what may run (documented): quotas of vCPUs do.
constexpr std::string_view kDefaultVpc = "default-vpc";
constexpr AttributeOfAll kAttributes[] = {
    {"supported-platforms", "VPC"}, {"vpc-max-security-groups-per-interface", "5"},
    {"max-elastic-ips", "5"},       {"max-instances", "20"},
    {"vpc-max-elastic-ips", "5"},   {kDefaultVpc, ""},
};

std::string value_of(Session& session, const AttributeOfAll& attribute)
{
    if (attribute.name != kDefaultVpc) {
        return std::string(attribute.value);
    }
    const auto vpc = select_default_vpc(session.db(), session.account(), session.region());
    return vpc ? vpc->id.text() : "none";
}

void check_names(const std::vector<std::string>& names)
{
    for (const auto& name : names) {
        if (std::ranges::find(kAttributes, name, &AttributeOfAll::name) == std::end(kAttributes)) {
            throw invalid_value(name, "attributeName");
        }
    }
}

}  // namespace

// Source: EC2 API Reference, DescribeAccountAttributes (documented); the order is observed.
DescribeAccountAttributesResponse describe_account_attributes(
    Session& session, const DescribeAccountAttributesRequest& request)
{
    check_names(request.attribute_names);
    stop_if_dry_run(request);
    const auto& names = request.attribute_names;
    DescribeAccountAttributesResponse answer;
    for (const auto& attribute : kAttributes) {
        if (names.empty() || std::ranges::find(names, attribute.name) != names.end()) {
            AccountAttribute one;
            one.attribute_name = attribute.name;
            one.attribute_values.push_back({.attribute_value = value_of(session, attribute)});
            answer.account_attributes.push_back(std::move(one));
        }
    }
    return answer;
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_account_attributes, kDefaultNetwork>(kDescribeAccountAttributes),
};

}  // namespace

constinit const Family kAccountAttributes{.operations = kOperations};

}  // namespace amilab::ec2
