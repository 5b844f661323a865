#pragma once

#include <string>
#include <string_view>

#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {

/// The bucket "disks", one in another region, and images whose disks hold something.
class StoredWorld : public S3World {
protected:
    static constexpr const char* kFarRegion = "eu-west-1";
    static constexpr const char* kFarBucket = "far-disks";

    StoredWorld();

    /// What the root holds, at this place.
    static constexpr std::uint64_t kPlace = 300 * 1024 * 1024 + 4096;
    std::string make_image(const std::string& name, const Parameters& more = {});
    /// A snapshot of a volume of 1 GiB that holds the text.
    std::string make_snapshot(std::string_view text);
    /// Starts the task and does its work; the object's key.
    std::string store(const std::string& image, const Parameters& more = {});
    /// Copies the object to the far bucket.
    void send_far(const std::string& key);

    std::string code(std::string_view action, const Parameters& parameters,
                     std::string_view account = kAccount, std::string_view region = kRegion);
    /// What the root of the image reads as, at kPlace.
    std::string read_root(const std::string& image, std::size_t length,
                          std::string_view region = kRegion);
    void do_work() { emulator.data().background().drain(); }

    S3Caller far{emulator, kAccount, kFarRegion};
};

}  // namespace amilab::test
