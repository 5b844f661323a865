#include "tests/server/services/service_trials.h"

#include <memory>
#include <stdexcept>

#include <fmt/format.h>

#include "tests/server/services/ebs/ebs_trials.h"
#include "tests/server/services/ec2/images/image_usage_reports_trials.h"
#include "tests/server/services/ec2/images/images_trials.h"
#include "tests/server/services/ec2/instance_types/instance_types_trials.h"
#include "tests/server/services/ec2/instances/instances_trials.h"
#include "tests/server/services/ec2/key_pairs/key_pairs_trials.h"
#include "tests/server/services/ec2/network/network_trials.h"
#include "tests/server/services/ec2/network/security_groups_trials.h"
#include "tests/server/services/ec2/placement_groups/placement_groups_trials.h"
#include "tests/server/services/ec2/recycle_bin/recycle_bin_trials.h"
#include "tests/server/services/ec2/regions/regions_trials.h"
#include "tests/server/services/ec2/settings/settings_trials.h"
#include "tests/server/services/ec2/snapshots/snapshots_trials.h"
#include "tests/server/services/ec2/tags/tags_trials.h"
#include "tests/server/services/ec2/volumes/volumes_trials.h"
#include "tests/server/services/rbin/rbin_trials.h"
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
    &kKeyPairsTrials,
    &kPlacementGroupsTrials,
    &kVolumesTrials,
    &kSnapshotsTrials,
    &kImagesTrials,
    &kRecycleBinTrials,
    &kInstancesTrials,
    &kImageUsageReportsTrials,
};
constexpr const TrialSet* kEbs[] = {&kEbsTrials};
constexpr const TrialSet* kRbin[] = {&kRbinTrials};
constexpr const TrialSet* kSsm[] = {&kSsmTrials};
constexpr const TrialSet* kSts[] = {&kStsTrials};

constexpr ServiceTrials kServices[] = {
    {"ec2", kEc2}, {"ebs", kEbs}, {"rbin", kRbin}, {"ssm", kSsm}, {"sts", kSts}};

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
