#include "server/cli/disk_formats.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "server/cli/programs.h"
#include "server/cli/wrong_option.h"
#include "storage/base/units.h"
#include "storage/blocks/layer_id.h"

namespace amilab::cli {

namespace fs = std::filesystem;

namespace {

struct FormatName {
    DiskFormat format;
    /// Of --format, and of file names.
    std::string_view name;
    /// qemu-img's.
    const char* qemu_name;
    /// What qemu-img is asked for when it writes one: the size is kept to the byte.
    const char* options;
};

constexpr std::array<FormatName, 5> kFormats = {{
    {DiskFormat::kRaw, "raw", "raw", nullptr},
    {DiskFormat::kQcow2, "qcow2", "qcow2", nullptr},
    {DiskFormat::kVmdk, "vmdk", "vmdk", nullptr},
    {DiskFormat::kVhd, "vhd", "vpc", "force_size=on"},
    {DiskFormat::kVhdx, "vhdx", "vhdx", nullptr},
}};

const FormatName& name_of(DiskFormat format)
{
    return *std::find_if(kFormats.begin(), kFormats.end(),
                         [&](const FormatName& one) { return one.format == format; });
}

/// "qemu-img: what it said", of which it has said the first word itself.
std::string complaint(const std::string& program, const std::string& errors)
{
    const auto name = fs::path(program).filename().string() + ": ";
    const auto line = first_line(errors);
    return line.starts_with(name) ? line : name + line;
}

/// Throws with what the program said, unless it succeeded.
void run(const std::string& program, const std::vector<std::string>& arguments)
{
    const auto result = run_to_end(program, arguments);
    if (result.exit_code != 0) {
        throw std::runtime_error(complaint(program, result.errors));
    }
}

/// With a leading slash no name means a protocol or an option to qemu-img.
std::string absolute(const std::string& file)
{
    return fs::absolute(file).string();
}

// What images say of other files

/// The first `length` bytes at `offset`; zeros beyond the end of the file.
std::string read_at(std::ifstream& file, std::uint64_t offset, std::size_t length)
{
    std::string bytes(length, '\0');
    file.clear();
    file.seekg(static_cast<std::streamoff>(offset));
    file.read(bytes.data(), static_cast<std::streamsize>(length));
    return bytes;
}

std::uint64_t big_endian(std::string_view bytes)
{
    std::uint64_t value = 0;
    for (const char c : bytes) {
        value = value << 8U | static_cast<unsigned char>(c);
    }
    return value;
}

std::uint64_t little_endian(std::string_view bytes)
{
    std::string reversed(bytes.rbegin(), bytes.rend());
    return big_endian(reversed);
}

[[noreturn]] void refuse(const std::string& file, std::string_view why)
{
    throw std::runtime_error(fmt::format("{} {}", file, why));
}

// Source: docs/interop/qcow2.txt of QEMU: backing_file_offset at 8, crypt_method at 32,
// incompatible_features at 72.
void check_qcow2(std::ifstream& stream, const std::string& file)
{
    constexpr std::size_t kHeaderBytes = 104;
    constexpr std::uint64_t kExternalData = 1U << 2U;
    const auto header = read_at(stream, 0, kHeaderBytes);
    const auto view = std::string_view(header);
    if (!view.starts_with("QFI\xfb")) {
        refuse(file, "is no qcow2 image");
    }
    if (big_endian(view.substr(8, 8)) != 0) {
        refuse(file, "has a backing file; flatten it first (qemu-img convert)");
    }
    if (big_endian(view.substr(32, 4)) != 0) {
        refuse(file, "is encrypted; decrypt it first (qemu-img convert)");
    }
    const bool has_features = big_endian(view.substr(4, 4)) >= 3;
    if (has_features && (big_endian(view.substr(72, 8)) & kExternalData) != 0) {
        refuse(file, "keeps its data in another file; flatten it first (qemu-img convert)");
    }
}

// Source: VMware Virtual Disk Format 1.1: a sparse extent begins with KDMV, its descriptor's place
// and length in sectors at 28 and 36; a file that is a descriptor alone names its extents.
void check_vmdk(std::ifstream& stream, const std::string& file)
{
    constexpr std::uint64_t kSector = 512;
    constexpr std::uint64_t kMostDescriptorSectors = 2048;
    const auto header = read_at(stream, 0, kSector);
    const auto view = std::string_view(header);
    if (view.starts_with("# Disk DescriptorFile")) {
        refuse(file, "keeps its data in other files; flatten it first (qemu-img convert)");
    }
    if (!view.starts_with("KDMV")) {
        refuse(file, "is no vmdk image in one sparse file");
    }
    const auto offset = little_endian(view.substr(28, 8));
    const auto sectors = std::min(little_endian(view.substr(36, 8)), kMostDescriptorSectors);
    if (offset > kMaxVolumeSize / kSector) {
        refuse(file, "is damaged");
    }
    const auto descriptor = read_at(stream, offset * kSector, sectors * kSector);
    if (descriptor.find("parentFileNameHint") != std::string::npos) {
        refuse(file, "has a parent disk; flatten it first (qemu-img convert)");
    }
}

// Source: Virtual Hard Disk Image Format Specification: the footer is the file's last 512 bytes;
// the type at 60 is 4 for a differencing disk.
void check_vhd(std::ifstream& stream, const std::string& file)
{
    constexpr std::uint64_t kFooterBytes = 512;
    constexpr std::uint64_t kDifferencing = 4;
    const auto size = fs::file_size(file);
    const auto footer = size < kFooterBytes ? std::string(kFooterBytes, '\0')
                                            : read_at(stream, size - kFooterBytes, kFooterBytes);
    const auto front = read_at(stream, 0, kFooterBytes);
    for (const auto* copy : {&footer, &front}) {
        const auto view = std::string_view(*copy);
        if (view.starts_with("conectix") && big_endian(view.substr(60, 4)) == kDifferencing) {
            refuse(file, "has a parent disk; flatten it first");
        }
    }
    if (!footer.starts_with("conectix") && !front.starts_with("conectix")) {
        refuse(file, "is no vhd image");
    }
}

void check_vhdx(std::ifstream& stream, const std::string& file)
{
    // qemu-img itself refuses those with a parent: their parent locator is not supported.
    if (!read_at(stream, 0, 8).starts_with("vhdxfile")) {
        refuse(file, "is no vhdx image");
    }
}

// A folder's size

/// What the file system of a folder takes, with room for its own books.
std::int64_t size_for(const std::string& folder)
{
    constexpr std::uint64_t kBlock = 4096;
    constexpr std::uint64_t kInode = 512;
    constexpr std::uint64_t kLeastRoom = std::uint64_t{64} << 20U;
    std::uint64_t bytes = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        bytes += kInode + kBlock;
        if (!entry.is_symlink() && entry.is_regular_file()) {
            bytes += (entry.file_size() + kBlock - 1) / kBlock * kBlock;
        }
    }
    const auto wanted = bytes + bytes / 8 + kLeastRoom;
    return static_cast<std::int64_t>((wanted + kGiB - 1) / kGiB);
}

}  // namespace

DiskFormat disk_format(const std::optional<std::string>& format, std::string_view file)
{
    const auto extension = fs::path(file).extension().string();
    const auto wanted = format ? *format : extension.substr(extension.empty() ? 0 : 1);
    const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                    [&](const FormatName& one) { return one.name == wanted; });
    if (found != kFormats.end()) {
        return found->format;
    }
    if (format) {
        throw std::runtime_error(
            fmt::format("{} is no disk format; expected raw, qcow2, vmdk, vhd or vhdx", *format));
    }
    return DiskFormat::kRaw;
}

void require_stands_alone(const std::string& file, DiskFormat format)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream) {
        throw std::runtime_error(fmt::format("cannot open {}: {}", file, std::strerror(errno)));
    }
    switch (format) {
        case DiskFormat::kRaw:
            return;
        case DiskFormat::kQcow2:
            return check_qcow2(stream, file);
        case DiskFormat::kVmdk:
            return check_vmdk(stream, file);
        case DiskFormat::kVhd:
            return check_vhd(stream, file);
        case DiskFormat::kVhdx:
            return check_vhdx(stream, file);
    }
}

void require_whole(const std::string& file, DiskFormat format)
{
    if (format == DiskFormat::kRaw) {
        return;
    }
    // Source: qemu-img(1): unused clusters do no harm, and vhd has no checks. A vmdk that lacks its
    // end makes the check itself fail (observed).
    constexpr int kFine = 0;
    constexpr int kLeaks = 3;
    constexpr int kNoChecks = 63;
    const auto program = find_program("qemu-img", "qemu-utils");
    const auto result =
        run_to_end(program, {"check", "-f", name_of(format).qemu_name, absolute(file)});
    const std::array harmless = {kFine, kLeaks, kNoChecks};
    if (std::find(harmless.begin(), harmless.end(), result.exit_code) == harmless.end()) {
        refuse(file, fmt::format("is damaged: {}", complaint(program, result.errors)));
    }
}

void convert_to_raw(const std::string& file, DiskFormat format, const std::string& raw_file)
{
    run(find_program("qemu-img", "qemu-utils"), {"convert", "-f", name_of(format).qemu_name, "-O",
                                                 "raw", absolute(file), absolute(raw_file)});
}

void convert_from_raw(const std::string& raw_file, DiskFormat format, const std::string& file)
{
    const auto& target = name_of(format);
    std::vector<std::string> arguments = {"convert", "-f", "raw", "-O", target.qemu_name};
    if (target.options != nullptr) {
        arguments.insert(arguments.end(), {"-o", target.options});
    }
    arguments.insert(arguments.end(), {absolute(raw_file), absolute(file)});
    run(find_program("qemu-img", "qemu-utils"), arguments);
}

void make_ext4(const std::string& folder, std::optional<std::int64_t> size_gib,
               const std::string& raw_file)
{
    if (!fs::is_directory(folder)) {
        throw WrongOption(fmt::format("--from-dir: {} is no folder", folder));
    }
    std::ofstream(raw_file).close();
    fs::resize_file(raw_file, static_cast<std::uintmax_t>(size_gib.value_or(size_for(folder)))
                                  << 30U);
    run(find_program("mke2fs", "e2fsprogs"),
        {"-q", "-F", "-t", "ext4", "-d", absolute(folder), absolute(raw_file)});
}

}  // namespace amilab::cli
