#include "tests/server/services/ec2/conversion_tasks/manifests.h"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

namespace amilab::test {

namespace {

std::string part_key(std::string_view name, std::size_t index)
{
    return fmt::format("disks/{}.part{}", name, index);
}

void append(pugi::xml_node to, const char* name, const std::string& text)
{
    to.append_child(name).text().set(text.c_str());
}

void append_part(pugi::xml_node parts, const ManifestPart& part, std::size_t index)
{
    auto node = parts.append_child("part");
    node.append_attribute("index").set_value(static_cast<unsigned long long>(index));
    auto range = node.append_child("byte-range");
    range.append_attribute("start").set_value(static_cast<unsigned long long>(part.first));
    range.append_attribute("end").set_value(static_cast<unsigned long long>(part.last));
    append(node, "key", fmt::format("part{}", index));
    append(node, "head-url", part.url);
    append(node, "get-url", part.url);
    append(node, "delete-url", part.url);
}

}  // namespace

std::string presigned_url(std::string_view place)
{
    return fmt::format(
        "http://localhost:4566/{}?AWSAccessKeyId={}&Expires=4102444800&Signature=c2ln", place,
        kAccount);
}

std::string Manifest::text() const
{
    pugi::xml_document document;
    auto root = document.append_child("manifest");
    append(root, "version", version);
    append(root, "file-format", format);
    auto importer = root.append_child("importer");
    append(importer, "name", "ec2-upload-disk-image");
    append(importer, "version", "1.0.0");
    append(importer, "release", "2010-11-15");
    append(root, "self-destruct-url", presigned_url("disks/manifest.xml"));
    auto import = root.append_child("import");
    append(import, "size", std::to_string(size_bytes));
    append(import, "volume-size", volume_size);
    auto list = import.append_child("parts");
    list.append_attribute("count").set_value(
        (count.empty() ? std::to_string(parts.size()) : count).c_str());
    for (std::size_t index = 0; index < parts.size(); ++index) {
        append_part(list, parts[index], index);
    }
    std::ostringstream out;
    document.save(out);
    return out.str();
}

Manifest manifest_of(std::string_view name, std::uint64_t size_bytes, std::uint64_t part_bytes)
{
    Manifest manifest;
    manifest.size_bytes = size_bytes;
    for (std::uint64_t first = 0; first < size_bytes; first += part_bytes) {
        const auto end = std::min(first + part_bytes, size_bytes);
        manifest.parts.push_back(
            {first, end - 1, presigned_url(part_key(name, manifest.parts.size()))});
    }
    return manifest;
}

void put_part(const S3Caller& s3, const Manifest& manifest, std::size_t index,
              std::string_view name, std::string_view file)
{
    const auto& part = manifest.parts[index];
    s3.must("PUT", "/" + part_key(name, index),
            file.substr(part.first, part.last - part.first + 1));
}

std::string put_manifest(const S3Caller& s3, std::string_view name, const std::string& text)
{
    s3.must("PUT", fmt::format("/disks/{}.xml", name), text);
    return presigned_url(fmt::format("disks/{}.xml", name));
}

std::string put_disk(const S3Caller& s3, const Manifest& manifest, std::string_view name,
                     std::string_view file)
{
    for (std::size_t index = 0; index < manifest.parts.size(); ++index) {
        put_part(s3, manifest, index, name, file);
    }
    return put_manifest(s3, name, manifest.text());
}

}  // namespace amilab::test
