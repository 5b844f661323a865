#include "server/services/ec2/images/catalogue_file.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <limits>
#include <set>
#include <span>
#include <sstream>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/images/adopted_images.h"
#include "server/wire/types.h"
#include "storage/base/units.h"
#include "storage/metadata/catalogue/connection.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/volumes/volume_type.h"

namespace amilab::ec2 {

namespace json = boost::json;

namespace {

// What an image can be that nobody is making any more.
constexpr std::array kStates = {text_of(ImageState::kAvailable), text_of(ImageState::kDisabled),
                                text_of(ImageState::kFailed)};

using Allowed = std::span<const std::string_view>;

[[noreturn]] void refuse(std::string_view where, std::string_view what)
{
    throw CatalogueError(fmt::format("{}: {}", where, what));
}

/// One JSON object whose fields are asked for by name; those that nobody asks for are refused.
class Fields {
public:
    Fields(const json::value& value, std::string where) : where_(std::move(where))
    {
        if (!value.is_object()) {
            refuse(where_, "expected an object");
        }
        object_ = &value.get_object();
    }

    const std::string& where() const { return where_; }
    std::string path(std::string_view name) const { return fmt::format("{}.{}", where_, name); }

    /// Null is as good as absent.
    const json::value* find(std::string_view name)
    {
        known_.insert(std::string(name));
        const auto* value = object_->if_contains(json::string_view(name));
        return value == nullptr || value->is_null() ? nullptr : value;
    }

    std::optional<std::string> text(std::string_view name)
    {
        const auto* value = find(name);
        if (value == nullptr) {
            return std::nullopt;
        }
        if (!value->is_string()) {
            refuse(path(name), "expected a string");
        }
        return std::string(value->get_string());
    }

    std::string required_text(std::string_view name)
    {
        auto found = text(name);
        if (!found || found->empty()) {
            refuse(where_, fmt::format("{} is missing", name));
        }
        return std::move(*found);
    }

    std::optional<std::string> one_of(std::string_view name, Allowed allowed)
    {
        auto found = text(name);
        if (found && std::find(allowed.begin(), allowed.end(), *found) == allowed.end()) {
            refuse(path(name), fmt::format("{} is none of {}", *found, fmt::join(allowed, ", ")));
        }
        return found;
    }

    template <Vocabulary Word>
    Word word(std::string_view name, Word otherwise, Allowed allowed = kWords<Word>)
    {
        const auto found = one_of(name, allowed);
        return found ? to_word<Word>(*found) : otherwise;
    }

    std::optional<bool> flag(std::string_view name)
    {
        const auto* value = find(name);
        if (value == nullptr) {
            return std::nullopt;
        }
        if (!value->is_bool()) {
            refuse(path(name), "expected true or false");
        }
        return value->get_bool();
    }

    std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most)
    {
        const auto* value = find(name);
        if (value == nullptr) {
            return std::nullopt;
        }
        boost::system::error_code error;
        const auto found = value->to_number<std::int64_t>(error);
        if (error || found < least || found > most) {
            refuse(path(name), fmt::format("expected a whole number from {} to {}", least, most));
        }
        return found;
    }

    std::optional<TimeMs> time(std::string_view name)
    {
        const auto found = text(name);
        if (!found) {
            return std::nullopt;
        }
        const auto time = wire::parse_timestamp(*found);
        if (!time) {
            refuse(path(name),
                   fmt::format("{} is no time such as 2026-01-02T03:04:05.000Z", *found));
        }
        return time->ms;
    }

    /// The elements of a list, each with its place; none when it is absent.
    std::vector<Fields> list(std::string_view name)
    {
        const auto* value = find(name);
        if (value == nullptr) {
            return {};
        }
        if (!value->is_array()) {
            refuse(path(name), "expected an array");
        }
        std::vector<Fields> elements;
        for (const auto& element : value->get_array()) {
            elements.emplace_back(element, fmt::format("{}[{}]", path(name), elements.size()));
        }
        return elements;
    }

    void require_nothing_else() const
    {
        for (const auto& entry : *object_) {
            if (!known_.contains(std::string(entry.key()))) {
                refuse(where_, fmt::format("unknown field {}", std::string(entry.key())));
            }
        }
    }

private:
    std::string where_;
    const json::object* object_;
    std::set<std::string> known_;
};

template <class IdType>
std::optional<std::string> read_id(Fields& fields, std::string_view name)
{
    auto text = fields.text(name);
    if (text && !IdType::from_text(*text)) {
        refuse(fields.path(name), fmt::format("{} is malformed", *text));
    }
    return text;
}

ImageId read_image_id(Fields& fields)
{
    const auto text = fields.required_text("ImageId");
    const auto id = ImageId::from_text(text);
    if (!id) {
        refuse(fields.path("ImageId"), fmt::format("{} is malformed", text));
    }
    return *id;
}

std::string read_owner(Fields& fields)
{
    auto owner = fields.required_text("OwnerId");
    if (!wire::is_account_id(owner)) {
        refuse(fields.path("OwnerId"), fmt::format("{} is no account id of 12 digits", owner));
    }
    return owner;
}

void read_ebs(const json::value& value, const std::string& where, ImageMappingRow& row)
{
    constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
    Fields ebs(value, where);
    row.snapshot_id = read_id<SnapshotId>(ebs, "SnapshotId");
    row.volume_size_gib = ebs.number("VolumeSize", 1, kLargestVolumeGib);
    row.volume_type = text_of(ebs.word("VolumeType", VolumeType::kGp2));
    row.iops = ebs.number("Iops", 1, kMost);
    row.throughput = ebs.number("Throughput", 1, kMost);
    row.encrypted = ebs.flag("Encrypted").value_or(false);
    row.delete_on_termination = ebs.flag("DeleteOnTermination").value_or(true);
    ebs.require_nothing_else();
    if (!row.volume_size_gib) {
        refuse(where, "VolumeSize is missing");
    }
}

ImageMappingRow read_mapping(Fields fields)
{
    ImageMappingRow row;
    row.device_name = fields.required_text("DeviceName");
    row.virtual_name = fields.text("VirtualName");
    row.no_device = fields.text("NoDevice").has_value();
    const auto* ebs = fields.find("Ebs");
    fields.require_nothing_else();
    if (int(row.virtual_name.has_value()) + int(row.no_device) + int(ebs != nullptr) != 1) {
        refuse(fields.where(), "expected one of Ebs, VirtualName and NoDevice");
    }
    if (ebs != nullptr) {
        read_ebs(*ebs, fields.path("Ebs"), row);
    }
    return row;
}

void read_mappings(Fields& fields, CatalogueImage& image)
{
    std::set<std::string> devices;
    for (auto& element : fields.list("BlockDeviceMappings")) {
        auto where = element.where();
        auto row = read_mapping(std::move(element));
        if (!devices.insert(row.device_name).second) {
            refuse(where, fmt::format("{} is mapped twice", row.device_name));
        }
        image.mappings.push_back(std::move(row));
    }
    const auto* root = find_root_mapping(image.mappings, image.row.root_device_name);
    const bool has_root = root != nullptr && root->volume_size_gib;
    if (image.row.root_device_type == RootDeviceType::kEbs && !has_root &&
        image.row.state != ImageState::kFailed) {
        refuse(fields.where(), "an image with RootDeviceType ebs maps its RootDeviceName to Ebs");
    }
}

void read_machine(Fields& fields, ImageRow& image)
{
    image.architecture = fields.one_of("Architecture", kWords<Architecture>).value_or("");
    if (image.architecture.empty()) {
        refuse(fields.where(), "Architecture is missing");
    }
    image.image_type = text_of(fields.word("ImageType", ImageType::kMachine));
    image.root_device_name = fields.text("RootDeviceName");
    image.root_device_type = text_of(fields.word("RootDeviceType", RootDeviceType::kEbs));
    image.virtualization_type =
        text_of(fields.word("VirtualizationType", VirtualizationType::kHvm));
    image.hypervisor = text_of(fields.word("Hypervisor", Hypervisor::kXen));
    image.boot_mode = fields.one_of("BootMode", kWords<BootMode>);
    image.imds_support = fields.one_of("ImdsSupport", kWords<ImdsSupport>);
    image.tpm_support = fields.one_of("TpmSupport", kWords<TpmSupport>);
    image.ena_support = fields.flag("EnaSupport").value_or(false);
    image.sriov_net_support = fields.text("SriovNetSupport");
    image.platform = fields.one_of("Platform", kWords<Platform>);
    image.platform_details =
        fields.text("PlatformDetails").value_or(image.platform ? "Windows" : "Linux/UNIX");
    image.usage_operation = fields.text("UsageOperation")
                                .value_or(image.platform ? "RunInstances:0002" : "RunInstances");
    image.kernel_id = fields.text("KernelId");
    image.ramdisk_id = fields.text("RamdiskId");
}

void read_history(Fields& fields, ImageRow& image)
{
    const auto created = fields.time("CreationDate");
    if (!created) {
        refuse(fields.where(), "CreationDate is missing");
    }
    image.creation_time_ms = *created;
    image.deprecation_time_ms = fields.time("DeprecationTime");
    image.last_launched_time_ms = image.launched_before_ms = fields.time("LastLaunchedTime");
    image.source_instance_id = read_id<InstanceId>(fields, "SourceInstanceId");
    image.source_image_id = read_id<ImageId>(fields, "SourceImageId");
    image.source_image_region = fields.text("SourceImageRegion");
    // Said about the account that asked, and worked out anew.
    fields.flag("ImageAllowed");
    image.deregistration_protection =
        fields.word("DeregistrationProtection", ImageProtection::kDisabled);
}

/// A public image is available, or it were not public; only a failed one has a reason.
void read_state(Fields& fields, ImageRow& image)
{
    image.state = fields.word("State", ImageState::kAvailable, kStates);
    if (image.is_public && image.state != ImageState::kAvailable) {
        refuse(fields.path("State"), "a public image is available");
    }
    if (const auto* value = fields.find("StateReason")) {
        Fields reason(*value, fields.path("StateReason"));
        auto code = reason.text("Code");
        auto message = reason.text("Message");
        reason.require_nothing_else();
        if (image.state == ImageState::kFailed) {
            image.state_reason_code = std::move(code);
            image.state_reason_message = std::move(message);
        }
    }
}

void read_watermarks(Fields& fields, CatalogueImage& image)
{
    for (auto& element : fields.list("ImageWatermarks")) {
        WatermarkRow row;
        row.key = element.required_text("WatermarkKey");
        row.source_image_id =
            read_id<ImageId>(element, "SourceImageId").value_or(image.row.id.text());
        row.source_image_region = element.text("SourceImageRegion").value_or(image.row.region);
        row.source_image_creation_time_ms =
            element.time("SourceImageCreationTime").value_or(image.row.creation_time_ms);
        row.creation_time_ms =
            element.time("WatermarkCreationTime").value_or(image.row.creation_time_ms);
        element.require_nothing_else();
        image.watermarks.push_back(std::move(row));
    }
}

std::vector<std::string> read_instance_types(Fields& fields, std::string_view name)
{
    std::vector<std::string> patterns;
    for (auto& element : fields.list(name)) {
        patterns.push_back(element.required_text("InstanceType"));
        element.require_nothing_else();
    }
    return patterns;
}

/// What the read-only catalogue has no room for.
void read_notes(Fields& fields, CatalogueImage& image)
{
    read_watermarks(fields, image);
    if (const auto* value = fields.find("InstanceTypeSpecification")) {
        Fields types(*value, fields.path("InstanceTypeSpecification"));
        image.instance_types.supported = read_instance_types(types, "SupportedInstanceTypes");
        image.instance_types.unsupported = read_instance_types(types, "UnsupportedInstanceTypes");
        types.require_nothing_else();
    }
    const bool has_types =
        !image.instance_types.supported.empty() || !image.instance_types.unsupported.empty();
    if (image.row.is_public && (has_types || !image.watermarks.empty())) {
        refuse(fields.where(),
               "ImageWatermarks and InstanceTypeSpecification are for private images");
    }
}

void read_lists(Fields& fields, CatalogueImage& image)
{
    for (auto& element : fields.list("ProductCodes")) {
        auto code = element.required_text("ProductCodeId");
        auto type = element.word("ProductCodeType", ProductCodeType::kMarketplace);
        element.require_nothing_else();
        image.product_codes.push_back({std::move(code), type});
    }
    for (auto& element : fields.list("Tags")) {
        auto key = element.required_text("Key");
        auto value = element.text("Value").value_or("");
        element.require_nothing_else();
        image.tags.push_back({std::move(key), std::move(value)});
    }
}

/// What is on the image's row.
ImageRow read_row(Fields& fields, const std::string& region)
{
    ImageRow row{.id = read_image_id(fields)};
    row.region = region;
    row.owner = read_owner(fields);
    row.owner_alias = fields.text("ImageOwnerAlias");
    row.name = fields.required_text("Name");
    row.description = fields.text("Description");
    row.location = fields.text("ImageLocation").value_or(fmt::format("{}/{}", row.owner, row.name));
    row.is_public = fields.flag("Public").value_or(true);
    row.free_tier_eligible = fields.flag("FreeTierEligible").value_or(false);
    row.public_ssm_parameter_name = fields.text("PublicSsmParameterName");
    read_machine(fields, row);
    read_history(fields, row);
    read_state(fields, row);
    return row;
}

CatalogueImage read_image(Fields fields, const std::string& region)
{
    CatalogueImage image{.row = read_row(fields, region)};
    read_mappings(fields, image);
    read_lists(fields, image);
    read_notes(fields, image);
    fields.require_nothing_else();
    if (!image.row.is_public && image.row.public_ssm_parameter_name) {
        refuse(fields.where(), "PublicSsmParameterName is for public images");
    }
    return image;
}

/// One answer of DescribeImages.
void read_answer(Fields fields, std::string_view default_region, std::vector<CatalogueImage>& to)
{
    const auto region = fields.text("Region").value_or(std::string(default_region));
    if (fields.find("Images") == nullptr) {
        refuse(fields.where(), "Images is missing");
    }
    for (auto& element : fields.list("Images")) {
        to.push_back(read_image(std::move(element), region));
    }
    fields.find("NextToken");  // of a page that was pasted in
    fields.require_nothing_else();
}

std::string read_file(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    if (!file || !(bytes << file.rdbuf())) {
        throw CatalogueError(fmt::format("{}: {}", path, std::strerror(errno)));
    }
    return bytes.str();
}

void require_regions_and_ids(const std::vector<CatalogueImage>& images, const std::string& source,
                             CatalogueStart start, Database& db, std::set<ImageId>& seen)
{
    for (const auto& image : images) {
        if (!region_exists(db, image.row.region)) {
            refuse(source, fmt::format("there is no region {}", image.row.region));
        }
        if (!seen.insert(image.row.id).second) {
            refuse(source, fmt::format("{} is there twice", image.row.id.text()));
        }
        if (start == CatalogueStart::kBuiltIn && catalogue_has_image(db, image.row.id)) {
            refuse(source, fmt::format("{} is a built-in image", image.row.id.text()));
        }
    }
}

}  // namespace

std::vector<CatalogueImage> parse_catalogue(std::string_view text, std::string_view source,
                                            std::string_view default_region)
{
    boost::system::error_code error;
    const auto value = json::parse(json::string_view(text.data(), text.size()), error);
    if (error) {
        refuse(source, fmt::format("no JSON: {}", error.message()));
    }
    std::vector<CatalogueImage> images;
    if (!value.is_array()) {
        read_answer(Fields(value, std::string(source)), default_region, images);
        return images;
    }
    std::size_t position = 0;
    for (const auto& answer : value.get_array()) {
        read_answer(Fields(answer, fmt::format("{}[{}]", source, position++)), default_region,
                    images);
    }
    return images;
}

CatalogueOptions read_catalogue(const CatalogueFiles& files)
{
    CatalogueOptions options;
    options.unknown_images = files.unknown_images;
    auto paths = files.beside;
    if (files.instead) {
        paths.insert(paths.begin(), *files.instead);
    }
    if (paths.empty()) {
        return options;
    }
    const auto db = open_connection(":memory:", Database::Mode::kReadWrite, Durability::kPrivate);
    const auto start = files.instead ? CatalogueStart::kWithoutImages : CatalogueStart::kBuiltIn;
    std::vector<CatalogueImage> public_images;
    std::vector<CatalogueImage> rows;  // private ones, and what has tags
    std::set<ImageId> seen;
    for (const auto& path : paths) {
        auto images = parse_catalogue(read_file(path), path, files.default_region);
        require_regions_and_ids(images, path, start, *db, seen);
        for (auto& image : images) {
            if (!image.row.is_public || !image.tags.empty()) {
                rows.push_back(image);
            }
            if (image.row.is_public) {
                public_images.push_back(std::move(image));
            }
        }
    }
    options.bytes = std::make_shared<const std::string>(build_catalogue(start, public_images));
    std::set<std::string, std::less<>> made;
    for (const auto& image : rows) {
        made.insert(image.row.id.text());
    }
    options.makes_image = [made = std::move(made)](std::string_view id) {
        return made.contains(id);
    };
    options.make_rows = [rows = std::move(rows), describer = files.default_account](
                            Database& to, std::optional<std::string_view> account) {
        if (!account) {
            delete_images_of_catalogue(to, kNobody);
        }
        insert_own_images(to, rows, {.describer = describer, .account = account});
    };
    return options;
}

}  // namespace amilab::ec2
