#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/instances/launch_addresses.h"
#include "server/services/ec2/instances/launch_options.h"
#include "server/services/ec2/instances/launch_volumes.h"
#include "server/services/ec2/instances/spot_instances.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/key_pairs/key_pair_rows.h"
#include "storage/metadata/tags/tag_rows.h"

/// The maker of instances.
namespace amilab::ec2 {

struct LaunchTags {
    std::vector<TagRow> instance;
    std::vector<TagRow> volume;
    std::vector<TagRow> network_interface;
    std::vector<TagRow> spot_request;
};

/// Whether an instance runs from its launch on, or waits to be started.
enum class InstanceBegin : std::uint8_t { kRunning, kStopped };

/// What is known of an instance before it is there.
struct NewInstance {
    const ImageRow& image;
    const LaunchTypeRow& type;
    /// Of each the place, and the addresses of all instances of the launch.
    const std::vector<PlacedInterface>& interfaces;
    const std::vector<LaunchVolume>& volumes;
    const LaunchOptions& options;
    const std::optional<KeyPairRow>& key_pair;
    /// Nothing when it is no Spot Instance.
    const std::optional<SpotTerms>& spot;
    const LaunchTags& tags;
    std::string reservation_id{};
    std::int64_t launch_index = 0;
    std::string client_token{};
    /// Base64.
    std::optional<std::string> user_data{};
    bool disable_api_termination = false;
    bool disable_api_stop = false;
    /// stop, terminate
    std::string shutdown_behavior{};
    InstanceBegin begin = InstanceBegin::kRunning;
    /// Nothing: the next one.
    std::optional<InstanceId> id{};
};

/// Makes the instance with interfaces, volumes, product codes and tags; it is pending, and will
/// run, or is stopped, and takes no room anywhere. Throws InsufficientAddressCapacity when it is to
/// have a public address and none is left.
InstanceId new_instance(Session& session, const NewInstance& wanted);

}  // namespace amilab::ec2
