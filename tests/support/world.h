#pragma once

#include <map>
#include <string>

#include "tests/support/emulator_fixture.h"

namespace amilab::test {

inline constexpr const char* kOrganization =
    "arn:aws:organizations::123456789012:organization/o-abcdefghij";
inline constexpr const char* kOrganizationalUnit =
    "arn:aws:organizations::123456789012:ou/o-abcdefghij/ou-abcd-12345678";

/// What the world's account sells; the instance `stopped` has it.
inline constexpr const char* kProductCode = "worldproduct";

/// Something of every kind, made by calls alone but for the product, the same on every run with one
/// seed: six volumes, snapshots, images and instances. Names of ids:
///   volume (available), volume_2 (attached to instance as /dev/sdf), volume_3 ... volume_6,
///   each tagged kept=1
///   snapshot (of volume; the images' own), free_snapshot (of volume, in no image)
///   image (another account may launch it), image_2, image_3 (shared in every way) ... image_6
///   image_4 is protected from deregistration, image_5 deprecated in a year, image_6 disabled
///   windows, and windows_2 and windows_3 with fast launch enabled
///   binned_image, binned_snapshot, binned_volume ... binned_volume_6: in the recycle bin, by a
///   rule for what is tagged bin=1
///   their_image, third_image (of other accounts, shared with this one)
///   instance (running, in us-east-1a), stopped (stopped, in us-east-1a)
///   root_snapshot (of the root volume of instance)
///   task, which replaced the root volume of task_instance; there is another
/// Each volume was modified once.
///   vpc, subnet (in us-east-1b), group, group_name
class World {
public:
    World();

    TestEmulator& emulator() { return emulator_; }
    const std::map<std::string, std::string>& ids() const { return ids_; }
    /// Replaces each "{name}" in the values by that id.
    Parameters resolve(Parameters parameters) const;
    /// All that Describe calls tell of the account, request ids aside.
    std::string dump();

private:
    void make_volumes();
    std::string register_image(const std::string& name);
    void make_images();
    void make_windows();
    void make_bin();
    void make_instances();

    TestEmulator emulator_;
    std::map<std::string, std::string> ids_;
};

/// An answer's body without its request id.
std::string without_request_id(const Answer& answer);

}  // namespace amilab::test
