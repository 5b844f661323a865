#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/blocks/layer_files.h"
#include "storage/blocks/page_cache.h"

namespace amilab {

/// A file that has a word of 32 bits for each block of a segment (docs/formats.md): a page of
/// header, a checksum for each page of words, the pages, of 1,024 words each. A page of zeros has
/// the checksum 0 and need not be there. Throws StorageError.

/// The checksums of all pages, in their order; 0 where the file ends before.
std::vector<std::uint32_t> read_page_checksums(File& file);
/// Null for a page of zeros. EBADMSG when it is not what its checksum says.
std::shared_ptr<Page> read_word_page(File& file, std::uint64_t number);

/// Such a file while it is made.
class WordFileWriter {
public:
    WordFileWriter(LayerFiles& files, FileKey key);

    void put(std::uint64_t number, const Page& page);
    /// Puts the file into its place: nothing of it counts before. `tail` comes behind the pages.
    void finish(std::span<const std::byte, kSectorSize> header,
                std::span<const std::byte> tail = {});

private:
    LayerFiles& files_;
    FileKey key_;
    std::unique_ptr<File> file_;
    std::vector<std::uint32_t> checksums_;
};

}  // namespace amilab
