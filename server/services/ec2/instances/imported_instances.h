#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/calls/session.h"
#include "server/wire/ec2/instances/launches.h"
#include "storage/blocks/layer_id.h"
#include "storage/metadata/instances/instance_ids.h"

/// Instances that are made of a machine's disk, without an image.
namespace amilab::ec2 {

/// Where such an instance has its root. Source: imported images have it there (observed of
/// ImportImage).
inline constexpr std::string_view kImportedRootDevice = "/dev/sda1";
/// Source: gp2, as imported images have it (assumed).
inline constexpr std::string_view kImportedVolumeType = "gp2";

struct ImportedMachine {
    std::string architecture;
    bool is_windows = false;
    std::int64_t root_size_gib = 0;
    /// Type, place, addresses, groups, user data and options; it names neither image nor devices.
    RunInstancesRequest launch;
};

/// The zone that the machine would be in. Throws ApiError, as RunInstances does, where it could not
/// be made now.
std::string check_imported_instance(Session& session, const ImportedMachine& machine);

/// Makes a stopped instance with that id, whose root volume has the bytes of `layer`
/// (NewVolume::layer). Its image's id is of none. Throws what check_imported_instance does.
/// Source: an imported instance is stopped (documented); that it names an image which nobody sees
/// is assumed.
void make_imported_instance(Session& session, const ImportedMachine& machine, const InstanceId& id,
                            LayerId layer);

}  // namespace amilab::ec2
