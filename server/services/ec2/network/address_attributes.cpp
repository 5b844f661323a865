#include "server/services/ec2/network/address_attributes.h"
#include "server/wire/ec2/network/address_attributes.h"

#include <algorithm>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/network/elastic_addresses.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/elastic_address_rows.h"

namespace amilab::ec2 {

namespace {

// Source: a name of the DNS (documented; 255 bytes there with a length before each label and one at
// the end, RFC 1035 2.3.4).
constexpr std::size_t kMostNameCharacters = 253;

AddressAttribute to_answer(const ElasticAddressRow& row)
{
    AddressAttribute answer;
    answer.allocation_id = row.id.text();
    answer.ptr_record = row.domain_name;
    answer.public_ip = row.public_ip;
    return answer;
}

std::vector<AddressAttribute> to_answers(Session& /*session*/,
                                         std::vector<ElasticAddressRow>&& rows)
{
    std::vector<AddressAttribute> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeAddressesAttribute,
    .ids = {.member = &DescribeAddressesAttributeRequest::allocation_ids,
            .check = &check_ids<AllocationId>,
            .not_with_page = "AllocationIds",
            .before_filters = true,
            .require = &require_listed<kElasticAddressList, AllocationId, not_found>},
    .select = &select_page<kElasticAddressList>,
    .answers = &to_answers,
    .into = &DescribeAddressesAttributeResponse::addresses};

// Source: EC2 API Reference, DescribeAddressesAttribute (documented); an address without a name of
// its owner's is told without a record (assumed).
DescribeAddressesAttributeResponse describe_addresses_attribute(
    Session& session, const DescribeAddressesAttributeRequest& request)
{
    return describe<kDescribe>(session, request);
}

/// The name with a dot at its end. Source: records end with one (documented example); which names
/// there may be and their refusal are assumed: that they lead back to the address is not asked.
std::string parse_domain_name(const std::optional<std::string>& asked)
{
    if (!is_given(asked)) {
        throw missing_parameter("DomainName");
    }
    auto name = *asked;
    if (name.ends_with('.')) {
        name.pop_back();
    }
    if (!has_only(name, "-.") || name.empty() || name.size() > kMostNameCharacters ||
        name.front() == '.' || name.find("..") != std::string::npos) {
        throw invalid_value(*asked, "domainName");
    }
    return name + ".";
}

/// The address as it was, with what becomes of it. Source: the record changes later (documented
/// example), that this takes no time is assumed.
AddressAttribute changing(const ElasticAddressRow& was, const std::optional<std::string>& value)
{
    auto answer = to_answer(was);
    answer.ptr_record_update = PtrUpdateStatus{.status = "PENDING", .value = value};
    return answer;
}

// Source: EC2 API Reference, ModifyAddressAttribute (documented).
ModifyAddressAttributeResponse modify_address_attribute(
    Session& session, const ModifyAddressAttributeRequest& request)
{
    const auto id = parse_id<AllocationId>(request.allocation_id);
    const auto name = parse_domain_name(request.domain_name);
    stop_if_dry_run(request);
    const auto row = require_elastic_address(session, id);
    set_domain_name(session.db(), id, name);
    return {.address = changing(row, name)};
}

// Source: EC2 API Reference, ResetAddressAttribute (documented).
ResetAddressAttributeResponse reset_address_attribute(Session& session,
                                                      const ResetAddressAttributeRequest& request)
{
    const auto id = parse_id<AllocationId>(request.allocation_id);
    stop_if_dry_run(request);
    const auto row = require_elastic_address(session, id);
    set_domain_name(session.db(), id, std::nullopt);
    return {.address = changing(row, std::nullopt)};
}

constexpr Operation kOperations[] = {
    read<describe_addresses_attribute>(kDescribeAddressesAttribute),
    write<modify_address_attribute>(kModifyAddressAttribute),
    write<reset_address_attribute>(kResetAddressAttribute),
};

}  // namespace

constinit const Family kAddressAttributes{.operations = kOperations};

}  // namespace amilab::ec2
