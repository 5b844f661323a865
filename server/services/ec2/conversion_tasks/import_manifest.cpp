#include "server/services/ec2/conversion_tasks/import_manifest.h"

#include <optional>
#include <utility>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "server/services/ec2/conversion_tasks/errors.h"
#include "server/wire/read.h"
#include "storage/base/text.h"

namespace amilab::ec2 {

namespace {

// Source: documented.
constexpr std::string_view kVersion = "2010-11-15";
constexpr std::int64_t kMostBytes = std::int64_t{1} << 50;

/// What stands around an element or an attribute in a document that is indented.
constexpr std::string_view kBlanks = " \t\r\n";

std::int64_t number(std::string_view text, std::string_view name, std::int64_t least)
{
    const auto value = wire::parse_integer(trimmed(text, kBlanks));
    if (!value || *value < least || *value > kMostBytes) {
        throw manifest_not_valid(fmt::format("{} is no number that it may be.", name));
    }
    return *value;
}

DiskFileFormat format_in(const pugi::xml_node& root)
{
    const auto text = trimmed(root.child_value("file-format"), kBlanks);
    const auto format = find_word<DiskFileFormat>(text);
    if (!format) {
        throw manifest_not_valid("file-format is none that is imported.");
    }
    return *format;
}

ImportPart read_part(const pugi::xml_node& node, std::size_t position, std::uint64_t begin)
{
    const auto of_part = [&](std::string_view name) {
        return fmt::format("{} of the part {}", name, position);
    };
    const auto index = number(node.attribute("index").value(), of_part("index"), 0);
    const auto range = node.child("byte-range");
    const auto first = number(range.attribute("start").value(), of_part("byte-range start"), 0);
    const auto last = number(range.attribute("end").value(), of_part("byte-range end"), 0);
    if (static_cast<std::size_t>(index) != position) {
        throw manifest_not_valid(fmt::format("the part {} has the index {}.", position, index));
    }
    if (static_cast<std::uint64_t>(first) != begin || last < first) {
        throw manifest_not_valid(
            fmt::format("the byte-range {}-{} of the part {} does not begin at {}.", first, last,
                        position, begin));
    }
    const auto url = trimmed(node.child_value("get-url"), kBlanks);
    if (url.empty() || url.size() > kMostImportUrlBytes) {
        throw manifest_not_valid(of_part("get-url") + " is missing or too long.");
    }
    return {.end = static_cast<std::uint64_t>(last) + 1, .get_url = std::string(url)};
}

void read_parts(const pugi::xml_node& node, ImportManifest& manifest)
{
    const auto count = number(node.attribute("count").value(), "the count of parts", 1);
    std::uint64_t begin = 0;
    for (const auto& child : node.children("part")) {
        if (manifest.parts.size() == kMostImportParts) {
            throw manifest_not_valid(fmt::format("it has more than {} parts.", kMostImportParts));
        }
        manifest.parts.push_back(read_part(child, manifest.parts.size(), begin));
        begin = manifest.parts.back().end;
    }
    if (manifest.parts.size() != static_cast<std::size_t>(count)) {
        throw manifest_not_valid(
            fmt::format("it has {} parts and counts {}.", manifest.parts.size(), count));
    }
    if (begin != manifest.size_bytes) {
        throw manifest_not_valid(
            fmt::format("its parts have {} bytes and the image {}.", begin, manifest.size_bytes));
    }
}

}  // namespace

ImportManifest parse_import_manifest(std::string_view text)
{
    pugi::xml_document document;
    if (!document.load_buffer(text.data(), text.size())) {
        throw manifest_not_valid("it is no XML document.");
    }
    const auto root = document.child("manifest");
    if (!root) {
        throw manifest_not_valid("its root is no manifest.");
    }
    if (const auto version = trimmed(root.child_value("version"), kBlanks); version != kVersion) {
        throw manifest_not_valid(fmt::format("its version is not {}.", kVersion));
    }
    const auto of_import = root.child("import");
    ImportManifest manifest;
    manifest.format = format_in(root);
    manifest.size_bytes =
        static_cast<std::uint64_t>(number(of_import.child_value("size"), "size", 1));
    manifest.volume_size_gib = number(of_import.child_value("volume-size"), "volume-size", 1);
    read_parts(of_import.child("parts"), manifest);
    return manifest;
}

}  // namespace amilab::ec2
