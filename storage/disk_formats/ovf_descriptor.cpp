#include "storage/disk_formats/ovf_descriptor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace amilab {

namespace {

[[noreturn]] void refuse(const std::string& why)
{
    throw DiskImageError(DiskImageFault::kArchive, why);
}

/// "ovf:File" and "File" are one: writers differ in which names have a prefix.
std::string_view local(std::string_view name)
{
    return name.substr(name.find(':') + 1);
}

std::vector<pugi::xml_node> children(pugi::xml_node node, std::string_view name)
{
    std::vector<pugi::xml_node> found;
    for (const auto child : node.children()) {
        if (local(child.name()) == name) {
            found.push_back(child);
        }
    }
    return found;
}

std::optional<std::string> attribute(pugi::xml_node node, std::string_view name)
{
    for (const auto one : node.attributes()) {
        if (local(one.name()) == name) {
            return one.value();
        }
    }
    return std::nullopt;
}

// Formats

/// A word of the address by which a format is named, and what it says.
struct FormatWord {
    std::string_view word;
    std::optional<DiskFileFormat> format;
};

// Source: the addresses that VMware's and VirtualBox's tools write for VMDK and for optical discs,
// and Citrix's for VHD (observed); that of raw, which has none, is assumed.
constexpr std::array<FormatWord, 7> kFormatWords = {{
    {"vmdk", DiskFileFormat::kVmdk},
    {"vhdspec", DiskFileFormat::kVhd},
    {"bb676673", DiskFileFormat::kVhd},
    {"vhd", DiskFileFormat::kVhd},
    {"vhdx", DiskFileFormat::kVhdx},
    {"raw", DiskFileFormat::kRaw},
    {"ecma", std::nullopt},
}};

char small(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

const FormatWord& format_word(std::string_view address)
{
    std::string text(address);
    std::ranges::transform(text, text.begin(), small);
    const auto is_between = [](char c) { return (c < 'a' || c > 'z') && (c < '0' || c > '9'); };
    for (auto begin = text.begin(); begin != text.end();) {
        const auto end = std::find_if(begin, text.end(), is_between);
        const std::string_view word(text.data() + (begin - text.begin()),
                                    static_cast<std::size_t>(end - begin));
        const auto known = std::ranges::find(kFormatWords, word, &FormatWord::word);
        if (known != kFormatWords.end()) {
            return *known;
        }
        begin = end == text.end() ? end : end + 1;
    }
    refuse(fmt::format("disk format '{}' is not supported", shown_text(address)));
}

// Files

struct OvfFile {
    std::string name;
    std::optional<std::uint64_t> size_bytes;
    bool is_packed = false;
};

/// Of pieces: documented. The others are assumed.
OvfFile to_file(pugi::xml_node node)
{
    if (attribute(node, "chunkSize")) {
        refuse("OVA with chunked disk files is not supported");
    }
    OvfFile file{.name = attribute(node, "href").value_or(""), .size_bytes = {}};
    while (file.name.starts_with("./")) {
        file.name.erase(0, 2);
    }
    file.is_packed = !attribute(node, "compression").value_or("").empty() &&
                     attribute(node, "compression") != "identity";
    if (const auto size = attribute(node, "size"); size && !size->empty()) {
        std::uint64_t value = 0;
        const auto* const end = size->data() + size->size();
        const auto [read, error] = std::from_chars(size->data(), end, value);
        if (error != std::errc{} || read != end) {
            refuse(fmt::format("file '{}' has an impossible size", shown_text(file.name)));
        }
        file.size_bytes = value;
    }
    return file;
}

std::map<std::string, OvfFile> files_of(pugi::xml_node envelope)
{
    std::map<std::string, OvfFile> files;
    for (const auto references : children(envelope, "References")) {
        for (const auto node : children(references, "File")) {
            const auto id = attribute(node, "id").value_or("");
            if (!files.emplace(id, to_file(node)).second) {
                refuse(fmt::format("two files have the id '{}'", shown_text(id)));
            }
        }
    }
    return files;
}

const OvfFile& file_of(pugi::xml_node disk, const std::map<std::string, OvfFile>& files)
{
    const auto id = attribute(disk, "diskId").value_or("");
    if (attribute(disk, "parentRef")) {
        refuse(fmt::format("disk '{}' is a difference to another disk", shown_text(id)));
    }
    const auto reference = attribute(disk, "fileRef");
    if (!reference) {
        refuse(fmt::format("disk '{}' has no file", shown_text(id)));
    }
    const auto found = files.find(*reference);
    if (found == files.end()) {
        refuse(fmt::format("disk '{}' is of an unknown file", shown_text(id)));
    }
    if (found->second.is_packed) {
        refuse(fmt::format("file '{}' is compressed", shown_text(found->second.name)));
    }
    return found->second;
}

// Machines

void require_one_machine(pugi::xml_node envelope)
{
    auto machines = children(envelope, "VirtualSystem").size();
    for (const auto collection : children(envelope, "VirtualSystemCollection")) {
        machines += children(collection, "VirtualSystem").size();
        machines += 2 * children(collection, "VirtualSystemCollection").size();
    }
    if (machines != 1) {
        refuse(machines == 0 ? "the OVF describes no virtual machine"
                             : "OVA with multiple virtual machines is not supported");
    }
}

}  // namespace

std::vector<OvfDisk> parse_ovf(std::string_view text)
{
    pugi::xml_document document;
    if (!document.load_buffer(text.data(), text.size())) {
        refuse("the OVF is no XML document");
    }
    const auto envelope = document.document_element();
    if (local(envelope.name()) != "Envelope") {
        refuse("the OVF is no OVF document");
    }
    require_one_machine(envelope);
    const auto files = files_of(envelope);
    std::vector<OvfDisk> disks;
    std::set<std::string> taken;
    for (const auto section : children(envelope, "DiskSection")) {
        for (const auto node : children(section, "Disk")) {
            const auto format = format_word(attribute(node, "format").value_or("")).format;
            if (!format) {
                continue;  // an optical disc
            }
            const auto& file = file_of(node, files);
            if (!taken.insert(file.name).second) {
                refuse(fmt::format("two disks are of the file '{}'", shown_text(file.name)));
            }
            disks.push_back(
                {.file_name = file.name, .format = *format, .file_bytes = file.size_bytes});
        }
    }
    if (disks.empty()) {
        refuse("the OVF describes no disk");
    }
    return disks;
}

}  // namespace amilab
