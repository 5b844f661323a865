#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "storage/disk_formats/disk_reader.h"
#include "tests/support/disk_images.h"

namespace amilab::test {

/// The disk that the image holds; pieces that are read count into `data_bytes`.
inline std::string read_disk(DiskFileFormat format, const std::string& bytes,
                             std::uint64_t* data_bytes = nullptr)
{
    MemoryImage image(bytes);
    const auto reader = open_disk_reader(format, image);
    std::string disk(reader->size_bytes(), '\0');
    std::vector<std::byte> buffer(kDiskPieceBytes);
    std::uint64_t read = 0;
    std::uint64_t end = 0;
    while (const auto piece = reader->next(buffer)) {
        if (piece->bytes.empty()) {
            continue;
        }
        EXPECT_GE(piece->offset, end) << "pieces come in their order";
        end = piece->offset + piece->bytes.size();
        EXPECT_LE(end, disk.size());
        EXPECT_EQ(piece->bytes.size() % 512, 0U);
        std::memcpy(disk.data() + piece->offset, piece->bytes.data(), piece->bytes.size());
        read += piece->bytes.size();
    }
    EXPECT_EQ(reader->percent(), 100);
    if (data_bytes != nullptr) {
        *data_bytes = read;
    }
    return disk;
}

/// What is wrong with the image; nothing when it is read.
inline std::optional<DiskImageFault> fault_of(DiskFileFormat format, const std::string& bytes)
{
    try {
        read_disk(format, bytes);
        return std::nullopt;
    } catch (const DiskImageError& error) {
        return error.fault();
    }
}

}  // namespace amilab::test
