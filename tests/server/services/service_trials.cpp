#include "tests/server/services/service_trials.h"

#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/server/services/ebs/ebs_trials.h"
#include "tests/server/services/ec2/bundle_tasks/bundle_tasks_trials.h"
#include "tests/server/services/ec2/capacity_reservations/capacity_reservations_trials.h"
#include "tests/server/services/ec2/conversion_tasks/conversion_tasks_trials.h"
#include "tests/server/services/ec2/dedicated_hosts/dedicated_hosts_trials.h"
#include "tests/server/services/ec2/export_tasks/export_tasks_trials.h"
#include "tests/server/services/ec2/images/image_usage_reports_trials.h"
#include "tests/server/services/ec2/images/images_trials.h"
#include "tests/server/services/ec2/import_tasks/import_tasks_trials.h"
#include "tests/server/services/ec2/instance_types/instance_types_trials.h"
#include "tests/server/services/ec2/instances/iam_instance_profiles_trials.h"
#include "tests/server/services/ec2/instances/instance_event_windows_trials.h"
#include "tests/server/services/ec2/instances/instance_events_trials.h"
#include "tests/server/services/ec2/instances/instances_trials.h"
#include "tests/server/services/ec2/instances/spot_requests_trials.h"
#include "tests/server/services/ec2/key_pairs/key_pairs_trials.h"
#include "tests/server/services/ec2/launch_templates/launch_templates_trials.h"
#include "tests/server/services/ec2/network/address_transfers_trials.h"
#include "tests/server/services/ec2/network/flow_logs_trials.h"
#include "tests/server/services/ec2/network/instance_connect_endpoints_trials.h"
#include "tests/server/services/ec2/network/managed_prefix_lists_trials.h"
#include "tests/server/services/ec2/network/nat_gateways_trials.h"
#include "tests/server/services/ec2/network/network_interfaces_trials.h"
#include "tests/server/services/ec2/network/network_trials.h"
#include "tests/server/services/ec2/network/security_groups_trials.h"
#include "tests/server/services/ec2/network/subnet_cidr_reservations_trials.h"
#include "tests/server/services/ec2/network/vpc_cidr_blocks_trials.h"
#include "tests/server/services/ec2/network/vpc_endpoints_trials.h"
#include "tests/server/services/ec2/network/vpc_peering_connections_trials.h"
#include "tests/server/services/ec2/placement_groups/placement_groups_trials.h"
#include "tests/server/services/ec2/recycle_bin/recycle_bin_trials.h"
#include "tests/server/services/ec2/regions/regions_trials.h"
#include "tests/server/services/ec2/settings/settings_trials.h"
#include "tests/server/services/ec2/snapshots/snapshots_trials.h"
#include "tests/server/services/ec2/store_image_tasks/store_image_tasks_trials.h"
#include "tests/server/services/ec2/tags/tags_trials.h"
#include "tests/server/services/ec2/volumes/volumes_trials.h"
#include "tests/server/services/iam/iam_trials.h"
#include "tests/server/services/rbin/rbin_trials.h"
#include "tests/server/services/s3/s3_trials.h"
#include "tests/server/services/ssm/ssm_trials.h"
#include "tests/server/services/sts/sts_trials.h"

namespace amilab::test {

namespace {

constexpr const TrialSet* kEc2[] = {
    // need no world of their own
    &kRegionsTrials,
    &kInstanceTypesTrials,
    &kSettingsTrials,
    &kTagsTrials,
    // add to the world, after those whose resources they use
    &kNetworkTrials,
    &kSecurityGroupsTrials,
    &kNetworkInterfacesTrials,
    &kManagedPrefixListsTrials,
    &kNatGatewaysTrials,
    &kVpcCidrBlocksTrials,
    &kVpcPeeringConnectionsTrials,
    &kVpcEndpointsTrials,
    &kInstanceConnectEndpointsTrials,
    &kAddressTransfersTrials,
    &kSubnetCidrReservationsTrials,
    &kFlowLogsTrials,
    &kKeyPairsTrials,
    &kPlacementGroupsTrials,
    &kLaunchTemplatesTrials,
    &kVolumesTrials,
    &kSnapshotsTrials,
    &kImagesTrials,
    &kRecycleBinTrials,
    &kInstancesTrials,
    &kIamInstanceProfilesTrials,
    &kInstanceEventWindowsTrials,
    &kInstanceEventsTrials,
    &kSpotRequestsTrials,
    &kCapacityReservationsTrials,
    &kDedicatedHostsTrials,
    &kImageUsageReportsTrials,
    &kStoreImageTasksTrials,
    &kExportTasksTrials,
    &kBundleTasksTrials,
    &kImportTasksTrials,
    &kConversionTasksTrials,
};
constexpr const TrialSet* kEbs[] = {&kEbsTrials};
constexpr const TrialSet* kIam[] = {&kIamTrials};
constexpr const TrialSet* kRbin[] = {&kRbinTrials};
constexpr const TrialSet* kS3[] = {&kS3Trials};
constexpr const TrialSet* kSsm[] = {&kSsmTrials};
constexpr const TrialSet* kSts[] = {&kStsTrials};

constexpr ServiceTrials kServices[] = {{"ec2", kEc2}, {"ebs", kEbs}, {"iam", kIam}, {"rbin", kRbin},
                                       {"s3", kS3},   {"ssm", kSsm}, {"sts", kSts}};

std::span<const TrialSet* const> sets_of(std::string_view service)
{
    for (const auto& one : kServices) {
        if (one.service == service) {
            return one.sets;
        }
    }
    throw std::logic_error(fmt::format("no trials of the service {}", service));
}

TrialTable merge_tables(std::string_view service)
{
    TrialTable table;
    for (const auto* set : sets_of(service)) {
        auto more = set->trials();
        table.merge(more);
        if (!more.empty()) {
            throw std::logic_error(fmt::format("two sets try {}", more.begin()->first));
        }
    }
    return table;
}

std::unique_ptr<PreparedWorld> prepare_world(std::string_view service)
{
    std::vector<PreparedWorld::Part> parts;
    for (const auto* set : sets_of(service)) {
        if (set->add_to_world != nullptr) {
            parts.push_back(set->add_to_world);
        }
    }
    return std::make_unique<PreparedWorld>(parts);
}

std::vector<ServiceTelling> collect_tellings()
{
    std::vector<ServiceTelling> all;
    for (const auto& service : kServices) {
        for (const auto* set : service.sets) {
            for (auto& telling :
                 set->tellings != nullptr ? set->tellings() : std::vector<Telling>()) {
                all.push_back({service.service, std::move(telling)});
            }
        }
    }
    return all;
}

}  // namespace

std::span<const ServiceTrials> all_trials()
{
    return kServices;
}

const TrialTable& trials_of(std::string_view service)
{
    static std::map<std::string_view, TrialTable> tables;
    auto found = tables.find(service);
    if (found == tables.end()) {
        found = tables.emplace(service, merge_tables(service)).first;
    }
    return found->second;
}

std::vector<WithoutEffect> without_effect_of(std::string_view service)
{
    std::vector<WithoutEffect> all;
    for (const auto* set : sets_of(service)) {
        all.insert(all.end(), set->without_effect.begin(), set->without_effect.end());
    }
    return all;
}

const PreparedWorld& world_of(std::string_view service)
{
    static std::map<std::string_view, std::unique_ptr<PreparedWorld>> worlds;
    auto& world = worlds[service];
    if (!world) {
        world = prepare_world(service);
    }
    return *world;
}

const std::vector<ServiceTelling>& all_tellings()
{
    static const auto tellings = collect_tellings();
    return tellings;
}

}  // namespace amilab::test
