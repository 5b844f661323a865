#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/calls/session.h"
#include "server/services/ec2/instances/launch_volumes.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/launch_rows.h"
#include "storage/metadata/tags/tag_rows.h"

/// The maker of instances.
namespace amilab::ec2 {

struct LaunchTags {
    std::vector<TagRow> instance;
    std::vector<TagRow> volume;
    std::vector<TagRow> network_interface;
};

/// What is known of an instance before it is there.
struct NewInstance {
    const ImageRow& image;
    const LaunchTypeRow& type;
    const LaunchSubnet& subnet;
    const std::vector<InstanceGroupRow>& groups;
    const std::vector<LaunchVolume>& volumes;
    const LaunchTags& tags;
    std::string reservation_id{};
    std::int64_t launch_index = 0;
    std::string client_token{};
    std::string private_ip{};
    /// Base64.
    std::optional<std::string> user_data{};
    std::optional<std::string> key_name{};
    bool disable_api_termination = false;
    bool disable_api_stop = false;
    /// stop, terminate
    std::string shutdown_behavior{};
};

/// Makes the instance with interface, volumes, product codes and tags; it is pending, and will run.
/// Throws InsufficientAddressCapacity when its subnet gives public addresses and none is left.
InstanceId new_instance(Session& session, const NewInstance& wanted);

}  // namespace amilab::ec2
