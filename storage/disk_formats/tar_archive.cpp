#include "storage/disk_formats/tar_archive.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace amilab {

namespace {

/// Of headers, those that only tell of others among them.
constexpr int kMostHeaders = 1000;
/// Of names, and what else is said of a file.
constexpr std::uint64_t kMostExtension = std::uint64_t{64} << 10U;

[[noreturn]] void refuse(DiskImageFault fault, const std::string& why)
{
    throw DiskImageError(fault, why);
}

std::string_view bytes_of(const TarHeader& header, TarField field)
{
    return {reinterpret_cast<const char*>(header.data()) + field.offset, field.length};
}

/// What stands in a field before its first zero.
std::string_view text_of(const TarHeader& header, TarField field)
{
    const auto bytes = bytes_of(header, field);
    return bytes.substr(0, bytes.find('\0'));
}

/// Nothing: it is no number, or none that fits.
std::optional<std::uint64_t> parse_number(std::string_view text, int base)
{
    std::uint64_t value = 0;
    const auto* const end = text.data() + text.size();
    const auto [read, error] = std::from_chars(text.data(), end, value, base);
    return error == std::errc{} && read == end ? std::optional(value) : std::nullopt;
}

/// GNU's form of large numbers: a first byte of 0x80, the others as they are.
std::optional<std::uint64_t> parse_base_256(std::string_view bytes)
{
    constexpr std::uint8_t kPositive = 0x80;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<std::uint8_t>(bytes[i]);
        const std::uint8_t digit = i == 0 ? byte ^ kPositive : byte;
        if (value > std::numeric_limits<std::uint64_t>::max() >> 8U || (i == 0 && digit != 0)) {
            return std::nullopt;
        }
        value = value << 8U | digit;
    }
    return value;
}

std::optional<std::uint64_t> number_of(const TarHeader& header, TarField field)
{
    const auto bytes = bytes_of(header, field);
    if ((static_cast<std::uint8_t>(bytes.front()) & 0x80U) != 0) {
        return parse_base_256(bytes);
    }
    auto digits = bytes.substr(0, bytes.find('\0'));
    digits.remove_prefix(std::min(digits.find_first_not_of(' '), digits.size()));
    digits = digits.substr(0, digits.find(' '));
    return parse_number(digits, 8);
}

/// What extended headers say of the file behind them.
struct Extension {
    std::optional<std::string> name{};
    std::optional<std::uint64_t> size_bytes{};
};

void take_record(std::string_view key, std::string_view value, Extension& said)
{
    if (key.starts_with("GNU.sparse.")) {
        refuse(DiskImageFault::kArchive, "sparse files in an OVA are not supported");
    }
    if (key == "path") {
        said.name = value;
    } else if (key == "size") {
        said.size_bytes = parse_number(value, 10);
        if (!said.size_bytes) {
            refuse(DiskImageFault::kDamaged, "a file of the archive has an impossible size");
        }
    }
}

/// "LENGTH KEY=VALUE\n", one behind the other; the length is the record's own.
void take_records(std::string_view text, Extension& said)
{
    while (!text.empty()) {
        const auto space = text.find(' ');
        const auto length = parse_number(text.substr(0, space), 10);
        if (space == std::string_view::npos || !length || *length <= space + 1 ||
            *length > text.size() || text[*length - 1] != '\n') {
            refuse(DiskImageFault::kDamaged, "an extended header of the archive is none");
        }
        const auto record = text.substr(space + 1, *length - space - 2);
        const auto equals = record.find('=');
        if (equals == std::string_view::npos) {
            refuse(DiskImageFault::kDamaged, "an extended header of the archive is none");
        }
        take_record(record.substr(0, equals), record.substr(equals + 1), said);
        text.remove_prefix(*length);
    }
}

bool climbs_out(std::string_view name)
{
    if (name.starts_with('/')) {
        return true;
    }
    while (!name.empty()) {
        const auto part = name.substr(0, name.find('/'));
        if (part == "..") {
            return true;
        }
        name.remove_prefix(std::min(name.size(), part.size() + 1));
    }
    return false;
}

/// Reads one archive from its first header to its last.
class TarLister {
public:
    explicit TarLister(ImageBytes& archive) : archive_(archive) {}

    std::vector<TarMember> list()
    {
        for (int count = 0; read_header(); ++count) {
            if (count == kMostHeaders) {
                refuse(DiskImageFault::kArchive, "the OVA has too many files");
            }
            take_header();
        }
        if (extension_.name || extension_.size_bytes) {
            refuse(DiskImageFault::kDamaged, "the archive ends behind an extended header");
        }
        return std::move(members_);
    }

private:
    /// False at the end, which a block of zeros says.
    bool read_header()
    {
        if (archive_.size_bytes() - at_ < kTarBlockBytes) {
            refuse(at_ == 0 ? DiskImageFault::kUnsupported : DiskImageFault::kDamaged,
                   "the archive is cut off");
        }
        archive_.read(at_, header_);
        constexpr std::byte kZero{0};
        if (at_ > 0 && std::ranges::all_of(header_, [](std::byte b) { return b == kZero; })) {
            return false;
        }
        if (!bytes_of(header_, kTarMagic).starts_with("ustar")) {
            refuse(at_ == 0 ? DiskImageFault::kUnsupported : DiskImageFault::kDamaged,
                   "a header of the archive is none");
        }
        if (number_of(header_, kTarSum) != tar_sum(header_)) {
            refuse(DiskImageFault::kDamaged, "the checksum of a header of the archive is wrong");
        }
        at_ += kTarBlockBytes;
        return true;
    }

    void take_header()
    {
        const auto type = bytes_of(header_, kTarType).front();
        constexpr std::string_view kExtensions = "xgLK";
        const bool is_extension = kExtensions.find(type) != std::string_view::npos;
        const auto size_bytes = size_of_content(is_extension);
        is_extension ? take_extension(type, size_bytes) : take_member(type, size_bytes);
        // Within the archive's size, which is far from what 64 bits hold.
        at_ += (size_bytes + kTarBlockBytes - 1) / kTarBlockBytes * kTarBlockBytes;
        if (at_ > archive_.size_bytes()) {
            refuse(DiskImageFault::kDamaged, "the archive is cut off");
        }
    }

    std::uint64_t size_of_content(bool is_extension) const
    {
        auto size_bytes = number_of(header_, kTarSize);
        if (!is_extension && extension_.size_bytes) {
            size_bytes = extension_.size_bytes;
        }
        if (!size_bytes) {
            refuse(DiskImageFault::kDamaged, "a file of the archive has an impossible size");
        }
        if (*size_bytes > archive_.size_bytes() - at_) {
            refuse(DiskImageFault::kDamaged, "a file of the archive ends behind the archive");
        }
        return *size_bytes;
    }

    void take_extension(char type, std::uint64_t size_bytes)
    {
        if (size_bytes > kMostExtension) {
            refuse(DiskImageFault::kArchive, "a name in the OVA is too long");
        }
        std::string text(size_bytes, '\0');
        archive_.read(at_, std::as_writable_bytes(std::span(text)));
        if (type == 'L') {
            extension_.name = text.substr(0, text.find('\0'));
        } else if (type == 'x') {
            take_records(text, extension_);
        } else if (type == 'g') {
            Extension of_all;
            take_records(text, of_all);
            if (of_all.name || of_all.size_bytes) {
                refuse(DiskImageFault::kArchive, "the OVA gives all its files one name or size");
            }
        }
        // K tells where a link leads, which no file here is.
    }

    std::string take_name()
    {
        std::string name;
        if (const auto prefix = text_of(header_, kTarPrefix); !prefix.empty() && is_posix()) {
            name = fmt::format("{}/", prefix);
        }
        name += text_of(header_, kTarName);
        name = std::exchange(extension_.name, {}).value_or(name);
        extension_.size_bytes.reset();
        while (name.starts_with("./")) {
            name.erase(0, 2);
        }
        return name;
    }

    /// GNU's own headers have times where others have a prefix.
    bool is_posix() const { return bytes_of(header_, kTarMagic)[5] == '\0'; }

    void take_member(char type, std::uint64_t size_bytes)
    {
        auto name = take_name();
        if (climbs_out(name)) {
            refuse(DiskImageFault::kArchive, "a file in the OVA has a path that leads out of it");
        }
        switch (type) {
            case '0':
            case '\0':
                break;
            case '5':
                return;
            case 'S':
                refuse(DiskImageFault::kArchive, "sparse files in an OVA are not supported");
            case '1':
            case '2':
                refuse(DiskImageFault::kArchive, "links in an OVA are not supported");
            default:
                refuse(DiskImageFault::kArchive, "the OVA has something in it that is no file");
        }
        if (name.empty() || name.find('\0') != std::string::npos) {
            refuse(DiskImageFault::kArchive, "a file in the OVA has no name");
        }
        if (!names_.insert(name).second) {
            refuse(DiskImageFault::kArchive, "two files in the OVA have one name");
        }
        members_.push_back({.name = std::move(name), .offset = at_, .size_bytes = size_bytes});
    }

    ImageBytes& archive_;
    TarHeader header_{};
    std::uint64_t at_ = 0;
    Extension extension_;
    std::set<std::string> names_;
    std::vector<TarMember> members_;
};

}  // namespace

std::uint64_t tar_sum(std::span<const std::byte, kTarBlockBytes> header)
{
    std::uint64_t sum = kTarSum.length * ' ';
    for (std::size_t i = 0; i < header.size(); ++i) {
        if (i < kTarSum.offset || i >= kTarSum.offset + kTarSum.length) {
            sum += std::to_integer<std::uint64_t>(header[i]);
        }
    }
    return sum;
}

std::vector<TarMember> list_tar(ImageBytes& archive)
{
    return TarLister(archive).list();
}

}  // namespace amilab
