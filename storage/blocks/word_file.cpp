#include "storage/blocks/word_file.h"

#include <algorithm>
#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>

#include <fmt/format.h>

#include "storage/base/zeros.h"
#include "storage/files/file_io.h"

namespace amilab {
namespace {

constexpr std::size_t kChecksumSize = sizeof(std::uint32_t);

using PageBytes = std::array<std::byte, kMapPageSize>;

/// Never 0, which stands for a page that is not there.
std::uint32_t checksum_of_page(const PageBytes& bytes)
{
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data(), bytes.size());
    return std::max(crc.checksum(), 1U);
}

std::uint32_t load_checksum(std::span<const std::byte> bytes, std::uint64_t number)
{
    const auto* at = bytes.subspan(number * kChecksumSize, kChecksumSize).data();
    return boost::endian::load_little_u32(reinterpret_cast<const unsigned char*>(at));
}

}  // namespace

std::vector<std::uint32_t> read_page_checksums(File& file)
{
    std::vector<std::byte> bytes(kIndexPagesPerSegment * kChecksumSize);
    read_or_zero(file, kIndexChecksumsAt, bytes);
    std::vector<std::uint32_t> checksums(kIndexPagesPerSegment);
    for (std::uint64_t number = 0; number < checksums.size(); ++number) {
        checksums[number] = load_checksum(bytes, number);
    }
    return checksums;
}

std::shared_ptr<Page> read_word_page(File& file, std::uint64_t number)
{
    std::array<std::byte, kChecksumSize> stored{};
    read_or_zero(file, kIndexChecksumsAt + number * kChecksumSize, stored);
    const auto expected = load_checksum(stored, 0);
    PageBytes bytes{};
    read_or_zero(file, kIndexPagesAt + number * kMapPageSize, bytes);
    if (expected == 0 && is_zero(bytes)) {
        return nullptr;
    }
    if (expected != checksum_of_page(bytes)) {
        throw_corrupt(file.path(), fmt::format("the checksum of page {} is wrong", number));
    }
    auto page = std::make_shared<Page>();
    page->load(bytes);
    return page;
}

WordFileWriter::WordFileWriter(LayerFiles& files, FileKey key)
    : files_(files), key_(key), file_(files.open_new(key)), checksums_(kIndexPagesPerSegment)
{
}

void WordFileWriter::put(std::uint64_t number, const Page& page)
{
    PageBytes bytes;
    page.store(bytes);
    write_fully(*file_, kIndexPagesAt + number * kMapPageSize, bytes);
    checksums_[number] = checksum_of_page(bytes);
}

void WordFileWriter::finish(std::span<const std::byte, kSectorSize> header,
                            std::span<const std::byte> tail)
{
    for (std::uint64_t first = 0; first < checksums_.size(); first += Page::kWords) {
        Page page;
        for (std::size_t index = 0; index < Page::kWords; ++index) {
            page.set_word(index, checksums_[first + index]);
        }
        PageBytes bytes;
        page.store(bytes);
        write_fully(*file_, kIndexChecksumsAt + first * kChecksumSize, bytes);
    }
    write_fully(*file_, kIndexTableAt, tail);
    write_fully(*file_, 0, header);
    if (files_.survives_power_loss()) {
        file_->sync_data();
    }
    files_.put_in_place(key_);
}

}  // namespace amilab
