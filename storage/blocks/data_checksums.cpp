#include "storage/blocks/data_checksums.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/base/crc32c.h"
#include "storage/base/storage_error.h"
#include "storage/base/zeros.h"
#include "storage/blocks/block_range.h"
#include "storage/files/file_io.h"

namespace amilab {
namespace {

/// Never 0, which stands for a block without one.
std::uint32_t checksum_of_bytes(std::span<const std::byte> bytes)
{
    return std::max(crc32c(bytes), 1U);
}

std::uint32_t checksum_of_data(Layer& layer, std::uint64_t block)
{
    std::vector<std::byte> bytes(kBlockSize);
    layer.read(block * kBlockSize, bytes);
    return checksum_of_bytes(bytes);
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

FileKey data_key_of(LayerId layer, std::uint64_t block)
{
    auto key = key_of(layer, block);
    key.kind = FileKind::kData;
    return key;
}

std::optional<std::uint32_t> word_in(const Page* page, std::uint64_t block)
{
    const auto word = page != nullptr ? page->word(block % Page::kWords) : 0;
    return word != 0 ? std::optional(word) : std::nullopt;
}

std::uint64_t offset_in_file(std::uint64_t block)
{
    return block % kBlocksPerSegment * kBlockSize;
}

/// Returns when the file was changed.
std::int64_t look_at_data(File& file, ChangedBlock& changed)
{
    const auto offset = offset_in_file(changed.block);
    std::vector<std::byte> bytes(kBlockSize);
    read_or_zero(file, offset, bytes);
    changed.found_again = checksum_of_bytes(bytes);
    const auto data = file.seek_data(offset);
    if (!data || *data >= offset + kBlockSize) {
        changed.content = ChangedBlock::Content::kHole;
    } else if (is_zero(bytes)) {
        changed.content = ChangedBlock::Content::kZeros;
    }
    const auto status = file.status();
    changed.file_bytes = status.size_bytes;
    return status.modified_ns;
}

std::string_view words_of(ChangedBlock::Content content)
{
    switch (content) {
        case ChangedBlock::Content::kBytes:
            return "";
        case ChangedBlock::Content::kZeros:
            return ", all zeros";
        case ChangedBlock::Content::kHole:
            return ", a hole";
    }
    return "";
}

std::string words_of(const std::optional<std::uint32_t>& checksum)
{
    return checksum ? fmt::format("{:08x}", *checksum) : "nothing";
}

/// When the data file was changed.
std::string words_of(const std::optional<std::chrono::nanoseconds>& changed_after)
{
    if (!changed_after) {
        return "nobody knows when";
    }
    const auto count = changed_after->count();
    const auto seconds = static_cast<double>(count < 0 ? -count : count) / 1e9;
    return fmt::format("{:.3f} s {} its checksums", seconds, count > 0 ? "after" : "before");
}

std::string details_of(const ChangedBlock& one)
{
    const auto expected =
        one.expected_again == one.expected
            ? fmt::format("{:08x}", one.expected)
            : fmt::format("{:08x}, then {}", one.expected, words_of(one.expected_again));
    const auto changes =
        one.changes == one.changes_again
            ? std::string("nobody sealed, merged or deleted the layer meanwhile")
            : fmt::format("the layer was sealed, merged or deleted meanwhile (change {}, then {})",
                          one.changes, one.changes_again);
    return fmt::format(
        "block {} ({}, {} from byte {} on) should have the checksum {} and had {}, read again "
        "{}{}; the file has {} bytes and was changed {}; {}",
        one.block, layer_name(one.layer), file_name(data_key_of(one.layer, one.block)),
        offset_in_file(one.block), expected, words_of(one.found), words_of(one.found_again),
        words_of(one.content), one.file_bytes, words_of(one.changed_after), changes);
}

/// `words` between the file's path and how many blocks it is about.
std::string words_for(const LayerFiles& files, const std::vector<ChangedBlock>& blocks,
                      std::string_view words)
{
    constexpr std::size_t kMostNamed = 8;
    std::vector<std::uint64_t> numbers;
    std::vector<std::string> details;
    for (const auto& one : std::span(blocks.data(), std::min(blocks.size(), kMostNamed))) {
        numbers.push_back(one.block);
        details.push_back(details_of(one));
    }
    const auto& first = blocks.front();
    return fmt::format("{} {} in {} of its blocks of 64 KiB: {}{}: {}",
                       files.path_of(data_key_of(first.layer, first.block)), words, blocks.size(),
                       fmt::join(numbers, ", "), numbers.size() < blocks.size() ? ", ..." : "",
                       fmt::join(details, "; "));
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

bool DataCheck::step(std::uint64_t blocks, DataDifferences& found)
{
    const auto layer = open_();
    for (std::uint64_t done = 0; done < blocks; ++done) {
        const auto block = next_data(*layer, next_block_);
        if (block >= kEndBlock) {
            return false;
        }
        next_block_ = block + 1;
        compare(*layer, block, found);
    }
    return true;
}

void DataCheck::compare(Layer& layer, std::uint64_t block, DataDifferences& found)
{
    const auto changes = layer.changes();
    const auto expected = checksum_of(block);
    if (!expected) {
        return;
    }
    ++compared_;
    const auto checksum = checksum_of_data(layer, block);
    if (checksum == *expected) {
        return;
    }
    ChangedBlock changed{.layer = layer_,
                         .block = block,
                         .expected = *expected,
                         .found = checksum,
                         .changes = changes};
    try {
        look_again(changed);
    } catch (const StorageError& error) {
        // Not the end of the comparison: what differs before and behind is to be told too.
        found.errors.insert(error.what());
    }
    changed.changes_again = layer.changes();
    (changed.is_confirmed() ? found.confirmed : found.passing).push_back(changed);
}

void DataCheck::look_again(ChangedBlock& changed)
{
    const auto key = key_of(layer_, changed.block);
    const auto data = files_.open_anew(data_key_of(layer_, changed.block));
    const auto checksums = files_.open_anew(key);
    const auto data_ns = data ? look_at_data(*data, changed) : 0;
    if (!checksums) {
        return;
    }
    read_checksums_header(*checksums, key);
    const auto page =
        read_word_page(*checksums, changed.block / Page::kWords % kIndexPagesPerSegment);
    changed.expected_again = word_in(page.get(), changed.block);
    const auto checksums_ns = checksums->status().modified_ns;
    if (data_ns != 0 && checksums_ns != 0) {
        changed.changed_after = std::chrono::nanoseconds(data_ns - checksums_ns);
    }
}

std::optional<std::uint32_t> DataCheck::checksum_of(std::uint64_t block)
{
    const auto number = block / Page::kWords;
    if (number != page_number_) {
        const auto file = files_.open_if_exists(key_of(layer_, block), OpenMode::kRead);
        page_ = file ? read_word_page(*file, number % kIndexPagesPerSegment) : nullptr;
        page_number_ = number;
    }
    return word_in(page_.get(), block);
}

std::string words_for_changed(const LayerFiles& files, const std::vector<ChangedBlock>& blocks)
{
    return words_for(files, blocks, "does not have what was written");
}

std::string words_for_passing(const LayerFiles& files, const std::vector<ChangedBlock>& blocks)
{
    return words_for(files, blocks,
                     "did not read as it was written, which a second look does not confirm,");
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
