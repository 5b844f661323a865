#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/calls/session.h"
#include "server/wire/ec2/instances/launches.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/iam_instance_profile_rows.h"
#include "storage/metadata/instances/instance_option_rows.h"
#include "storage/metadata/instances/launch_place_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/placement_groups/placement_group_rows.h"

/// What a launch tells its instances beside their image, type, place and disks, and the rules that
/// hold for it then and later.
namespace amilab::ec2 {

struct LaunchOptions {
    InstanceOptionRow row{};
    std::string http_tokens{};
    std::int64_t http_put_response_hop_limit = 1;
    bool ebs_optimized = false;
    /// Nothing: none.
    std::optional<ProfileAssociationRow> profile{};
    /// Nothing: those of the image.
    std::optional<std::string> kernel_id{};
    std::optional<std::string> ramdisk_id{};
};

/// What the request says, else what the account has settled, else what the image and the type have.
/// Throws what the rules below do, UnsupportedHibernationConfiguration, Unsupported.
/// Source: EC2 User Guide, "Order of precedence for instance metadata options" (documented).
LaunchOptions plan_options(Session& session, const RunInstancesRequest& request,
                           const ImageRow& image, const LaunchTypeRow& type);

/// Source: what the launch does not say of its instances' names is the subnet's (documented,
/// RunInstances, PrivateDnsNameOptions).
void set_names(InstanceOptionRow& row, const std::optional<PrivateDnsNameOptionsRequest>& wish,
               const LaunchSubnet& subnet);

/// Source: instances of a VPC whose tenancy is dedicated are dedicated, unless they are on hosts
/// (documented).
void follow_tenancy(InstanceOptionRow& row, const LaunchSubnet& subnet);

/// Where an instance is put: its group is named by either member. Empty names are none.
struct PlacementWish {
    std::optional<std::string> group_name{};
    std::optional<std::string> group_id{};
    std::optional<std::int64_t> partition_number{};
    std::optional<std::string> tenancy{};
};
/// Sets what the wish says and the type may have. Throws InvalidPlacementGroup.Unknown,
/// InvalidParameterCombination.
void set_placement(Session& session, InstanceOptionRow& row, const PlacementWish& wish,
                   const TypeOptionsRow& type);

/// Sets the processors that are on; one of the two numbers alone leaves the other as the type has
/// it. Throws Unsupported, InvalidParameterValue.
void set_cpu_options(InstanceOptionRow& row, const std::optional<std::int64_t>& cores,
                     const std::optional<std::int64_t>& threads_per_core,
                     const TypeOptionsRow& type);

/// Throws Unsupported when nested virtualization is enabled and the type does not have it.
/// Source: EC2 API Reference, CpuOptionsRequest: on some types alone (documented), which the
/// catalogue tells; the refusal is assumed.
void require_nested_virtualization_possible(const InstanceOptionRow& row,
                                            const TypeOptionsRow& type);

/// Throws InvalidParameterValue unless it is standard or unlimited.
void check_cpu_credits(const std::string& text);

/// What new instances of a family have, as far as the account has said; nothing: what AWS has.
std::optional<std::string> settled_cpu_credits(Session& session, std::string_view family);
void settle_cpu_credits(Session& session, std::string_view family, std::string_view cpu_credits);
/// What AWS has of itself for the family.
std::string_view usual_cpu_credits(std::string_view family);

/// Throws unless an instance of the type with these options may have enclaves, if it is to.
/// Source: not together with hibernation, and not on every type (documented).
void require_enclaves_possible(const InstanceOptionRow& row, const TypeOptionsRow& type);

/// Throws Unsupported unless the type's network can be weighted so.
void set_bandwidth_weighting(InstanceOptionRow& row, const std::string& weighting,
                             const TypeOptionsRow& type);

}  // namespace amilab::ec2
