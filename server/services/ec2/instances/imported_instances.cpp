#include "server/services/ec2/instances/imported_instances.h"

#include <optional>
#include <utility>
#include <vector>

#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instance_user_data.h"
#include "server/services/ec2/instances/launch_interfaces.h"
#include "server/services/ec2/instances/launch_options.h"
#include "server/services/ec2/instances/launch_volumes.h"
#include "server/services/ec2/instances/new_instance.h"
#include "server/services/ec2/network/default_network.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "storage/metadata/images/image_words.h"

namespace amilab::ec2 {

namespace {

/// A machine that nothing stands against but the number of free addresses.
struct ImportPlan {
    ImageRow image;
    LaunchTypeRow type;
    std::vector<LaunchInterface> interfaces;
    std::vector<LaunchVolume> volumes;
    LaunchOptions options;
};

/// What an image would say of the machine. Source: HVM alone is imported (documented); Windows with
/// AWS's license (documented of images that are imported without a word of it).
ImageRow image_of(const Session& session, const ImportedMachine& machine)
{
    ImageRow image;
    image.region = session.region();
    image.owner = session.account();
    image.architecture = machine.architecture;
    image.image_type = text_of(ImageType::kMachine);
    image.root_device_name = kImportedRootDevice;
    image.root_device_type = text_of(RootDeviceType::kEbs);
    image.virtualization_type = text_of(VirtualizationType::kHvm);
    image.hypervisor = text_of(Hypervisor::kXen);
    image.ena_support = true;
    image.platform_details = machine.is_windows ? "Windows" : "Linux/UNIX";
    image.usage_operation = kPlainUsageOperation;
    if (machine.is_windows) {
        image.platform = text_of(Platform::kWindows);
        image.usage_operation += ":0002";
    }
    return image;
}

LaunchTypeRow require_type(Session& session, const ImportedMachine& machine, const ImageRow& image)
{
    const auto name = machine.launch.instance_type.value_or(std::string(kDefaultLaunchType));
    auto type = select_launch_type(session.db(), name);
    if (!type) {
        throw invalid_instance_type(name);
    }
    require_runs_on(*type, needs_of(image));
    return std::move(*type);
}

LaunchVolume root_of(const ImportedMachine& machine)
{
    auto spec = complete_volume_spec({.volume_type = std::string(kImportedVolumeType),
                                      .size_gib = machine.root_size_gib,
                                      .iops = std::nullopt,
                                      .throughput = std::nullopt});
    return {.device_name = std::string(kImportedRootDevice),
            .snapshot = std::nullopt,
            .spec = std::move(spec),
            .encryption = {},
            .initialization_rate = std::nullopt,
            .delete_on_termination = true};
}

ImportPlan make_plan(Session& session, const ImportedMachine& machine)
{
    check_interfaces(machine.launch);
    ensure_default_network(session);
    auto image = image_of(session, machine);
    auto type = require_type(session, machine, image);
    auto interfaces = plan_interfaces(session, machine.launch, type);
    std::vector<LaunchVolume> volumes;
    volumes.push_back(root_of(machine));
    auto options = plan_options(session, machine.launch, image, type);
    const auto& subnet = interfaces.front().subnets.front();
    follow_tenancy(options.row, subnet);
    set_names(options.row, std::nullopt, subnet);
    return {std::move(image), std::move(type), std::move(interfaces), std::move(volumes),
            std::move(options)};
}

}  // namespace

std::string check_imported_instance(Session& session, const ImportedMachine& machine)
{
    check_user_data(machine.launch.user_data);
    const auto plan = make_plan(session, machine);
    return place_interfaces(session, plan.interfaces, 1, 1).front().subnet.zone;
}

void make_imported_instance(Session& session, const ImportedMachine& machine, const InstanceId& id,
                            LayerId layer)
{
    auto plan = make_plan(session, machine);
    plan.image.id = session.next_id<ImageId>();
    plan.volumes.front().layer = layer;
    const auto interfaces = place_interfaces(session, plan.interfaces, 1, 1);
    const auto& behavior = machine.launch.instance_initiated_shutdown_behavior;
    const LaunchTags tags;
    const std::optional<KeyPairRow> key_pair;
    const std::optional<SpotTerms> spot;
    NewInstance wanted{.image = plan.image,
                       .type = plan.type,
                       .interfaces = interfaces,
                       .volumes = plan.volumes,
                       .options = plan.options,
                       .key_pair = key_pair,
                       .spot = spot,
                       .tags = tags};
    wanted.reservation_id = session.next_id<ReservationId>().text();
    wanted.user_data = check_user_data(machine.launch.user_data);
    wanted.shutdown_behavior = behavior.value_or(std::string(text_of(ShutdownBehavior::kStop)));
    wanted.begin = InstanceBegin::kStopped;
    wanted.id = id;
    new_instance(session, wanted);
}

}  // namespace amilab::ec2
