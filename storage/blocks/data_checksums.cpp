#include "storage/blocks/data_checksums.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/base/crc32c.h"

namespace amilab {
namespace {

/// Never 0, which stands for a block without one.
std::uint32_t checksum_of_data(Layer& layer, std::uint64_t block)
{
    std::vector<std::byte> bytes(kBlockSize);
    layer.read(block * kBlockSize, bytes);
    return std::max(crc32c(bytes), 1U);
}

/// The first block from `block` on that is data; kEndBlock without any.
std::uint64_t next_data(Layer& layer, std::uint64_t block)
{
    for (block = layer.next_block(block);
         block < kEndBlock && layer.state(block) != BlockState::kData;
         block = layer.next_block(block + 1)) {
    }
    return block;
}

FileKey key_of(LayerId layer, std::uint64_t block)
{
    return {layer, static_cast<std::uint32_t>(block / kBlocksPerSegment), FileKind::kChecksums};
}

}  // namespace

bool ChecksumWriter::step(std::uint64_t blocks)
{
    for (std::uint64_t done = 0; done < blocks; ++done) {
        const auto block = next_data(*layer_, next_block_);
        if (block >= kEndBlock) {
            go_to(std::nullopt);
            return false;
        }
        add(block);
        next_block_ = block + 1;
    }
    return true;
}

void ChecksumWriter::add(std::uint64_t block)
{
    const auto checksum = checksum_of_data(*layer_, block);
    go_to(block / Page::kWords);
    page_->set_word(block % Page::kWords, checksum);
}

void ChecksumWriter::go_to(std::optional<std::uint64_t> page)
{
    if (page == page_number_) {
        return;
    }
    const auto segment_of = [](std::uint64_t number) { return number / kIndexPagesPerSegment; };
    if (page_number_) {
        writer_->put(*page_number_ % kIndexPagesPerSegment, *page_);
        if (!page || segment_of(*page) != segment_of(*page_number_)) {
            const auto key = key_of(layer_->id(), *page_number_ * Page::kWords);
            writer_->finish(encode_checksums_header(key));
            writer_.reset();
        }
    }
    if (page && !writer_) {
        writer_ =
            std::make_unique<WordFileWriter>(files_, key_of(layer_->id(), *page * Page::kWords));
    }
    page_ = page ? std::make_unique<Page>() : nullptr;
    page_number_ = page;
}

bool DataCheck::step(std::uint64_t blocks, std::vector<std::uint64_t>& wrong)
{
    const auto layer = open_();
    for (std::uint64_t done = 0; done < blocks; ++done) {
        const auto block = next_data(*layer, next_block_);
        if (block >= kEndBlock) {
            return false;
        }
        next_block_ = block + 1;
        const auto expected = checksum_of(block);
        compared_ += expected ? 1 : 0;
        if (expected && checksum_of_data(*layer, block) != *expected) {
            wrong.push_back(block);
        }
    }
    return true;
}

std::optional<std::uint32_t> DataCheck::checksum_of(std::uint64_t block)
{
    const auto number = block / Page::kWords;
    if (number != page_number_) {
        const auto file = files_.open_if_exists(key_of(layer_, block), OpenMode::kRead);
        page_ = file ? read_word_page(*file, number % kIndexPagesPerSegment) : nullptr;
        page_number_ = number;
    }
    const auto word = page_ ? page_->word(block % Page::kWords) : 0;
    return word != 0 ? std::optional(word) : std::nullopt;
}

std::string words_for_changed(const LayerFiles& files, LayerId layer,
                              const std::vector<std::uint64_t>& blocks)
{
    constexpr std::size_t kMostNamed = 8;
    auto key = key_of(layer, blocks.front());
    key.kind = FileKind::kData;
    const std::span some(blocks.data(), std::min(blocks.size(), kMostNamed));
    return fmt::format("{} does not have what was written in {} of its blocks of 64 KiB: {}{}",
                       files.path_of(key), blocks.size(), fmt::join(some, ", "),
                       some.size() < blocks.size() ? ", ..." : "");
}

bool lacks_checksums(LayerFiles& files, Layer& layer)
{
    for (std::uint64_t segment = 0; segment < kMaxSegments; ++segment) {
        const auto first = segment * kBlocksPerSegment;
        if (layer.has_segment(static_cast<std::uint32_t>(segment)) &&
            next_data(layer, first) < first + kBlocksPerSegment &&
            !files.exists(key_of(layer.id(), first))) {
            return true;
        }
    }
    return false;
}

void require_whole_checksums(LayerFiles& files, const FileKey& key)
{
    const auto file = files.open(key, OpenMode::kRead);
    const auto checksums = read_page_checksums(*file);
    for (std::uint64_t number = 0; number < checksums.size(); ++number) {
        if (checksums[number] != 0) {
            read_word_page(*file, number);
        }
    }
}

void remove_checksums(LayerFiles& files, LayerId layer)
{
    files.unlink_for_good(layer, FileKind::kChecksums);
}

}  // namespace amilab
