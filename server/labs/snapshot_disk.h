#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>

#include "server/labs/client.h"
#include "server/labs/disk.h"

namespace amilab::labs {

/// A snapshot's bytes by the EBS direct APIs, a block when it is wanted: whoever may read the
/// snapshot may look into it, without the control API. Keeps the last 32 MiB.
class SnapshotDisk : public LabDisk {
public:
    /// Throws LookFault: the caller may not read the snapshot, or it is not completed.
    SnapshotDisk(const LabClient& client, std::string id, std::string region);

    std::uint64_t size_bytes() const override { return size_bytes_; }
    void read(std::uint64_t offset, std::span<std::byte> out) const override;
    std::uint64_t data_from(std::uint64_t offset) const override;

private:
    ModelAnswer call(std::string operation, boost::json::object parameters) const;
    const std::string& block(std::int64_t index, const std::string& token) const;

    const LabClient& client_;
    std::string id_;
    std::string region_;
    std::uint64_t size_bytes_ = 0;
    std::uint64_t block_bytes_ = 0;
    /// Tokens of blocks that hold something, by index.
    std::map<std::int64_t, std::string> tokens_;
    /// The last used one first.
    mutable std::list<std::pair<std::int64_t, std::string>> kept_;
};

}  // namespace amilab::labs
