#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/calls/object_store.h"
#include "server/services/ec2/conversion_tasks/import_manifest.h"
#include "storage/disk_formats/disk_image.h"

namespace amilab::ec2 {

/// The file of a disk image that is in parts, a few of which are open at a time.
class PartedImage final : public ImageBytes {
public:
    /// Opens the part with that index; it has as many bytes as the manifest says.
    using Open = std::function<std::unique_ptr<ObjectBytes>(std::size_t index)>;

    /// The manifest outlives it.
    PartedImage(const ImportManifest& manifest, Open open);

    std::uint64_t size_bytes() const override { return manifest_.size_bytes; }
    /// Throws what `open` throws, and ApiError (part_has_changed) for a part that is another one
    /// than when it was read first.
    void read(std::uint64_t offset, std::span<std::byte> out) override;
    /// Looks no further than where the next part begins.
    std::uint64_t next_data(std::uint64_t offset) override;
    std::optional<FileBytes> in_file(std::uint64_t offset) override;

private:
    static constexpr std::size_t kMostOpen = 4;

    std::size_t index_at(std::uint64_t offset) const;
    std::uint64_t begin_of(std::size_t index) const;
    ObjectBytes& part(std::size_t index);

    const ImportManifest& manifest_;
    const Open open_;
    /// The one read last in front.
    std::deque<std::pair<std::size_t, std::unique_ptr<ObjectBytes>>> opened_;
    std::map<std::size_t, std::string> etags_;
};

}  // namespace amilab::ec2
