#include "tests/server/services/ec2/bundle_tasks/bundle_tasks_trials.h"

#include "storage/base/units.h"
#include "tests/server/services/ec2/images/bundle_support.h"
#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

Parameters bundle_of(const std::string& instance)
{
    return {
        {"InstanceId", instance}, {"Storage.S3.Bucket", "bundles"}, {"Storage.S3.Prefix", "image"}};
}

TrialTable trials()
{
    TrialTable table;
    table["BundleInstance"] = {bundle_of("{bundled_instance}"),
                               changes("InstanceId", "{bundled_instance_2}") +
                                   changes("Storage.S3.Bucket", "disks") +
                                   changes("Storage.S3.Prefix", "other") +
                                   changes("Storage.S3.AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE") +
                                   changes("Storage.S3.UploadPolicy", "e30=") +
                                   changes("Storage.S3.UploadPolicySignature", "signature")};
    table["DescribeBundleTasks"] =
        describe_operation(filter_trials("instance-id", "{bundled_instance_3}") +
                           changes("BundleId.1", "{bundle_task}"));
    table["CancelBundleTask"] = either_of("BundleId", "{bundle_task}", "{bundle_task_2}");
    return table;
}

std::vector<Telling> tellings()
{
    return {{"bundle_task", "id", "DescribeBundleTasks", {{"BundleId.1", "{}"}}}};
}

/// Tasks wait for an hour.
void add_bundle_tasks(World& world)
{
    auto& emulator = world.emulator();
    put_bundle(emulator, "bundles");
    const auto image = world
                           .must("RegisterImage", {{"Name", "bundled"},
                                                   {"VirtualizationType", "hvm"},
                                                   {"ImageLocation", "bundles/image.manifest.xml"}})
                           .text("imageId");
    for (const auto* name : {"", "_2", "_3", "_4"}) {
        world.set_id(std::string("bundled_instance") + name,
                     world
                         .must("RunInstances", {{"ImageId", image},
                                                {"InstanceType", "m3.medium"},
                                                {"MinCount", "1"},
                                                {"MaxCount", "1"}})
                         .text("instancesSet/item/instanceId"));
    }
    emulator.set_delay("bundle-task.pending", kHourMs);
    for (const auto& [task, instance] : {std::pair("bundle_task", "{bundled_instance_3}"),
                                         std::pair("bundle_task_2", "{bundled_instance_4}")}) {
        world.set_id(
            task,
            world.must("BundleInstance", bundle_of(instance)).text("bundleInstanceTask/bundleId"));
    }
    emulator.set_delay("bundle-task.pending", 0);
}

}  // namespace

constinit const TrialSet kBundleTasksTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_bundle_tasks};

}  // namespace amilab::test
