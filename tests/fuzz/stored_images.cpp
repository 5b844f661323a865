// Objects of stored images that are anything: what is wrong is refused as the API refuses it, and
// what is read are an image that may be and pieces within its disks, in their order. What a writer
// makes of these reads as the same.
#include <algorithm>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/services/ec2/store_image_tasks/stored_image.h"
#include "storage/base/crc32c.h"
#include "storage/base/units.h"
#include "storage/blocks/layer_id.h"
#include "tests/fuzz/input_reader.h"
#include "tests/fuzz/oracle.h"

namespace amilab::fuzz {
namespace {

using Bytes = std::vector<std::byte>;

constexpr std::size_t kStart = 16;
constexpr std::size_t kChecksum = 4;
constexpr std::size_t kFrame = 32;
/// Deflate makes this of one byte at most, and a piece in zlib's form has some bytes around that.
constexpr std::uint64_t kMostPacked = 1032;
constexpr std::size_t kMostPieceBytes = std::size_t{1} << 20U;

class Read final : public ObjectBytes {
public:
    explicit Read(Bytes bytes) : bytes_(std::move(bytes)) {}
    std::uint64_t size_bytes() const override { return bytes_.size(); }
    const std::string& etag() const override { return etag_; }
    void read(std::uint64_t offset, std::span<std::byte> out) override
    {
        require(offset <= bytes_.size() && out.size() <= bytes_.size() - offset,
                "no byte is read that the object has not");
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    }
    std::uint64_t next_data(std::uint64_t offset) override { return offset; }

private:
    const Bytes bytes_;
    const std::string etag_ = "etag";
};

class Written final : public NewObject {
public:
    explicit Written(Bytes& into) : into_(into) {}
    void write(std::span<const std::byte> bytes) override
    {
        into_.insert(into_.end(), bytes.begin(), bytes.end());
    }
    void write_zeros(std::uint64_t count) override { into_.resize(into_.size() + count); }
    void finish() override {}
    void store(Session& /*session*/, const ObjectFacts& /*facts*/) override {}

private:
    Bytes& into_;
};

struct Piece {
    std::size_t disk = 0;
    std::uint64_t offset = 0;
    Bytes bytes;
    bool operator==(const Piece&) const = default;
};

struct Taken {
    ec2::StoredImage image;
    std::vector<Piece> pieces;
};

void expect_in_order(const ec2::StoredImage& image, const Piece& piece, const Piece* before)
{
    require(piece.disk < image.disks.size(), "a piece is of a disk");
    const auto end = piece.offset + piece.bytes.size();
    require(end <= static_cast<std::uint64_t>(image.disks[piece.disk].size_gib) * kGiB,
            "a piece lies within its disk");
    require(piece.offset % kSectorSize == 0 && piece.bytes.size() % kSectorSize == 0,
            "sectors are whole");
    require(!piece.bytes.empty() && piece.bytes.size() <= kMostPieceBytes,
            "a piece has some bytes, and a mebibyte at most");
    require(
        before == nullptr || before->disk < piece.disk ||
            (before->disk == piece.disk && before->offset + before->bytes.size() <= piece.offset),
        "pieces come in their order");
}

void expect_possible(const ec2::StoredImage& image)
{
    require(!image.row.name.empty(), "an image has a name");
    require(image.mappings.size() <= 1000, "an image has no more mappings than it may");
    std::set<std::string> devices;
    for (const auto& mapping : image.mappings) {
        require(devices.insert(mapping.row.device_name).second, "a device is there once");
        require(!mapping.disk || *mapping.disk < image.disks.size(), "a mapping's disk is there");
    }
    for (const auto& disk : image.disks) {
        require(disk.size_gib > 0, "a disk has a size");
    }
}

Taken take(const Bytes& object)
{
    ec2::StoredImageReader reader(std::make_unique<Read>(object));
    Taken taken{.image = reader.image(), .pieces = {}};
    expect_possible(taken.image);
    std::uint64_t bytes = 0;
    while (const auto next = reader.next()) {
        require(reader.percent() >= 0 && reader.percent() <= 100, "progress is a percentage");
        Piece piece{next->disk, next->offset, {next->bytes.begin(), next->bytes.end()}};
        expect_in_order(taken.image, piece, taken.pieces.empty() ? nullptr : &taken.pieces.back());
        bytes += piece.bytes.size();
        taken.pieces.push_back(std::move(piece));
    }
    require(bytes <= object.size() * kMostPacked, "no small object is large");
    return taken;
}

template <class Number>
Number number_at(const Bytes& bytes, std::size_t at)
{
    return InputReader({reinterpret_cast<const std::uint8_t*>(bytes.data()) + at, sizeof(Number)})
        .number<Number>();
}

void put_checksum(Bytes& object, std::size_t at, std::size_t begin, std::size_t end)
{
    const auto sum = crc32c(std::span(object).subspan(begin, end - begin));
    for (std::size_t byte = 0; byte < kChecksum; ++byte) {
        object[at + byte] = static_cast<std::byte>(sum >> (8 * byte));
    }
}

/// Makes the checksums right, as far as there is something whose checksum it is.
void mend(Bytes& object)
{
    if (object.size() < kStart) {
        return;
    }
    const auto document = kStart + std::size_t{number_at<std::uint32_t>(object, kStart - 4)};
    if (document + kChecksum > object.size()) {
        return;
    }
    put_checksum(object, document, 0, document);
    for (auto at = document + kChecksum; at + kFrame <= object.size();) {
        const auto end = at + kFrame + number_at<std::uint32_t>(object, at + 20);
        if (end > object.size()) {
            return;
        }
        put_checksum(object, at, at + kChecksum, end);
        at = end;
    }
}

ec2::StoredImage sample()
{
    ec2::StoredImage image;
    image.row.id = ImageId::trusted("ami-0123456789abcdef0");
    image.row.region = "us-east-1";
    image.row.name = "stored";
    image.row.architecture = "x86_64";
    image.row.image_type = "machine";
    image.row.root_device_name = "/dev/xvda";
    image.row.root_device_type = "ebs";
    image.row.virtualization_type = "hvm";
    image.row.hypervisor = "xen";
    image.row.platform_details = "Linux/UNIX";
    image.row.usage_operation = "RunInstances";
    image.uefi_data = "QU1aTlVFRkk=";
    image.disks = {{.size_gib = 1, .description = "root", .tags = {{"of", "root"}}},
                   {.size_gib = 2}};
    image.mappings.resize(3);
    image.mappings[0].row.device_name = "/dev/xvda";
    image.mappings[0].disk = 0;
    image.mappings[1].row.device_name = "/dev/xvdb";
    image.mappings[1].row.virtual_name = "ephemeral0";
    image.mappings[2].row.device_name = "/dev/xvdc";
    image.mappings[2].disk = 1;
    image.tags = {{"Name", "one"}};
    return image;
}

Bytes write(const ec2::StoredImage& image, const std::vector<Piece>& pieces)
{
    Bytes object;
    ec2::StoredImageWriter writer(std::make_unique<Written>(object), image);
    for (const auto& piece : pieces) {
        writer.write(piece.disk, piece.offset, piece.bytes);
    }
    writer.finish();
    return object;
}

const Bytes& whole_object()
{
    static const auto object =
        write(sample(), {{0, 0, Bytes(4096, std::byte{'x'})},
                         {0, kGiB - kSectorSize, Bytes(kSectorSize, std::byte{1})},
                         {1, 4096, Bytes(kSectorSize, std::byte{2})}});
    return object;
}

/// First a byte of flags. 1: the rest is the object. 2: the rest is the document of one. 4: its
/// checksums are made right. Without 1 and 2 it is a whole one with changes: two bytes that say
/// where, one that says how many bytes go, one how many come, and these.
Bytes object_of(InputReader input)
{
    const auto flags = input.number<std::uint8_t>();
    Bytes object;
    if ((flags & 1) != 0) {
        const auto rest = std::as_bytes(input.rest());
        object.assign(rest.begin(), rest.end());
    } else if ((flags & 2) != 0) {
        const auto document = std::as_bytes(input.rest());
        const auto& whole = whole_object();
        const auto behind = kStart + number_at<std::uint32_t>(whole, kStart - 4);
        object.assign(whole.begin(), whole.begin() + kStart);
        for (std::size_t byte = 0; byte < 4; ++byte) {
            object[kStart - 4 + byte] = static_cast<std::byte>(document.size() >> (8 * byte));
        }
        object.insert(object.end(), document.begin(), document.end());
        object.insert(object.end(), whole.begin() + static_cast<std::ptrdiff_t>(behind),
                      whole.end());
    } else {
        object = whole_object();
        while (!input.is_at_end()) {
            const auto at = std::min<std::size_t>(input.number<std::uint16_t>(), object.size());
            const auto begin = object.begin() + static_cast<std::ptrdiff_t>(at);
            const auto gone =
                std::min<std::size_t>(input.number<std::uint8_t>(), object.size() - at);
            const auto come = std::as_bytes(input.take(input.number<std::uint8_t>()));
            const auto next = object.erase(begin, begin + static_cast<std::ptrdiff_t>(gone));
            object.insert(next, come.begin(), come.end());
        }
    }
    if ((flags & 4) != 0) {
        mend(object);
    }
    return object;
}

/// Without pieces of zeros, which are not written.
std::vector<Piece> without_zeros(std::vector<Piece> pieces)
{
    std::erase_if(pieces, [](const Piece& piece) {
        return std::ranges::all_of(piece.bytes,
                                   [](std::byte byte) { return byte == std::byte{0}; });
    });
    return pieces;
}

}  // namespace
}  // namespace amilab::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace amilab;
    const auto object = fuzz::object_of(fuzz::InputReader(std::span(data, size)));
    try {
        const auto taken = fuzz::take(object);
        const auto again = fuzz::take(fuzz::write(taken.image, taken.pieces));
        fuzz::require(again.pieces == fuzz::without_zeros(taken.pieces) &&
                          again.image.disks == taken.image.disks &&
                          again.image.tags == taken.image.tags &&
                          again.image.row.name == taken.image.row.name,
                      "what is written of it reads as the same");
    } catch (const ApiError& error) {
        fuzz::require(error.code == "InvalidParameter" && error.http_status == 400, error.what());
    }
    return 0;
}
