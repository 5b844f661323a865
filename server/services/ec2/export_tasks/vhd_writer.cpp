#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "server/calls/errors.h"
#include "server/services/ec2/export_tasks/disk_writer.h"
#include "storage/base/crc32c.h"
#include "storage/base/units.h"
#include "storage/blocks/layer_id.h"

namespace amilab::ec2 {

namespace {

constexpr std::size_t kFooterBytes = 512;
constexpr std::size_t kHeaderBytes = 1024;
constexpr std::uint64_t kTableAt = kFooterBytes + kHeaderBytes;
constexpr std::size_t kBitmapBytes = DiskPlan::kBlockBytes / kSectorSize / 8;
constexpr std::uint32_t kVersion = 0x0001'0000;
constexpr std::uint32_t kNowhere = 0xffff'ffff;
constexpr std::uint32_t kDynamic = 3;
/// Source: 2,040 GiB (documented).
constexpr std::uint64_t kMostGib = 2040;

/// Big endian.
template <class Number>
void put_big(std::span<std::byte> out, std::size_t at, Number number)
{
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        out[at + i] = static_cast<std::byte>(number >> (8 * (sizeof(Number) - 1 - i)));
    }
}

void put_text(std::span<std::byte> out, std::size_t at, std::string_view text)
{
    std::memcpy(out.data() + at, text.data(), text.size());
}

/// Where the checksum is 0 until then.
void put_checksum(std::span<std::byte> out, std::size_t at)
{
    std::uint32_t sum = 0;
    for (const auto byte : out) {
        sum += std::to_integer<std::uint32_t>(byte);
    }
    put_big(out, at, ~sum);
}

std::array<std::byte, kFooterBytes> make_footer(const DiskPlan& plan)
{
    std::array<std::byte, kFooterBytes> footer{};
    const auto geometry = geometry_of(plan.size_bytes);
    put_text(footer, 0, "conectix");
    put_big(footer, 8, std::uint32_t{2});
    put_big(footer, 12, kVersion);
    put_big(footer, 16, std::uint64_t{kFooterBytes});
    // Whose files have the size that they say, not that of the geometry.
    put_text(footer, 28, "win ");
    put_big(footer, 32, std::uint32_t{0x000a'0000});
    put_text(footer, 36, "Wi2k");
    put_big(footer, 40, plan.size_bytes);
    put_big(footer, 48, plan.size_bytes);
    put_big(footer, 56, geometry.cylinders);
    put_big(footer, 58, geometry.heads);
    put_big(footer, 59, geometry.sectors);
    put_big(footer, 60, kDynamic);
    put_big(footer, 68, crc32c(std::as_bytes(std::span(plan.id))));
    put_text(footer, 72,
             plan.id.substr(plan.id.size() - std::min<std::size_t>(plan.id.size(), 12)));
    put_checksum(footer, 64);
    return footer;
}

std::array<std::byte, kHeaderBytes> make_header(std::size_t blocks)
{
    std::array<std::byte, kHeaderBytes> header{};
    put_text(header, 0, "cxsparse");
    put_big(header, 8, ~std::uint64_t{0});
    put_big(header, 16, kTableAt);
    put_big(header, 24, kVersion);
    put_big(header, 28, static_cast<std::uint32_t>(blocks));
    put_big(header, 32, static_cast<std::uint32_t>(DiskPlan::kBlockBytes));
    put_checksum(header, 36);
    return header;
}

std::vector<std::byte> make_table(const std::vector<bool>& has_data)
{
    constexpr std::size_t kPlaceBytes = 4;
    const auto bytes =
        (has_data.size() * kPlaceBytes + kSectorSize - 1) / kSectorSize * kSectorSize;
    std::vector<std::byte> table(bytes, std::byte{0xff});
    constexpr auto kBlockSectors = (kBitmapBytes + DiskPlan::kBlockBytes) / kSectorSize;
    auto sector = (kTableAt + bytes) / kSectorSize;
    for (std::size_t i = 0; i < has_data.size(); ++i) {
        put_big(std::span(table), i * kPlaceBytes,
                has_data[i] ? static_cast<std::uint32_t>(sector) : kNowhere);
        sector += has_data[i] ? kBlockSectors : 0;
    }
    return table;
}

class VhdWriter final : public DiskWriter {
public:
    VhdWriter(FileSink& sink, const DiskPlan& plan)
        : sink_(sink), footer_(make_footer(plan)), has_data_(plan.has_data)
    {
        if (plan.size_bytes > kMostGib * kGiB) {
            throw invalid_request(
                fmt::format("A VHD has {} GiB at most, not {}.", kMostGib, plan.size_bytes / kGiB));
        }
        sink_.write(footer_);
        sink_.write(make_header(has_data_.size()));
        sink_.write(make_table(has_data_));
    }

    void write(std::uint64_t offset, std::span<const std::byte> bytes) override
    {
        begin_blocks(offset / DiskPlan::kBlockBytes + 1);
        const auto at = offset % DiskPlan::kBlockBytes;
        sink_.write_zeros(at - block_bytes_);
        sink_.write(bytes);
        block_bytes_ = at + bytes.size();
    }

    void finish() override
    {
        begin_blocks(has_data_.size());
        end_block();
        sink_.write(footer_);
    }

private:
    /// All that are planned before that one, and the last of them is being written.
    void begin_blocks(std::size_t end)
    {
        static const std::vector<std::byte> all(kBitmapBytes, std::byte{0xff});
        for (; blocks_ < end; ++blocks_) {
            if (has_data_.at(blocks_)) {
                end_block();
                sink_.write(all);
                is_open_ = true;
            }
        }
    }

    void end_block()
    {
        if (is_open_) {
            sink_.write_zeros(DiskPlan::kBlockBytes - block_bytes_);
        }
        is_open_ = false;
        block_bytes_ = 0;
    }

    FileSink& sink_;
    const std::array<std::byte, kFooterBytes> footer_;
    const std::vector<bool> has_data_;
    std::size_t blocks_ = 0;
    bool is_open_ = false;
    std::uint64_t block_bytes_ = 0;
};

}  // namespace

std::unique_ptr<DiskWriter> make_vhd_writer(FileSink& sink, const DiskPlan& plan)
{
    return std::make_unique<VhdWriter>(sink, plan);
}

}  // namespace amilab::ec2
