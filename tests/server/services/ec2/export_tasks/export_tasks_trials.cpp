#include "tests/server/services/ec2/export_tasks/export_tasks_trials.h"

#include "storage/base/units.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

Parameters export_of(const std::string& image)
{
    return {
        {"ImageId", image}, {"DiskImageFormat", "VMDK"}, {"S3ExportLocation.S3Bucket", "disks"}};
}

TrialTable trials()
{
    TrialTable table;
    table["ExportImage"] = {export_of("{exported_image}"),
                            changes("Description", "nightly") + changes("DiskImageFormat", "VHD") +
                                changes("ImageId", "{exported_image_2}") +
                                changes("RoleName", "exporter") +
                                refused("S3ExportLocation.S3Bucket", "nobodys") +
                                changes("S3ExportLocation.S3Prefix", "exports/") + token_trial() +
                                tag_trials("export-image-task")};
    table["DescribeExportImageTasks"] =
        describe_operation(filter_trials("task-state", "completed") +
                           changes("ExportImageTaskId.1", "{export_image_task}") + page_trials());
    table["CreateInstanceExportTask"] = {
        {{"InstanceId", "{exported_instance}"},
         {"TargetEnvironment", "vmware"},
         {"ExportToS3.S3Bucket", "disks"}},
        changes("Description", "nightly") + changes("ExportToS3.ContainerFormat", "ova") +
            changes("ExportToS3.DiskImageFormat", "RAW") +
            refused("ExportToS3.S3Bucket", "nobodys") + changes("ExportToS3.S3Prefix", "exports/") +
            refused("InstanceId", "{instance}") + changes("TargetEnvironment", "microsoft") +
            tag_trials("export-instance-task")};
    // No filter is documented.
    const Parameters filtered{{"Filter.1.Name", "state"}, {"Filter.1.Value.1", "active"}};
    table["DescribeExportTasks"] = describe_operation(
        changes("ExportTaskId.1", "{export_task}") +
        std::vector<Trial>{{"Filter.1.Name", filtered, {}, Outcome::kRefused},
                           {"Filter.1.Value.1", filtered, {}, Outcome::kRefused}});
    table["CancelExportTask"] =
        either_of("ExportTaskId", "{active_export_task}", "{active_export_task_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"export_task", "id", "DescribeExportImageTasks", {}},
            {"export_task", "id", "DescribeExportTasks", {}}};
}

std::string export_instance(World& world)
{
    return world
        .must("CreateInstanceExportTask", {{"InstanceId", "{exported_instance}"},
                                           {"TargetEnvironment", "vmware"},
                                           {"ExportToS3.S3Bucket", "disks"}})
        .text("exportTask/exportTaskId");
}

/// In the bucket "disks"; "active_export_task" waits for an hour.
void add_export_tasks(World& world)
{
    auto& emulator = world.emulator();
    world.set_id("exported_image", world.id("image"));
    world.set_id("exported_image_2", world.id("image_2"));
    world.set_id("exported_instance", world
                                          .must("RunInstances", {{"ImageId", "{exported_image}"},
                                                                 {"InstanceType", "t3.micro"},
                                                                 {"MinCount", "1"},
                                                                 {"MaxCount", "1"}})
                                          .text("instancesSet/item/instanceId"));
    for (int i = 0; i < World::kOfEach; ++i) {
        world.set_id(
            "export_image_task",
            world.must("ExportImage", export_of("{exported_image}")).text("exportImageTaskId"));
    }
    world.set_id("export_task", export_instance(world));
    emulator.data().background().drain();
    emulator.set_delay("export-task.active", kHourMs);
    world.set_id("active_export_task", export_instance(world));
    world.set_id("active_export_task_2", export_instance(world));
    emulator.set_delay("export-task.active", 0);
}

}  // namespace

constinit const TrialSet kExportTasksTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_export_tasks};

}  // namespace amilab::test
