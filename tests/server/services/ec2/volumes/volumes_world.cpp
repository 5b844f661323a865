#include "tests/server/services/ec2/volumes/volumes_trials.h"

namespace amilab::test {

void add_volumes(World& world)
{
    for (int i = 1; i <= World::kOfEach; ++i) {
        const auto id =
            world
                .must("CreateVolume",
                      {{"AvailabilityZone", "us-east-1a"}, {"Size", "1"}, {"VolumeType", "gp3"}})
                .text("volumeId");
        world.set_id(World::numbered("volume", i), id);
        world.must("CreateTags",
                   {{"ResourceId.1", id}, {"Tag.1.Key", "kept"}, {"Tag.1.Value", "1"}});
        world.must("ModifyVolume", {{"VolumeId", id}, {"Throughput", "130"}});
    }
}

}  // namespace amilab::test
