#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "server/labs/disk.h"

namespace amilab::labs {

/// A disk whose bytes are a text's; none of it is a hole.
class MemoryDisk : public LabDisk {
public:
    explicit MemoryDisk(std::string bytes) : bytes_(std::move(bytes)) {}

    std::uint64_t size_bytes() const override { return bytes_.size(); }
    void read(std::uint64_t offset, std::span<std::byte> out) const override
    {
        std::fill(out.begin(), out.end(), std::byte{0});
        if (offset < bytes_.size()) {
            const auto length = std::min<std::uint64_t>(out.size(), bytes_.size() - offset);
            std::memcpy(out.data(), bytes_.data() + offset, length);
        }
    }
    std::uint64_t data_from(std::uint64_t offset) const override
    {
        return std::min<std::uint64_t>(offset, bytes_.size());
    }

private:
    std::string bytes_;
};

}  // namespace amilab::labs
