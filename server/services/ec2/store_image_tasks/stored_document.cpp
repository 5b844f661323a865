#include "server/services/ec2/store_image_tasks/stored_document.h"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/calls/resource_tags.h"
#include "server/services/ec2/images/image_names.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

namespace json = boost::json;

// Source: of descriptions (documented).
constexpr std::size_t kMostDescriptionCharacters = 255;
/// Images of a catalogue have other names than volumes are attached as.
constexpr std::size_t kMostDeviceBytes = 255;
/// More than an image may have.
constexpr std::size_t kMostMappings = 1000;

/// Calls `visit` with the name and the member of all that an image is told by.
template <class Row, class Visit>
void visit_image(Row& row, const Visit& visit)
{
    visit("name", row.name);
    visit("description", row.description);
    visit("architecture", row.architecture);
    visit("imageType", row.image_type);
    visit("rootDeviceName", row.root_device_name);
    visit("rootDeviceType", row.root_device_type);
    visit("virtualizationType", row.virtualization_type);
    visit("hypervisor", row.hypervisor);
    visit("bootMode", row.boot_mode);
    visit("imdsSupport", row.imds_support);
    visit("tpmSupport", row.tpm_support);
    visit("enaSupport", row.ena_support);
    visit("sriovNetSupport", row.sriov_net_support);
    visit("platform", row.platform);
    visit("platformDetails", row.platform_details);
    visit("usageOperation", row.usage_operation);
    visit("kernelId", row.kernel_id);
    visit("ramdiskId", row.ramdisk_id);
    visit("region", row.region);
}

template <class Row, class Visit>
void visit_mapping(Row& row, const Visit& visit)
{
    visit("deviceName", row.device_name);
    visit("virtualName", row.virtual_name);
    visit("noDevice", row.no_device);
    visit("volumeSize", row.volume_size_gib);
    visit("volumeType", row.volume_type);
    visit("iops", row.iops);
    visit("throughput", row.throughput);
    visit("deleteOnTermination", row.delete_on_termination);
}

/// Puts a member into an object, unless there is nothing.
struct Put {
    json::object& into;

    template <class Value>
    void operator()(const char* name, const Value& value) const
    {
        if constexpr (requires { value.has_value(); }) {
            if (value) {
                into.emplace(name, *value);
            }
        } else {
            into.emplace(name, value);
        }
    }
};

template <class Value>
Value to_value(const json::value& value, const char* name)
{
    try {
        return json::value_to<Value>(value);
    } catch (const std::exception&) {
        throw stored_image_damaged(fmt::format("it has no valid {}", name));
    }
}

/// Takes a member out of an object.
struct Take {
    const json::object& from;

    template <class Value>
    void operator()(const char* name, Value& value) const
    {
        const auto* found = from.if_contains(name);
        if constexpr (requires { value.has_value(); }) {
            if (found != nullptr) {
                value = to_value<typename Value::value_type>(*found, name);
            }
        } else {
            if (found == nullptr) {
                throw stored_image_damaged(fmt::format("it has no {}", name));
            }
            value = to_value<Value>(*found, name);
        }
    }
};

json::array tags_to_json(const std::vector<TagRow>& tags)
{
    json::array array;
    for (const auto& tag : tags) {
        array.push_back(json::object{{"key", tag.key}, {"value", tag.value}});
    }
    return array;
}

const json::array& array_of(const json::object& object, const char* name)
{
    const auto* found = object.if_contains(name);
    if (found == nullptr || !found->is_array()) {
        throw stored_image_damaged(fmt::format("it has no list of {}", name));
    }
    return found->get_array();
}

const json::object& object_of(const json::value& value, const char* name)
{
    if (!value.is_object()) {
        throw stored_image_damaged(fmt::format("it has no valid {}", name));
    }
    return value.get_object();
}

std::vector<TagRow> read_tags(const json::object& object)
{
    std::vector<TagRow> tags;
    for (const auto& value : array_of(object, "tags")) {
        const Take take{object_of(value, "tags")};
        auto& tag = tags.emplace_back();
        take("key", tag.key);
        take("value", tag.value);
    }
    try {
        check_tags(tags);
    } catch (const ApiError& error) {
        throw stored_image_damaged(error.what());
    }
    return tags;
}

StoredDisk read_disk(const json::object& object)
{
    StoredDisk disk;
    const Take take{object};
    take("size", disk.size_gib);
    take("description", disk.description);
    disk.tags = read_tags(object);
    if (disk.size_gib < 1 || disk.size_gib > kLargestVolumeGib) {
        throw stored_image_damaged(fmt::format("a disk has {} GiB", disk.size_gib));
    }
    if (disk.description.size() > kMostDescriptionCharacters * 4) {
        throw stored_image_damaged("a snapshot's description is too long");
    }
    return disk;
}

/// What volumes of every type have in common.
void require_volume(const ImageMappingRow& row, std::int64_t least_gib)
{
    const auto& type = row.volume_type;
    if (type && !find_word<VolumeType>(*type)) {
        throw stored_image_damaged(fmt::format("{} is no type of volumes", *type));
    }
    const auto size_gib = row.volume_size_gib.value_or(least_gib);
    if (size_gib < least_gib || size_gib > kLargestVolumeGib) {
        throw stored_image_damaged(
            fmt::format("the volume of {} has {} GiB", row.device_name, size_gib));
    }
    if (row.iops.value_or(1) < 1 || row.throughput.value_or(1) < 1) {
        throw stored_image_damaged(fmt::format("the volume of {} has no speed", row.device_name));
    }
}

StoredMapping read_mapping(const json::object& object, std::span<const StoredDisk> disks)
{
    StoredMapping mapping;
    visit_mapping(mapping.row, Take{object});
    std::optional<std::int64_t> disk;
    Take{object}("disk", disk);
    if (disk) {
        if (*disk < 0 || static_cast<std::uint64_t>(*disk) >= disks.size()) {
            throw stored_image_damaged(fmt::format("it has no disk {}", *disk));
        }
        mapping.disk = static_cast<std::size_t>(*disk);
    }
    const auto& device = mapping.row.device_name;
    if (device.empty() || device.size() > kMostDeviceBytes) {
        throw stored_image_damaged("it has no valid deviceName");
    }
    if (mapping.disk && (mapping.row.no_device || mapping.row.virtual_name)) {
        throw stored_image_damaged(
            fmt::format("{} has a disk and no volume", mapping.row.device_name));
    }
    require_volume(mapping.row, mapping.disk ? disks[*mapping.disk].size_gib : 1);
    return mapping;
}

void require_devices_once(const std::vector<ImageMappingRow>& rows)
{
    std::set<std::string_view> devices;
    for (const auto& row : rows) {
        if (!devices.insert(row.device_name).second) {
            throw stored_image_damaged(
                fmt::format("{} is assigned multiple times", row.device_name));
        }
    }
}

template <Vocabulary Word>
void require_word(const std::optional<std::string>& text)
{
    if (text && !find_word<Word>(*text)) {
        throw stored_image_damaged(fmt::format("no image is {}", *text));
    }
}

void require_image(const ImageRow& row)
{
    if (!is_image_name(row.name)) {
        throw stored_image_damaged("it has no valid name");
    }
    require_word<Architecture>(row.architecture);
    require_word<ImageType>(row.image_type);
    require_word<VirtualizationType>(row.virtualization_type);
    require_word<Hypervisor>(row.hypervisor);
    require_word<BootMode>(row.boot_mode);
    require_word<ImdsSupport>(row.imds_support);
    require_word<TpmSupport>(row.tpm_support);
    require_word<SriovNetSupport>(row.sriov_net_support);
    require_word<Platform>(row.platform);
    if (row.root_device_type != RootDeviceType::kEbs) {
        throw stored_image_damaged("its root is no volume");
    }
    if (row.description.value_or("").size() > kMostDescriptionCharacters * 4) {
        throw stored_image_damaged("its description is too long");
    }
}

/// Memory for as much as a document needs that is not made to need more: two characters of JSON can
/// take a hundred times their room.
class BoundedMemory final : public json::memory_resource {
    void* do_allocate(std::size_t bytes, std::size_t alignment) override
    {
        if (bytes > left_) {
            throw stored_image_damaged("what it says of the image takes too much memory");
        }
        left_ -= bytes;
        return json::storage_ptr()->allocate(bytes, alignment);
    }
    void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override
    {
        left_ += bytes;
        json::storage_ptr()->deallocate(place, bytes, alignment);
    }
    bool do_is_equal(const json::memory_resource& other) const noexcept override
    {
        return this == &other;
    }

    std::size_t left_ = std::size_t{24} << 20U;
};

/// The object lives no longer than the memory.
json::object parse_object(std::string_view text, BoundedMemory& memory)
{
    boost::system::error_code error;
    json::parser parser(&memory);
    parser.reset(&memory);
    parser.write(json::string_view(text.data(), text.size()), error);
    auto value = error ? json::value(&memory) : parser.release();
    if (!value.is_object()) {
        throw stored_image_damaged("what it says of the image is no JSON object");
    }
    return std::move(value.get_object());
}

void read_disks(const json::object& object, StoredImage& image)
{
    for (const auto& value : array_of(object, "disks")) {
        image.disks.push_back(read_disk(object_of(value, "disks")));
    }
    for (const auto& value : array_of(object, "mappings")) {
        image.mappings.push_back(read_mapping(object_of(value, "mappings"), image.disks));
    }
    if (image.mappings.size() > kMostMappings || image.disks.size() > image.mappings.size()) {
        throw stored_image_damaged("it has too many disks");
    }
    std::vector<ImageMappingRow> rows;
    for (const auto& mapping : image.mappings) {
        rows.push_back(mapping.row);
    }
    require_devices_once(rows);
    const auto* root = find_root_mapping(rows, image.row.root_device_name);
    if (root == nullptr || !image.mappings[static_cast<std::size_t>(root - rows.data())].disk) {
        throw stored_image_damaged("its root has no disk");
    }
}

}  // namespace

std::string to_document(const StoredImage& image)
{
    json::object object;
    visit_image(image.row, Put{object});
    object.emplace("imageId", image.row.id.text());
    Put{object}("uefiData", image.uefi_data);
    object.emplace("tags", tags_to_json(image.tags));
    json::array disks;
    for (const auto& disk : image.disks) {
        disks.push_back(json::object{{"size", disk.size_gib},
                                     {"description", disk.description},
                                     {"tags", tags_to_json(disk.tags)}});
    }
    object.emplace("disks", std::move(disks));
    json::array mappings;
    for (const auto& mapping : image.mappings) {
        json::object one;
        visit_mapping(mapping.row, Put{one});
        Put{one}("disk", mapping.disk);
        mappings.push_back(std::move(one));
    }
    object.emplace("mappings", std::move(mappings));
    return json::serialize(object);
}

StoredImage parse_document(std::string_view text)
{
    BoundedMemory memory;
    const auto object = parse_object(text, memory);
    StoredImage image;
    visit_image(image.row, Take{object});
    std::string id;
    Take{object}("imageId", id);
    const auto image_id = ImageId::from_text(id);
    if (!image_id) {
        throw stored_image_damaged("it has no valid imageId");
    }
    image.row.id = *image_id;
    Take{object}("uefiData", image.uefi_data);
    if (image.uefi_data && !wire::decode_base64(*image.uefi_data)) {
        throw stored_image_damaged("it has no valid uefiData");
    }
    image.tags = read_tags(object);
    require_image(image.row);
    read_disks(object, image);
    return image;
}

}  // namespace amilab::ec2
