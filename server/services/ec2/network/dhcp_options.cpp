#include "server/services/ec2/network/dhcp_options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/network/errors.h"
#include "server/services/ec2/network/vpcs.h"
#include "server/wire/ec2/network/dhcp_options.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/network/dhcp_options_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, CreateDhcpOptions (documented).
constexpr std::array<std::string_view, 6> kKeys = {
    "domain-name-servers",  "domain-name",       "ntp-servers",
    "netbios-name-servers", "netbios-node-type", "ipv6-address-preferred-lease-time"};
// Source: up to four servers of a kind, of NTP four of each family (documented).
constexpr std::size_t kMostValues = 4;
// Source: documented, in seconds.
constexpr std::int64_t kShortestLease = 140;
constexpr std::int64_t kLongestLease = 2147483647;
/// A VPC's options when it has none. Source: EC2 API Reference, AssociateDhcpOptions (documented).
constexpr std::string_view kNone = "default";

DhcpOptionsRow require_options(Session& session, const std::string& id)
{
    return require_own<kDhcpOptionsList, DhcpOptionsId, not_found>(session,
                                                                   parse_id<DhcpOptionsId>(id));
}

std::vector<DhcpOptions> to_answers(Session& session, std::vector<DhcpOptionsRow>&& rows)
{
    const auto ids = ids_of(rows);
    const PageTags tags(session, ids);
    const auto values = select_children<kValuesOfDhcpOptions>(session.db(), ids);
    std::vector<DhcpOptions> answers;
    for (const auto& row : rows) {
        const auto& id = row.id.text();
        auto& answer = answers.emplace_back(
            DhcpOptions{.dhcp_options_id = id, .owner_id = row.owner, .tags = tags.of(id)});
        auto& options = answer.dhcp_configurations;
        for (const auto& one : children_of(values, &DhcpOptionValueRow::dhcp_options_id, id)) {
            if (options.empty() || options.back().key != one.key) {
                options.push_back({.key = one.key, .values = {}});
            }
            options.back().values.push_back({.value = one.value});
        }
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeDhcpOptions,
    .ids = {.member = &DescribeDhcpOptionsRequest::dhcp_options_ids,
            .check = &check_ids<DhcpOptionsId>,
            .not_with_page = "DhcpOptionsIds",
            .before_filters = true,
            .require = &require_listed<kDhcpOptionsList, DhcpOptionsId, not_found>},
    .select = &select_page<kDhcpOptionsList>,
    .answers = &to_answers,
    .into = &DescribeDhcpOptionsResponse::dhcp_options};

void check_servers(const NewDhcpConfiguration& option)
{
    const auto count = [&](bool has_colon) {
        return static_cast<std::size_t>(
            std::ranges::count_if(option.values, [&](const std::string& value) {
                return (value.find(':') != std::string::npos) == has_colon;
            }));
    };
    const bool are_apart = option.key == "ntp-servers";
    if (are_apart ? std::max(count(true), count(false)) > kMostValues
                  : option.values.size() > kMostValues) {
        throw invalid_parameter_value(fmt::format("The DHCP option {} has more than {} values{}.",
                                                  *option.key, kMostValues,
                                                  are_apart ? " of one address family" : ""));
    }
}

bool is_lease_time(const std::string& text)
{
    std::int64_t seconds = 0;
    const auto* const end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, seconds);
    return error == std::errc() && at == end && seconds >= kShortestLease &&
           seconds <= kLongestLease;
}

void check_value(const std::string& key, const std::string& value)
{
    check_ascii(value, "DhcpConfiguration.Value");
    if (key == "netbios-node-type" && value != "1" && value != "2" && value != "4" &&
        value != "8") {
        throw invalid_value(value, "DhcpConfiguration.Value", "Expected 1, 2, 4 or 8.");
    }
    if (key == "ipv6-address-preferred-lease-time" && !is_lease_time(value)) {
        throw invalid_value(
            value, "DhcpConfiguration.Value",
            fmt::format("Expected seconds between {} and {}.", kShortestLease, kLongestLease));
    }
}

/// Source: the keys, how many values, and which of them (documented); the refusals are assumed.
void check_configuration(const NewDhcpConfiguration& option, std::set<std::string>& keys)
{
    const auto key = option.key.value_or("");
    if (std::find(kKeys.begin(), kKeys.end(), key) == kKeys.end()) {
        throw invalid_value(key, "DhcpConfiguration.Key", "Unknown DHCP option");
    }
    if (!keys.insert(key).second) {
        throw invalid_parameter_value(fmt::format("The DHCP option {} is given twice.", key));
    }
    if (option.values.empty()) {
        throw missing_parameter("DhcpConfiguration.Value");
    }
    check_servers(option);
    for (const auto& value : option.values) {
        check_value(key, value);
    }
}

std::vector<DhcpOptionValueRow> parse_configurations(
    const std::vector<NewDhcpConfiguration>& configurations)
{
    if (configurations.empty()) {
        throw missing_parameter("DhcpConfiguration");
    }
    std::set<std::string> keys;
    std::vector<DhcpOptionValueRow> rows;
    for (const auto& option : configurations) {
        check_configuration(option, keys);
        for (const auto& value : option.values) {
            rows.push_back({.position = static_cast<std::int64_t>(rows.size()),
                            .key = *option.key,
                            .value = value});
        }
    }
    return rows;
}

// Source: EC2 API Reference, CreateDhcpOptions (documented).
CreateDhcpOptionsResponse create_dhcp_options(Session& session,
                                              const CreateDhcpOptionsRequest& request)
{
    auto values = parse_configurations(request.dhcp_configurations);
    const auto tags = parse_tags<DhcpOptionsId>(request.tag_specifications);
    stop_if_dry_run(request);
    DhcpOptionsRow row;
    insert_own<kDhcpOptionsColumns>(session, row, tags);
    for (auto& value : values) {
        value.dhcp_options_id = row.id.text();
        insert_row<kDhcpOptionValueColumns>(session.db(), value);
    }
    return {.dhcp_options = to_answers(session, {row}).front()};
}

// Source: EC2 API Reference, DescribeDhcpOptions (documented).
DescribeDhcpOptionsResponse describe_dhcp_options(Session& session,
                                                  const DescribeDhcpOptionsRequest& request)
{
    return describe<kDescribe>(session, request);
}

// Source: EC2 API Reference, DeleteDhcpOptions (documented): none that a VPC has; that the
// account's default ones stay is assumed, as is the text.
DeleteDhcpOptionsResponse delete_dhcp_options(Session& session,
                                              const DeleteDhcpOptionsRequest& request)
{
    const auto id = parse_id<DhcpOptionsId>(request.dhcp_options_id);
    stop_if_dry_run(request);
    const auto options = require_options(session, request.dhcp_options_id);
    if (options.is_default || are_dhcp_options_in_use(session.db(), id)) {
        throw has_dependencies("dhcpOptions", id.text());
    }
    delete_own<kDhcpOptionsColumns>(session, id);
    return {};
}

// Source: EC2 API Reference, AssociateDhcpOptions (documented).
AssociateDhcpOptionsResponse associate_dhcp_options(Session& session,
                                                    const AssociateDhcpOptionsRequest& request)
{
    const bool is_none = request.dhcp_options_id == kNone;
    if (!is_none) {
        parse_id<DhcpOptionsId>(request.dhcp_options_id);
    }
    const auto vpc_id = parse_id<VpcId>(request.vpc_id);
    stop_if_dry_run(request);
    auto vpc = require_vpc(session, vpc_id);
    vpc.dhcp_options_id =
        is_none ? std::string(kNone) : require_options(session, request.dhcp_options_id).id.text();
    update_vpc(session.db(), vpc);
    return {};
}

constexpr Operation kOperations[] = {
    write<create_dhcp_options>(kCreateDhcpOptions),
    read<describe_dhcp_options, kDefaultNetwork>(kDescribeDhcpOptions),
    write<delete_dhcp_options>(kDeleteDhcpOptions, {.frees_space = true}),
    write<associate_dhcp_options>(kAssociateDhcpOptions),
};

constexpr ResourceKind kKinds[] = {
    kind<DhcpOptionsId, not_found>(kTaggableByOwner<kDhcpOptionsColumns>),
};

}  // namespace

constinit const Family kDhcpOptions{.operations = kOperations, .kinds = kKinds};

}  // namespace amilab::ec2
