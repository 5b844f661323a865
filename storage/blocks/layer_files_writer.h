#pragma once

#include <array>
#include <boost/crc.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "storage/blocks/layer_format.h"
#include "storage/blocks/layer_record.h"
#include "storage/files/file_system.h"

namespace amilab {

/// Makes the files of one layer in a folder that no block store has open: data and durable maps, as
/// docs/formats.md has them. Used by one thread. Throws StorageError; EINVAL for what is no whole
/// block, beyond the end or not in ascending order.
class LayerFilesWriter {
public:
    /// `syncs`: the files are on the disk when finish() returns, their names not yet.
    enum class Syncs : bool { kNothing, kFiles };
    LayerFilesWriter(FileSystem& file_system, std::string directory, LayerId layer, Syncs syncs);

    void add_data(std::uint64_t offset, std::span<const std::byte> bytes);
    /// Data that are zeros and take no space.
    void add_empty_data(std::uint64_t offset, std::uint64_t length);
    /// Blocks that read as zeros whatever is below.
    void add_zeros(std::uint64_t offset, std::uint64_t length);
    /// To be called once, when all has been added. What the layer has.
    LayerRecord finish();

private:
    void add(std::uint64_t offset, std::uint64_t length, BlockState state);
    void begin_segment(std::uint32_t segment);
    void end_segment();
    void write_page();

    FileSystem& file_system_;
    const std::string directory_;
    const LayerId layer_;
    const Syncs syncs_;
    std::uint64_t next_offset_ = 0;

    std::optional<std::uint32_t> segment_;
    std::unique_ptr<File> data_;
    std::unique_ptr<File> map_;
    std::uint64_t data_end_ = 0;  ///< of the segment's file
    std::optional<std::uint64_t> page_;
    std::array<std::byte, kMapPageSize> states_{};
    LayerRecord record_;
    boost::crc_32_type crc_;
};

}  // namespace amilab
