#include "tests/server/services/ec2/store_image_tasks/store_image_tasks_trials.h"

#include "tests/server/services/trial_makers.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {

namespace {

TrialTable trials()
{
    TrialTable table;
    table["CreateStoreImageTask"] = {
        {{"ImageId", "{image}"}, {"Bucket", "disks"}},
        changes("Bucket", "open") + changes("ImageId", "{image_2}") +
            changes("S3ObjectTag.1.Key", "of") +
            changes("S3ObjectTag.1.Value", "test", {{"S3ObjectTag.1.Key", "of"}})};
    table["DescribeStoreImageTasks"] = describe_operation(
        filter_trials("bucket", "open") + changes("ImageId.1", "{image_2}") + page_trials());
    table["CreateRestoreImageTask"] = {
        {{"Bucket", "disks"}, {"ObjectKey", "{stored_object}"}, {"Name", "restored"}},
        refused("Bucket", "nobodys") + refused("ObjectKey", "none") + changes("Name", "other") +
            tag_trials("image")};
    return table;
}

std::vector<Telling> tellings()
{
    return {{"store_image_task", "id", "DescribeStoreImageTasks", {}}};
}

/// "stored_object" is the key of an object in the bucket "disks".
void add_store_image_tasks(World& world)
{
    const S3Caller s3(world.emulator());
    s3.must("PUT", "/disks");
    s3.must("PUT", "/open");
    world.set_id("stored_object", world.id("image") + ".bin");
    for (const auto* image : {"{image}", "{image_2}", "{image_3}", "{image_4}", "{image_5}"}) {
        world.must("CreateStoreImageTask", {{"ImageId", image}, {"Bucket", "disks"}});
    }
    world.must("CreateStoreImageTask", {{"ImageId", "{image}"}, {"Bucket", "open"}});
    world.emulator().data().background().drain();
}

}  // namespace

constinit const TrialSet kStoreImageTasksTrials{
    .trials = trials, .tellings = tellings, .add_to_world = add_store_image_tasks};

}  // namespace amilab::test
