#include "server/services/ec2/import_tasks/import_image_tasks.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "server/calls/background_work.h"
#include "server/calls/byte_session.h"
#include "server/calls/encryption.h"
#include "server/calls/errors.h"
#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/device_names.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/licenses.h"
#include "server/services/ec2/common/own_rows.h"
#include "server/services/ec2/common/service_role.h"
#include "server/services/ec2/images/new_image.h"
#include "server/services/ec2/import_tasks/boot_checks.h"
#include "server/services/ec2/import_tasks/errors.h"
#include "server/services/ec2/import_tasks/import_kind.h"
#include "server/services/ec2/import_tasks/import_sources.h"
#include "server/wire/ec2/import_tasks/import_image_tasks.h"
#include "server/wire/ec2/schema.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/volumes/volume_type.h"

namespace amilab::ec2 {

namespace {

// Source: "A VM import task fails for VMs with more than 21 volumes attached", and twenty tasks at
// a time (documented); the refusals are assumed.
constexpr std::size_t kMostDisks = 21;
constexpr std::int64_t kMostActiveImages = 20;

ApiError no_such_task(const ImportImageTaskId& id)
{
    return import_task_not_found(id.text());
}

// Answers

SnapshotDetail to_detail(const ImportImageDiskRow& row, ImportTaskState state, int percent)
{
    SnapshotDetail detail{
        .description = row.description,
        .device_name = row.device_name,
        .disk_image_size = 0.0,
        .format = row.format,
        .url = row.url,
        .user_bucket = UserBucketDetails{.s3_bucket = row.bucket, .s3_key = row.key}};
    const bool is_active = state == ImportTaskState::kActive;
    if (state == ImportTaskState::kCompleted || (is_active && percent >= kValidating)) {
        detail.disk_image_size = static_cast<double>(row.image_bytes);
        detail.status = std::string(text_of(state));
    }
    if (is_active && detail.status) {
        detail.progress = std::to_string(percent);
    }
    if (row.snapshot_id) {
        detail.snapshot_id = row.snapshot_id->text();
    }
    return detail;
}

ImportImageTask to_task(Session& session, const ImportImageTaskRow& row)
{
    ImportImageTask task{.architecture = row.architecture,
                         .boot_mode = row.boot_mode,
                         .description = row.description,
                         .encrypted = row.encrypted,
                         .hypervisor = row.hypervisor,
                         .import_task_id = row.id.text(),
                         .kms_key_id = row.kms_key_id,
                         .license_type = row.license_type,
                         .platform = row.platform,
                         .status = std::string(text_of(row.state)),
                         .status_message = row.status_message,
                         .usage_operation = row.usage_operation};
    if (row.image_id) {
        task.image_id = row.image_id->text();
    }
    for (const auto& arn : row.license_configurations) {
        task.license_specifications.push_back({.license_configuration_arn = arn});
    }
    if (row.state == ImportTaskState::kActive) {
        const auto progress =
            progress_of(session, row.id.text(), row.start_time_ms, row.due_time_ms, "converting");
        task.progress = std::to_string(progress.percent);
        task.status_message = std::string(progress.message);
    }
    return task;
}

std::vector<ImportImageTask> to_answers(Session& session, std::vector<ImportImageTaskRow>&& rows)
{
    const auto ids = ids_of(rows);
    const PageTags tags(session, ids);
    const auto disks = select_children<kImportImageDisks>(session.db(), ids);
    std::vector<ImportImageTask> answers;
    for (const auto& row : rows) {
        auto& task = answers.emplace_back(to_task(session, row));
        task.tags = tags.of(row.id.text());
        const auto percent = task.progress ? std::stoi(*task.progress) : 0;
        for (const auto& disk : children_of(disks, &ImportImageDiskRow::task_id, row.id.text())) {
            task.snapshot_details.push_back(to_detail(disk, row.state, percent));
        }
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeImportImageTasks,
    .ids = {.member = &DescribeImportImageTasksRequest::import_task_ids,
            .check = &check_ids<ImportImageTaskId>,
            .not_with_page = "ImportTaskIds",
            .require = &require_listed<kImportImageTaskList, ImportImageTaskId, no_such_task>},
    .select = &select_page<kImportImageTaskList>,
    .answers = &to_answers,
    .into = &DescribeImportImageTasksResponse::import_image_tasks};

ImportImageResponse to_answer(Session& session, const ImportImageTaskId& id)
{
    auto tasks = to_answers(session, {require_import_image_task(session, id)});
    auto& task = tasks.front();
    return {.architecture = std::move(task.architecture),
            .description = std::move(task.description),
            .encrypted = task.encrypted,
            .hypervisor = std::move(task.hypervisor),
            .image_id = std::move(task.image_id),
            .import_task_id = std::move(task.import_task_id),
            .kms_key_id = std::move(task.kms_key_id),
            .license_specifications = std::move(task.license_specifications),
            .license_type = std::move(task.license_type),
            .platform = std::move(task.platform),
            .progress = std::move(task.progress),
            .snapshot_details = std::move(task.snapshot_details),
            .status = std::move(task.status),
            .status_message = std::move(task.status_message),
            .tags = std::move(task.tags),
            .usage_operation = std::move(task.usage_operation)};
}

// Requests

/// Throws ApiError (InvalidParameter) for a value that is none of these.
void check_one_of(const std::optional<std::string>& value, std::string_view parameter,
                  std::initializer_list<std::string_view> allowed)
{
    if (value && std::ranges::find(allowed, *value) == allowed.end()) {
        throw invalid_parameter(
            fmt::format("The value '{}' of {} is not supported.", *value, parameter));
    }
}

/// Source: values are documented ("uefi-preferred isn't supported for importing images"), usage
/// operations those of "Licensing options" in the VM Import/Export User Guide; codes are assumed.
void check_values(const ImportImageRequest& request)
{
    check_one_of(request.architecture, "Architecture", {"i386", "x86_64", "arm64"});
    check_one_of(request.boot_mode, "BootMode", {"legacy-bios", "uefi"});
    check_one_of(request.hypervisor, "Hypervisor", {"xen"});
    check_one_of(request.platform, "Platform", {"Windows", "Linux"});
    check_one_of(request.license_type, "LicenseType", {"AWS", "BYOL"});
    check_one_of(request.usage_operation, "UsageOperation",
                 {"RunInstances", "RunInstances:0002", "RunInstances:0004", "RunInstances:0006",
                  "RunInstances:0010", "RunInstances:0080", "RunInstances:0100",
                  "RunInstances:0102", "RunInstances:0200", "RunInstances:0202",
                  "RunInstances:0800", "RunInstances:000g", "RunInstances:00g0"});
    if (request.license_type && request.usage_operation) {
        throw invalid_parameter_combination(
            "LicenseType and UsageOperation cannot be in one request.");
    }
}

/// An import that is asked for.
struct Wish {
    ImportImageTaskRow row{};
    std::vector<ImportImageDiskRow> disks{};
};

/// /dev/sda1, then /dev/sdf and on. Source: that the root device is /dev/sda1 is observed.
std::string device_of(const ImportImageDiskRow& disk)
{
    if (disk.device_name) {
        return *disk.device_name;
    }
    return disk.position == 0 ? "/dev/sda1"
                              : fmt::format("/dev/sd{}", static_cast<char>('e' + disk.position));
}

/// Names as RegisterImage takes them, each once (assumed).
void check_devices(const std::vector<ImportImageDiskRow>& disks)
{
    std::set<std::string> devices;
    for (const auto& disk : disks) {
        const auto device = device_of(disk);
        if (!is_device_name(device)) {
            throw invalid_mapped_device_name(device);
        }
        if (!devices.emplace(without_folder(device)).second) {
            throw invalid_block_device_mapping(
                fmt::format("{} is being assigned to multiple times.", device));
        }
    }
}

std::vector<ImportImageDiskRow> parse_disks(const ImportImageRequest& request)
{
    if (request.disk_containers.size() > kMostDisks) {
        throw too_many_given(request.disk_containers.size(), kMostDisks, "disk containers");
    }
    std::vector<ImportImageDiskRow> disks;
    for (const auto& container : request.disk_containers) {
        auto place = parse_place(container.user_bucket, container.url);
        auto format = parse_image_format(container.format);
        disks.push_back({.position = static_cast<std::int64_t>(disks.size()),
                         .description = container.description,
                         .device_name = container.device_name,
                         .bucket = std::move(place.bucket),
                         .key = std::move(place.key),
                         .url = std::move(place.url),
                         .format = std::move(format)});
        if (disks.back().format == text_of(DiskFileFormat::kOva) &&
            request.disk_containers.size() > 1) {
            throw invalid_parameter("An OVA has to be the only disk container.");
        }
    }
    check_devices(disks);
    return disks;
}

Wish parse_wish(const Session& session, const ImportImageRequest& request)
{
    check_values(request);
    auto encryption = parse_encryption(session, request.encrypted, request.kms_key_id);
    Wish wish;
    wish.disks = parse_disks(request);
    wish.row.license_configurations = checked_licenses(request.license_specifications);
    wish.row.description = request.description;
    wish.row.architecture = request.architecture;
    wish.row.hypervisor = request.hypervisor;
    wish.row.platform = request.platform;
    wish.row.license_type = request.license_type;
    wish.row.usage_operation = request.usage_operation;
    wish.row.boot_mode = request.boot_mode;
    wish.row.encrypted = encryption.encrypted;
    wish.row.kms_key_id = std::move(encryption.kms_key_id);
    wish.row.start_time_ms = session.now_ms();
    wish.row.due_time_ms = session.due_ms(kImportImageTaskActive);
    return wish;
}

ObjectPlace place_of(const ImportImageDiskRow& row)
{
    return {.bucket = row.bucket, .key = row.key, .url = row.url};
}

std::vector<WantedDisk> disks_of(const std::vector<ImportImageDiskRow>& rows)
{
    std::vector<WantedDisk> disks;
    for (const auto& row : rows) {
        auto& disk = disks.emplace_back();
        disk.place = place_of(row);
        disk.format = row.format;
        disk.etag = row.etag;
    }
    return disks;
}

std::vector<WantedDisk> disks_of_task(Session& session, const ImportImageTaskRow& row)
{
    return disks_of(select_children<kImportImageDisks>(session.db(), {row.id.text()}));
}

void complete_task(Session& session, ImportImageTaskRow& row,
                   const std::vector<ImportedDisk>& imported);

constexpr ImportKind<ImportImageTaskRow> kKind{.works = {"import-image-task-works"},
                                               .looks_at_disks = true,
                                               .most_disks = kMostDisks,
                                               .disks_of = &disks_of_task,
                                               .complete = &complete_task};

void store_task(Session& session, Wish& wish, const FoundDisks& found,
                const std::vector<TagRow>& tags)
{
    insert_own<kImportImageTaskColumns>(session, wish.row, tags);
    for (std::size_t i = 0; i < wish.disks.size(); ++i) {
        auto& disk = wish.disks[i];
        disk.task_id = wish.row.id.text();
        if (i < found.sources.size()) {
            const auto& object = *found.sources[i].object;
            disk.etag = object.etag();
            disk.image_bytes = static_cast<std::int64_t>(object.size_bytes());
        }
        insert_row<kImportImageDiskColumns>(session.db(), disk);
    }
}

/// `first` is what the call itself does of it.
ImportImageResponse begin_task(Session& session, const ImportImageRequest& request,
                               FirstPieces& first)
{
    auto wish = parse_wish(session, request);
    const auto tags = parse_tags<ImportImageTaskId>(request.tag_specifications);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = ImportImageRequest::kOperation;
    if (const auto made = made_before(session, kOperation, request.client_token)) {
        return to_answer(session, ImportImageTaskId::trusted(*made));
    }
    require_service_role(session, request.role_name);
    for (const auto& disk : wish.disks) {
        require_bucket_here(session, place_of(disk));
    }
    if (count_active_import_tasks<kImportImageTaskColumns>(session.db(), session.account(),
                                                           session.region()) >= kMostActiveImages) {
        throw too_many_imports(kMostActiveImages);
    }
    FoundDisks found;
    as_owner(session, session.account(), session.region(),
             [&](Session& theirs) { found = open_disks(theirs, disks_of(wish.disks)); });
    store_task(session, wish, found, tags);
    const auto& row = wish.row;
    remember_token(session, kOperation, request.client_token, row.id.text());
    first = begin_import<kImportImageTaskColumns, kKind>(session, row, found.failure.empty());
    return to_answer(session, row.id);
}

// Source: EC2 API Reference, ImportImage (documented). Whether objects can be read, are disks and
// boot, the task tells (observed).
ImportImageResponse import_image(ByteSession& session, const ImportImageRequest& request)
{
    ImportImageResponse answer;
    FirstPieces first;
    session.write([&](Session& calling) { answer = begin_task(calling, request, first); });
    if (first) {
        first(session.generation());
    }
    return answer;
}

// Source: EC2 API Reference, DescribeImportImageTasks (documented).
DescribeImportImageTasksResponse describe_import_image_tasks(
    Session& session, const DescribeImportImageTasksRequest& request)
{
    return describe<kDescribe>(session, request);
}

// What befalls tasks.

/// Source: the image is named after its task, its description begins so (observed).
ImageRow image_of(const ImportImageTaskRow& row, const std::string& root_device)
{
    const bool is_windows = row.platform == "Windows";
    ImageRow image{.name = row.id.text(),
                   .description = fmt::format("AWS-VMImport service: {}", *row.platform),
                   .architecture = *row.architecture,
                   .image_type = std::string(text_of(ImageType::kMachine)),
                   .root_device_name = root_device,
                   .root_device_type = std::string(text_of(RootDeviceType::kEbs)),
                   .virtualization_type = std::string(text_of(VirtualizationType::kHvm)),
                   .hypervisor = std::string(text_of(Hypervisor::kXen)),
                   .boot_mode = row.boot_mode,
                   .ena_support = true,
                   .platform_details = is_windows ? "Windows" : "Linux/UNIX"};
    image.usage_operation = std::string(kPlainUsageOperation);
    if (is_windows) {
        // Source: with AWS's license, and with one's own (documented).
        image.platform = "windows";
        image.usage_operation += row.license_type == "BYOL" ? ":0800" : ":0002";
    }
    image.usage_operation = row.usage_operation.value_or(image.usage_operation);
    return image;
}

ImageMappingRow mapping_of(const ImportImageDiskRow& disk, const ImportedDisk& imported,
                           const ImportImageTaskRow& row)
{
    return {.device_name = device_of(disk),
            .snapshot_id = disk.snapshot_id->text(),
            .volume_size_gib = size_in_gib(imported),
            .volume_type = std::string(text_of(VolumeType::kGp2)),
            .encrypted = row.encrypted.value_or(false),
            .delete_on_termination = true};
}

/// The disks of an OVA beside the first, of which the request has none.
void add_disks_of_archive(Session& session, std::vector<ImportImageDiskRow>& disks,
                          std::size_t count)
{
    const std::string root(without_folder(device_of(disks.front())));
    while (disks.size() < count) {
        auto disk = disks.front();
        disk.device_name.reset();
        disk.position = static_cast<std::int64_t>(disks.size());
        if (without_folder(device_of(disk)) == root) {
            // The name behind those of all the disks is free.
            disk.device_name = fmt::format("/dev/sd{}", static_cast<char>('e' + count));
        }
        insert_row<kImportImageDiskColumns>(session.db(), disk);
        disks.push_back(std::move(disk));
    }
}

void complete_task(Session& session, ImportImageTaskRow& row,
                   const std::vector<ImportedDisk>& imported)
{
    if (const auto failure = why_not_bootable(imported.front().content, row)) {
        return fail_import<kImportImageTaskColumns>(session, row.id, *failure);
    }
    auto disks = select_children<kImportImageDisks>(session.db(), {row.id.text()});
    complete_by_content(imported.front().content, row);
    add_disks_of_archive(session, disks, imported.size());
    std::vector<ImageMappingRow> mappings;
    as_owner(session, row.owner, row.region, [&](Session& theirs) {
        for (std::size_t i = 0; i < disks.size(); ++i) {
            const auto snapshot =
                make_imported_snapshot(theirs, imported[i], row.id.text(),
                                       {.encrypted = row.encrypted, .kms_key_id = row.kms_key_id});
            disks[i].snapshot_id = snapshot.id;
            disks[i].format = text_of(imported[i].format);
            disks[i].image_bytes = static_cast<std::int64_t>(imported[i].image_bytes);
            mappings.push_back(mapping_of(disks[i], imported[i], row));
            mappings.back().encrypted = snapshot.encrypted;
            update_import_image_disk(theirs.db(), disks[i]);
        }
        row.image_id = new_image(theirs, {.row = image_of(row, mappings.front().device_name),
                                          .mappings = mappings})
                           .id;
    });
    row.state = ImportTaskState::kCompleted;
    update_import_image_task(session.db(), row);
    session.cancel_transitions(row.id.text());
    end_work(session, row.id.text());
}

constexpr Operation kOperations[] = {
    move_bytes<import_image>(kImportImage),
    read<describe_import_image_tasks>(kDescribeImportImageTasks),
};

constexpr ResourceKind kKinds[] = {
    kind<ImportImageTaskId, no_such_task>(kTaggableByOwner<kImportImageTaskColumns>),
};

constexpr DueRow kDue[] = {
    when<&import_works<kImportImageTaskColumns, kKind>>(kKind.works),
    when<&import_deleted<kImportImageTaskColumns>>(kImportImageTaskDeletes),
};

constexpr Delay kDelays[] = {kImportImageTaskActive, kImportImageTaskDeleting};

}  // namespace

ImportImageTaskRow require_import_image_task(Session& session, const ImportImageTaskId& id)
{
    return require_own<kImportImageTaskList, ImportImageTaskId, no_such_task>(session, id);
}

constinit const Family kImportImageTasks{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
