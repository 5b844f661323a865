#include "server/services/ec2/conversion_tasks/conversion_launches.h"

#include <utility>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/launch_templates/launch_parameters.h"
#include "server/wire/request.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_option_rows.h"

namespace amilab::ec2 {

namespace {

RunInstancesRequest launch_of(ImportInstanceLaunchSpecification&& told)
{
    RunInstancesRequest launch;
    launch.min_count = 1;
    launch.max_count = 1;
    launch.instance_type = std::move(told.instance_type);
    launch.security_group_ids = std::move(told.group_ids);
    launch.security_groups = std::move(told.group_names);
    launch.subnet_id = std::move(told.subnet_id);
    launch.private_ip_address = std::move(told.private_ip_address);
    launch.placement = std::move(told.placement);
    launch.instance_initiated_shutdown_behavior =
        std::move(told.instance_initiated_shutdown_behavior);
    if (told.user_data) {
        launch.user_data = std::move(told.user_data->data);
    }
    if (told.monitoring) {
        launch.monitoring.emplace().enabled = told.monitoring;
    }
    return launch;
}

}  // namespace

ImportedMachine machine_of(const ImportInstanceRequest& request)
{
    auto told = request.launch_specification.value_or(ImportInstanceLaunchSpecification{});
    // Source: documented; the code is assumed.
    if (told.placement && told.placement->tenancy == text_of(InstanceTenancy::kHost)) {
        throw invalid_parameter_value("The tenancy host is not supported for imported instances.");
    }
    ImportedMachine machine;
    machine.architecture = told.architecture.value_or(std::string(text_of(Architecture::kX8664)));
    machine.is_windows = request.platform == "Windows";
    machine.root_size_gib = request.disk_images.front().volume.size;
    machine.launch = launch_of(std::move(told));
    return machine;
}

ImportedMachine machine_of(const ConversionTaskRow& row)
{
    const wire::Parameters told(read_parameters(row.launch.value_or("")));
    auto machine = machine_of(wire::parse_request<ImportInstanceRequest>(told.root()));
    if (!is_given(machine.launch.subnet_id)) {
        auto place = machine.launch.placement.value_or(Placement{});
        place.availability_zone = row.zone;
        place.availability_zone_id.reset();
        machine.launch.placement = std::move(place);
    }
    return machine;
}

}  // namespace amilab::ec2
