#include "storage/disk_formats/ova_reader.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "storage/disk_formats/ovf_descriptor.h"

namespace amilab {

namespace {

/// Of a descriptor, and of a manifest: they are read as a whole.
constexpr std::uint64_t kMostText = std::uint64_t{1} << 20U;

[[noreturn]] void refuse(const std::string& why)
{
    throw DiskImageError(DiskImageFault::kArchive, why);
}

bool ends_with(std::string_view name, std::string_view extension)
{
    return name.size() > extension.size() &&
           std::ranges::equal(
               name.substr(name.size() - extension.size()), extension, [](char c, char wanted) {
                   return c == wanted || (c >= 'A' && c <= 'Z' && c - 'A' + 'a' == wanted);
               });
}

/// %20 and its like as what they stand for: a descriptor names files by addresses, though not all
/// writers keep to it.
std::string without_escapes(std::string_view name)
{
    std::string plain;
    while (!name.empty()) {
        unsigned value = 0;
        std::size_t length = 1;
        plain += name.front();
        const auto digits = name.substr(1, 2);
        const auto* const end = digits.data() + digits.size();
        if (name.front() == '%' && digits.size() == 2 &&
            std::from_chars(digits.data(), end, value, 16).ptr == end) {
            plain.back() = static_cast<char>(value);
            length += digits.size();
        }
        name.remove_prefix(length);
    }
    return plain;
}

}  // namespace

OvaReader::OvaReader(ImageBytes& archive) : archive_(archive), files_(list_tar(archive))
{
    const auto descriptor = only(".ovf");
    if (!descriptor) {
        refuse("the OVA has no OVF");
    }
    name_disks(*descriptor);
    if (const auto manifest = only(".mf")) {
        name_checks(*manifest);
    }
}

const TarMember* OvaReader::find(std::string_view name) const
{
    const auto found = std::ranges::find(files_, name, &TarMember::name);
    return found != files_.end() ? &*found : nullptr;
}

std::optional<TarMember> OvaReader::only(std::string_view extension) const
{
    std::optional<TarMember> found;
    for (const auto& file : files_) {
        if (!ends_with(file.name, extension)) {
            continue;
        }
        if (found) {
            refuse(fmt::format("the OVA has several files that end with {}", extension));
        }
        found = file;
    }
    return found;
}

std::string OvaReader::text_of(const TarMember& file)
{
    if (file.size_bytes > kMostText) {
        refuse(fmt::format("file '{}' is too long", shown_text(file.name)));
    }
    std::string text(file.size_bytes, '\0');
    archive_.read(file.offset, std::as_writable_bytes(std::span(text)));
    return text;
}

void OvaReader::name_disks(const TarMember& descriptor)
{
    for (const auto& disk : parse_ovf(text_of(descriptor))) {
        const auto* file = find(disk.file_name);
        file = file != nullptr ? file : find(without_escapes(disk.file_name));
        if (file == nullptr) {
            refuse(fmt::format("file '{}' is not in the OVA", shown_text(disk.file_name)));
        }
        if (disk.file_bytes && *disk.file_bytes != file->size_bytes) {
            refuse(fmt::format("file '{}' has {} bytes and not {}", shown_text(disk.file_name),
                               file->size_bytes, *disk.file_bytes));
        }
        disks_.push_back(
            {.offset = file->offset, .size_bytes = file->size_bytes, .format = disk.format});
    }
}

void OvaReader::name_checks(const TarMember& manifest)
{
    for (auto& line : parse_manifest(text_of(manifest))) {
        const auto* const file = find(line.file_name);
        if (file == nullptr) {
            refuse(fmt::format("the manifest names '{}', which is not in the OVA",
                               shown_text(line.file_name)));
        }
        checks_.push_back({.file = *file, .line = std::move(line)});
    }
}

bool OvaReader::check_more(std::span<std::byte> buffer)
{
    if (check_ == checks_.size()) {
        return false;
    }
    const auto& [file, line] = checks_[check_];
    if (!digest_) {
        digest_.emplace(line.algorithm);
    }
    const auto length = std::min<std::uint64_t>(buffer.size(), file.size_bytes - checked_bytes_);
    if (length > 0) {
        archive_.read(file.offset + checked_bytes_, buffer.first(length));
        digest_->add(buffer.first(length));
        checked_bytes_ += length;
    }
    if (checked_bytes_ == file.size_bytes) {
        if (digest_->finish() != line.digest) {
            refuse(fmt::format("file '{}' has another digest than the manifest says",
                               shown_text(file.name)));
        }
        digest_.reset();
        checked_bytes_ = 0;
        ++check_;
    }
    return true;
}

}  // namespace amilab
