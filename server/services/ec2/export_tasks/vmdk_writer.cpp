#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <zlib.h>

#include "server/calls/errors.h"
#include "server/services/ec2/export_tasks/disk_writer.h"
#include "storage/base/crc32c.h"
#include "storage/base/zeros.h"
#include "storage/blocks/layer_id.h"

namespace amilab::ec2 {

namespace {

constexpr std::uint64_t kGrainBytes = std::uint64_t{64} << 10U;
constexpr std::uint64_t kGrainSectors = kGrainBytes / kSectorSize;
constexpr std::size_t kGrainsOfTable = 512;
constexpr std::size_t kEntryBytes = 4;
constexpr std::uint64_t kDescriptorSectors = 20;
/// Where grains begin.
constexpr std::uint64_t kOverheadSectors = kGrainSectors;
/// The directory is told by the footer.
constexpr std::uint64_t kAtTheEnd = ~std::uint64_t{0};
constexpr int kPackingLevel = 1;

enum class Marker : std::uint32_t { kEnd, kTable, kDirectory, kFooter };

using Sector = std::array<std::byte, kSectorSize>;

/// Little endian.
template <class Number>
void put_little(std::span<std::byte> out, std::size_t at, Number number)
{
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
        out[at + i] = static_cast<std::byte>(number >> (8 * i));
    }
}

Sector make_header(std::uint64_t size_bytes, std::uint64_t directory_sector)
{
    constexpr std::uint32_t kNewlinesCompressedMarkers = 0x0003'0001;
    constexpr std::string_view kNewlines = "\n \r\n";
    Sector header{};
    std::memcpy(header.data(), "KDMV", 4);
    put_little(header, 4, std::uint32_t{3});
    put_little(header, 8, kNewlinesCompressedMarkers);
    put_little(header, 12, size_bytes / kSectorSize);
    put_little(header, 20, kGrainSectors);
    put_little(header, 28, std::uint64_t{1});
    put_little(header, 36, kDescriptorSectors);
    put_little(header, 44, static_cast<std::uint32_t>(kGrainsOfTable));
    put_little(header, 56, directory_sector);
    put_little(header, 64, kOverheadSectors);
    std::memcpy(header.data() + 73, kNewlines.data(), kNewlines.size());
    put_little(header, 77, std::uint16_t{1});
    return header;
}

std::string make_descriptor(const DiskPlan& plan)
{
    const auto geometry = geometry_of(plan.size_bytes);
    return fmt::format(
        "# Disk DescriptorFile\n"
        "version=1\n"
        "CID={:08x}\n"
        "parentCID=ffffffff\n"
        "createType=\"streamOptimized\"\n"
        "\n"
        "# Extent description\n"
        "RW {} SPARSE \"{}.vmdk\"\n"
        "\n"
        "# The Disk Data Base\n"
        "#DDB\n"
        "\n"
        "ddb.virtualHWVersion = \"4\"\n"
        "ddb.geometry.cylinders = \"{}\"\n"
        "ddb.geometry.heads = \"{}\"\n"
        "ddb.geometry.sectors = \"{}\"\n"
        "ddb.adapterType = \"lsilogic\"\n",
        crc32c(std::as_bytes(std::span(plan.id))) & 0xffff'fffeU, plan.size_bytes / kSectorSize,
        plan.id, geometry.cylinders, geometry.heads, geometry.sectors);
}

class VmdkWriter final : public DiskWriter {
public:
    VmdkWriter(FileSink& sink, const DiskPlan& plan)
        : sink_(sink),
          begin_(sink.size_bytes()),
          size_bytes_(plan.size_bytes),
          table_(kGrainsOfTable * kEntryBytes)
    {
        constexpr auto kTableSpan = kGrainBytes * kGrainsOfTable;
        directory_.resize((size_bytes_ + kTableSpan - 1) / kTableSpan * kEntryBytes);
        const auto descriptor = make_descriptor(plan);
        sink_.write(make_header(size_bytes_, kAtTheEnd));
        sink_.write(std::as_bytes(std::span(descriptor)));
        sink_.write_zeros(kOverheadSectors * kSectorSize - written_bytes());
    }

    void write(std::uint64_t offset, std::span<const std::byte> bytes) override
    {
        while (!bytes.empty()) {
            const auto grain = bytes.first(std::min<std::size_t>(bytes.size(), kGrainBytes));
            if (!is_zero(grain)) {
                write_grain(offset / kGrainBytes, grain);
            }
            offset += grain.size();
            bytes = bytes.subspan(grain.size());
        }
    }

    void finish() override
    {
        end_table();
        const auto directory_bytes = directory_.size();
        write_marker(Marker::kDirectory, (directory_bytes + kSectorSize - 1) / kSectorSize);
        const auto directory = next_sector();
        sink_.write(directory_);
        sink_.write_zeros((kSectorSize - directory_bytes % kSectorSize) % kSectorSize);
        write_marker(Marker::kFooter, 1);
        sink_.write(make_header(size_bytes_, directory));
        write_marker(Marker::kEnd, 0);
    }

private:
    std::uint64_t written_bytes() const { return sink_.size_bytes() - begin_; }

    /// Where what is written next begins.
    std::uint32_t next_sector() const
    {
        const auto sector = written_bytes() / kSectorSize;
        if (sector > 0xffff'ffffU) {
            throw invalid_request("A VMDK of this disk would have more than 2 TiB.");
        }
        return static_cast<std::uint32_t>(sector);
    }

    void write_marker(Marker marker, std::uint64_t sectors)
    {
        Sector bytes{};
        put_little(bytes, 0, sectors);
        put_little(bytes, 12, static_cast<std::uint32_t>(marker));
        sink_.write(bytes);
    }

    void write_grain(std::uint64_t grain, std::span<const std::byte> bytes)
    {
        if (grain / kGrainsOfTable != table_number_) {
            end_table();
            table_number_ = grain / kGrainsOfTable;
        }
        put_little(std::span(table_), grain % kGrainsOfTable * kEntryBytes, next_sector());
        has_grains_ = true;
        write_packed(grain * kGrainSectors, bytes);
    }

    void write_packed(std::uint64_t sector, std::span<const std::byte> bytes)
    {
        constexpr std::size_t kMarkerBytes = 12;
        auto length = ::compressBound(static_cast<uLong>(bytes.size()));
        packed_.resize(kMarkerBytes + length);
        const auto result =
            ::compress2(reinterpret_cast<Bytef*>(packed_.data()) + kMarkerBytes, &length,
                        reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), kPackingLevel);
        if (result != Z_OK) {
            throw std::bad_alloc();  // what else there is to fail has room
        }
        put_little(std::span(packed_), 0, sector);
        put_little(std::span(packed_), 8, static_cast<std::uint32_t>(length));
        sink_.write(std::span(packed_).first(kMarkerBytes + length));
        sink_.write_zeros((kSectorSize - written_bytes() % kSectorSize) % kSectorSize);
    }

    void end_table()
    {
        if (!std::exchange(has_grains_, false)) {
            return;
        }
        write_marker(Marker::kTable, table_.size() / kSectorSize);
        put_little(std::span(directory_), table_number_ * kEntryBytes, next_sector());
        sink_.write(table_);
        std::ranges::fill(table_, std::byte{0});
    }

    FileSink& sink_;
    const std::uint64_t begin_;
    const std::uint64_t size_bytes_;
    std::vector<std::byte> directory_;
    std::vector<std::byte> table_;
    std::uint64_t table_number_ = 0;
    bool has_grains_ = false;
    std::vector<std::byte> packed_;
};

}  // namespace

std::unique_ptr<DiskWriter> make_vmdk_writer(FileSink& sink, const DiskPlan& plan)
{
    return std::make_unique<VmdkWriter>(sink, plan);
}

}  // namespace amilab::ec2
