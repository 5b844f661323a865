#include "server/services/ec2/instances/root_volumes.h"
#include "server/services/ec2/instances/instance_states.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/calls/idempotency.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/common/resource_tags.h"
#include "server/services/ec2/images/image_mappings.h"
#include "server/services/ec2/images/images.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/snapshots/snapshot_tiers.h"
#include "server/services/ec2/volumes/errors.h"
#include "server/services/ec2/volumes/new_volumes.h"
#include "server/services/ec2/volumes/volume_answers.h"
#include "server/services/ec2/volumes/volume_sources.h"
#include "server/services/ec2/volumes/volume_types.h"
#include "server/services/ec2/volumes/volumes.h"
#include "server/wire/ec2/instances/root_volumes.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/types.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/instances/root_volume_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"

namespace amilab::ec2 {

namespace {

// Answers

/// Source: "2022-03-14T15:06:38Z" (documentation's example).
std::string to_seconds(TimeMs time_ms)
{
    auto text = wire::format_timestamp(Timestamp{time_ms});
    const auto point = text.find('.');
    return point == std::string::npos ? text : text.substr(0, point) + "Z";
}

ReplaceRootVolumeTask to_answer(const ReplaceRootTaskRow& row, std::vector<Tag> tags)
{
    ReplaceRootVolumeTask task;
    if (row.complete_time_ms) {
        task.complete_time = to_seconds(*row.complete_time_ms);
    }
    task.delete_replaced_root_volume = row.delete_replaced_root_volume;
    task.image_id = row.image_id;
    task.instance_id = row.instance_id.text();
    task.replace_root_volume_task_id = row.id.text();
    task.snapshot_id = row.snapshot_id;
    task.start_time = to_seconds(row.start_time_ms);
    task.tags = std::move(tags);
    task.task_state = text_of(row.state);
    return task;
}

ReplaceRootVolumeTask to_answer(Session& session, const ReplaceRootTaskRow& row)
{
    return to_answer(row, tags_of(session, row.id.text()));
}

std::vector<ReplaceRootVolumeTask> to_answers(Session& session,
                                              std::vector<ReplaceRootTaskRow>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<ReplaceRootVolumeTask> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row, tags.of(row.id.text())));
    }
    return answers;
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeReplaceRootVolumeTasks,
    .ids = {.member = &DescribeReplaceRootVolumeTasksRequest::replace_root_volume_task_ids,
            .check = &check_ids<ReplaceRootTaskId>,
            .not_with_page = "replaceRootVolumeTaskIds",
            .require = &require_listed<kReplaceRootTaskList, ReplaceRootTaskId, not_found>},
    .select = &select_page<kReplaceRootTaskList>,
    .answers = &to_answers,
    .into = &DescribeReplaceRootVolumeTasksResponse::replace_root_volume_tasks};

// What the request says of itself

/// The ids of the request, which are of the right shapes.
struct ReplacementWish {
    InstanceId instance;
    std::optional<SnapshotId> snapshot;
    std::optional<ImageId> image;
    std::optional<VolumeId> volume;
};

template <class IdType>
std::optional<IdType> parse_optional(const std::optional<std::string>& text)
{
    return is_given(text) ? std::optional(parse_id<IdType>(*text)) : std::nullopt;
}

/// Source: one of snapshot, image and volume at most; no rate without a snapshot to read
/// (documented); the refusals are assumed.
ReplacementWish parse_wish(const CreateReplaceRootVolumeTaskRequest& request)
{
    const std::array given = {std::pair("snapshotId", is_given(request.snapshot_id)),
                              std::pair("imageId", is_given(request.image_id)),
                              std::pair("volumeId", is_given(request.volume_id))};
    const auto is_set = [](const auto& one) { return one.second; };
    const auto first = std::find_if(given.begin(), given.end(), is_set);
    const auto second =
        first == given.end() ? given.end() : std::find_if(first + 1, given.end(), is_set);
    if (second != given.end()) {
        throw parameters_not_together(first->first, second->first);
    }
    if (is_given(request.volume_id) && request.volume_initialization_rate) {
        throw parameters_not_together("volumeId", "volumeInitializationRate");
    }
    require_initialization_rate(request.volume_initialization_rate);
    return {.instance = parse_id<InstanceId>(request.instance_id),
            .snapshot = parse_optional<SnapshotId>(request.snapshot_id),
            .image = parse_optional<ImageId>(request.image_id),
            .volume = parse_optional<VolumeId>(request.volume_id)};
}

// The instance and its root

struct Root {
    InstanceRow instance;
    LaunchTypeRow type;
    AttachmentRow attachment;
    VolumeRow volume;
};

std::optional<AttachmentRow> find_root(Session& session, const InstanceRow& instance)
{
    auto attachments = select_attachments_of(session.db(), instance.id);
    const auto root = std::find_if(
        attachments.begin(), attachments.end(),
        [&](const AttachmentRow& one) { return one.device == instance.root_device_name; });
    return root == attachments.end() ? std::nullopt : std::optional(std::move(*root));
}

/// Source: a running instance with an EBS root, no bare metal but for Macs (documented); codes and
/// texts are assumed.
Root require_root(Session& session, const InstanceId& id)
{
    auto instance = select_instance(session.db(), session.account(), session.region(), id);
    const auto host = select_attachment_host(session.db(), session.account(), session.region(), id);
    if (!instance || !host) {
        throw not_found(id);
    }
    if (instance->root_device_type != RootDeviceType::kEbs) {
        throw root_volume_not_replaceable(id, "it is an instance store volume.");
    }
    auto type = select_launch_type(session.db(), instance->instance_type);
    if (!type || (host->bare_metal && !instance->instance_type.starts_with("mac"))) {
        throw root_volume_not_replaceable(id, "its type is bare metal.");
    }
    require_running(*instance);
    if (const auto task = select_running_replace_root_task(session.db(), id)) {
        throw root_volume_being_replaced(id, *task);
    }
    auto attachment = find_root(session, *instance);
    if (!attachment || attachment->state == AttachmentState::kDetaching) {
        throw root_volume_not_replaceable(id, "it has none.");
    }
    auto volume = require_volume(session, attachment->volume_id);
    return {std::move(*instance), std::move(*type), std::move(*attachment), std::move(volume)};
}

// The replacement

/// What the replacement is made of.
struct Origin {
    SnapshotRow snapshot;
    std::int64_t size_gib;
    /// Whose product codes it gets.
    std::string product_codes_of;
};

SnapshotRow require_ready(Session& session, const SnapshotId& id)
{
    auto snapshot = select_snapshot(session.db(), session.region(), id);
    if (!snapshot) {
        throw not_found(id);
    }
    require_completed(*snapshot);
    require_not_archived(session, id);
    return std::move(*snapshot);
}

/// Source: the snapshot that the root volume was made of (documented).
Origin launch_state(Session& session, const Root& root)
{
    if (!root.volume.snapshot_id) {
        throw root_volume_not_replaceable(root.instance.id, "it was made of no snapshot.");
    }
    return {require_ready(session, SnapshotId::trusted(*root.volume.snapshot_id)),
            root.volume.size_gib, root.volume.id.text()};
}

/// Source: of one of the instance's root volumes, past ones too; the replacement has the original's
/// size (documented); the text is observed.
Origin from_snapshot(Session& session, const Root& root, const SnapshotId& id)
{
    auto snapshot = require_usable_snapshot(session, id.text());
    if (!was_root_volume_of(session.db(), snapshot.volume_id, root.instance.id)) {
        throw snapshot_not_of_root_volume(root.instance.id);
    }
    const auto size_gib = std::max(root.volume.size_gib, snapshot.volume_size_gib);
    return {std::move(snapshot), size_gib, id.text()};
}

/// Source: the same architecture, virtualization and billing; ENA, NitroTPM and sriov-net when the
/// instance has them; a boot mode that the type has; a root at least as large (documented); texts
/// are assumed.
Origin from_image(Session& session, const Root& root, const ImageRow& image)
{
    const auto& instance = root.instance;
    const auto refuse_unless = [&](bool fits, std::string_view why) {
        if (!fits) {
            throw image_does_not_fit_instance(image.id.text(), instance.id, why);
        }
    };
    refuse_unless(image.architecture == instance.architecture, "it has another architecture.");
    refuse_unless(image.virtualization_type == instance.virtualization_type,
                  "it has another virtualization type.");
    refuse_unless(image.usage_operation == instance.usage_operation &&
                      image.platform_details == instance.platform_details,
                  "it has other billing information.");
    refuse_unless(image.ena_support || !instance.ena_support, "it does not support ENA.");
    refuse_unless(image.tpm_support || !instance.tpm_support, "it does not support NitroTPM.");
    refuse_unless(image.sriov_net_support || !instance.sriov_net_support,
                  "it does not support sriov-net.");
    require_runs_on(root.type, needs_of(image));
    const auto mappings = select_image_mappings(session.db(), image.id);
    const auto* mapping = find_root_mapping(mappings, image.root_device_name);
    refuse_unless(mapping != nullptr && mapping->snapshot_id, "it has no EBS root volume.");
    auto snapshot = require_ready(session, SnapshotId::trusted(*mapping->snapshot_id));
    const auto size_gib = mapping->volume_size_gib.value_or(snapshot.volume_size_gib);
    refuse_unless(size_gib >= root.volume.size_gib,
                  "its root volume is smaller than the instance's.");
    return {std::move(snapshot), size_gib, image.id.text()};
}

/// Makes the replacement, which has the original's type and performance (documented).
VolumeId make_replacement(Session& session, const Root& root, const Origin& origin,
                          const std::optional<std::int64_t>& rate)
{
    const auto& original = root.volume;
    const bool has_own_iops = has_provisioned_iops(original.volume_type);
    auto spec = complete_volume_spec({.volume_type = original.volume_type,
                                      .size_gib = origin.size_gib,
                                      .iops = has_own_iops ? original.iops : std::nullopt,
                                      .throughput = original.throughput});
    // Source: encrypted as the original is (documented), with its key (assumed).
    EncryptionWish encryption;
    if (original.encrypted) {
        encryption = {.encrypted = true, .kms_key_id = original.kms_key_id};
    }
    return new_volume(session, {.zone = original.zone,
                                .spec = std::move(spec),
                                .snapshot = &origin.snapshot,
                                .encryption = std::move(encryption),
                                .initialization_rate = rate,
                                .product_codes_of = {origin.product_codes_of},
                                .use = VolumeUse::kRootReplacement});
}

/// Source: in the instance's zone, available, encrypted when the original is (documented), no
/// Multi-Attach (documented); texts are assumed.
VolumeId require_replacement(Session& session, const Root& root, const VolumeId& id)
{
    const auto volume = require_volume(session, id);
    if (volume.state == VolumeState::kInUse) {
        throw volume_already_attached(id);
    }
    if (volume.state != VolumeState::kAvailable ||
        is_replacement_of_running_task(session.db(), id)) {
        throw volume_not_available(id);
    }
    if (volume.zone != root.instance.zone) {
        throw zone_mismatch(id, root.instance.id);
    }
    if (volume.multi_attach) {
        throw multi_attach_is_no_root(id);
    }
    if (root.volume.encrypted && !volume.encrypted) {
        throw replacement_volume_refused(id, "it is not encrypted, and the original is.");
    }
    if (!can_boot(volume.volume_type)) {
        throw replacement_volume_refused(id, fmt::format("its type is {}.", volume.volume_type));
    }
    return id;
}

VolumeId prepare_replacement(Session& session, const ReplacementWish& wish, const Root& root,
                             const std::optional<std::int64_t>& rate)
{
    if (wish.volume) {
        return require_replacement(session, root, *wish.volume);
    }
    if (wish.snapshot) {
        return make_replacement(session, root, from_snapshot(session, root, *wish.snapshot), rate);
    }
    if (wish.image) {
        const auto image = require_runnable_image(session, *wish.image);
        return make_replacement(session, root, from_image(session, root, image), rate);
    }
    return make_replacement(session, root, launch_state(session, root), rate);
}

// What becomes of a task

void make_available(Session& session, const ReplaceRootTaskRow& task)
{
    change_volume_state(session.db(), task.replacement_volume_id, VolumeState::kCreating,
                        VolumeState::kAvailable);
}

/// The original stays, or has gone meanwhile; what the task made goes.
void fail_task(Session& session, const ReplaceRootTaskRow& task)
{
    const auto original =
        select_attachment(session.db(), task.original_volume_id, task.instance_id);
    if (original && original->state == AttachmentState::kDetaching &&
        task.state == ReplaceRootState::kInProgress) {
        set_attachment_state(session.db(), task.original_volume_id, task.instance_id,
                             AttachmentState::kAttached);
    }
    if (task.made_replacement) {
        make_available(session, task);
        remove_volume(session, task.replacement_volume_id, VolumeState::kAvailable);
    }
    set_replace_root_task_state(
        session.db(), task.id,
        original ? ReplaceRootState::kFailed : ReplaceRootState::kFailedDetached, session.now_ms());
}

/// What the image brings along is the instance's from now on (documented).
void take_over_image(Session& session, const InstanceRow& instance, const std::string& image_id)
{
    const auto image = select_visible_image(session.db(), instance.owner, instance.region,
                                            ImageId::trusted(image_id));
    const auto type = select_launch_type(session.db(), instance.instance_type);
    if (!image || !type) {
        return;
    }
    set_instance_image(session.db(), instance.id,
                       {.image_id = image_id,
                        .image_owner = image->owner,
                        .boot_mode = image->boot_mode,
                        .current_boot_mode = current_boot_mode(*type, image->boot_mode),
                        .imds_support = image->imds_support,
                        .tpm_support = image->tpm_support,
                        .ena_support = image->ena_support,
                        .sriov_net_support = image->sriov_net_support});
}

/// Puts the replacement in the original's place.
void swap_volumes(Session& session, const ReplaceRootTaskRow& task, const AttachmentRow& original)
{
    auto& db = session.db();
    const auto& instance = original.instance_id.text();
    drop_product_codes_of_volume(db, instance, original.volume_id.text());
    copy_product_codes(db, task.replacement_volume_id.text(), instance);
    delete_attachment(db, original.volume_id, original.instance_id);
    change_volume_state(db, original.volume_id, VolumeState::kInUse, VolumeState::kAvailable);
    insert_attachment(db, {.volume_id = task.replacement_volume_id,
                           .instance_id = task.instance_id,
                           .device = original.device,
                           .state = AttachmentState::kAttached,
                           .attach_time_ms = session.now_ms(),
                           .delete_on_termination = original.delete_on_termination});
    set_volume_state(db, task.replacement_volume_id, VolumeState::kInUse);
    if (task.delete_replaced_root_volume) {
        discard_volume(session, original.volume_id, VolumeState::kAvailable);
    }
}

/// The instance, unless it is gone or going.
std::optional<InstanceRow> find_instance(Session& session, const ReplaceRootTaskRow& task)
{
    auto instance = select_instance(session.db(), task.owner, task.region, task.instance_id);
    if (instance && (instance->state == InstanceStateName::kShuttingDown ||
                     instance->state == InstanceStateName::kTerminated)) {
        return std::nullopt;
    }
    return instance;
}

bool is_ready(Session& session, const ReplaceRootTaskRow& task)
{
    const auto volume =
        select_volume(session.db(), task.owner, task.region, task.replacement_volume_id);
    return volume && volume->state == VolumeState::kAvailable;
}

}  // namespace

// Source: EC2 API Reference, CreateReplaceRootVolumeTask; EC2 User Guide, "Replace the root volume"
// (documented).
CreateReplaceRootVolumeTaskResponse create_replace_root_volume_task(
    Session& session, const CreateReplaceRootVolumeTaskRequest& request)
{
    const auto wish = parse_wish(request);
    const auto tags = parse_tags<ReplaceRootTaskId>(request.tag_specifications);
    stop_if_dry_run(request);

    constexpr std::string_view kOperation = CreateReplaceRootVolumeTaskRequest::kOperation;
    if (const auto made = made_before(session, kOperation, request.client_token)) {
        const auto id = ReplaceRootTaskId::trusted(*made);
        const auto task = select_replace_root_task(session.db(), id);
        if (!task) {
            throw not_found(id);
        }
        return {.replace_root_volume_task = to_answer(session, *task)};
    }
    const auto root = require_root(session, wish.instance);
    const auto replacement =
        prepare_replacement(session, wish, root, request.volume_initialization_rate);
    const ReplaceRootTaskRow row{
        .id = session.next_id<ReplaceRootTaskId>(),
        .region = session.region(),
        .owner = session.account(),
        .instance_id = wish.instance,
        .state = ReplaceRootState::kPending,
        .original_volume_id = root.volume.id,
        .replacement_volume_id = replacement,
        .made_replacement = !wish.volume,
        .image_id = wish.image ? std::optional(wish.image->text()) : std::nullopt,
        .snapshot_id = wish.snapshot ? std::optional(wish.snapshot->text()) : std::nullopt,
        .delete_replaced_root_volume = request.delete_replaced_root_volume.value_or(false),
        .start_time_ms = session.now_ms()};
    insert_replace_root_task(session.db(), row);
    store_tags(session, row.id, tags);
    remember_token(session, kOperation, request.client_token, row.id.text());
    session.schedule(kRootVolumePending, kRootVolumeReplaces, row.id.text());
    return {.replace_root_volume_task = to_answer(session, row)};
}

// Source: EC2 API Reference, DescribeReplaceRootVolumeTasks (documented); one unknown id fails the
// whole call (assumed).
DescribeReplaceRootVolumeTasksResponse describe_replace_root_volume_tasks(
    Session& session, const DescribeReplaceRootVolumeTasksRequest& request)
{
    return describe<kDescribe>(session, request);
}

void root_volume_replacing(Session& session, const ReplaceRootTaskId& id)
{
    const auto task = select_replace_root_task(session.db(), id);
    if (!task || task->state != ReplaceRootState::kPending) {
        return;
    }
    if (task->made_replacement) {
        make_available(session, *task);
    }
    const auto original =
        select_attachment(session.db(), task->original_volume_id, task->instance_id);
    if (!original || !find_instance(session, *task)) {
        fail_task(session, *task);
        return;
    }
    set_attachment_state(session.db(), task->original_volume_id, task->instance_id,
                         AttachmentState::kDetaching);
    set_replace_root_task_state(session.db(), id, ReplaceRootState::kInProgress, std::nullopt);
    session.schedule(kRootVolumeReplacing, kRootVolumeReplaced, id.text());
}

void root_volume_replaced(Session& session, const ReplaceRootTaskId& id)
{
    const auto task = select_replace_root_task(session.db(), id);
    if (!task || task->state != ReplaceRootState::kInProgress) {
        return;
    }
    const auto original =
        select_attachment(session.db(), task->original_volume_id, task->instance_id);
    const auto instance = find_instance(session, *task);
    if (!original || !instance || !is_ready(session, *task)) {
        fail_task(session, *task);
        return;
    }
    swap_volumes(session, *task, *original);
    if (task->image_id) {
        take_over_image(session, *instance, *task->image_id);
    }
    if (instance->state == InstanceStateName::kRunning) {
        reboot_instance(session, instance->id);
    }
    set_replace_root_task_state(session.db(), id, ReplaceRootState::kSucceeded, session.now_ms());
}

void forget_root_volume_tasks(Session& session, const InstanceId& instance)
{
    for (const auto& task : select_replace_root_tasks_of(session.db(), instance)) {
        if (is_running(task.state)) {
            fail_task(session, task);
        }
        delete_all_tags(session.db(), task.id.text());
        session.cancel_transitions(task.id.text());
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<create_replace_root_volume_task>(kCreateReplaceRootVolumeTask),
    read<describe_replace_root_volume_tasks>(kDescribeReplaceRootVolumeTasks),
};

constexpr ResourceKind kKinds[] = {
    kind<ReplaceRootTaskId, not_found>(kTaggableByOwner<kReplaceRootTaskColumns>),
};

constexpr DueRow kDue[] = {
    when<root_volume_replacing>(kRootVolumeReplaces),
    when<root_volume_replaced>(kRootVolumeReplaced),
};

constexpr Delay kDelays[] = {kRootVolumePending, kRootVolumeReplacing};

}  // namespace

constinit const Family kRootVolumes{
    .operations = kOperations, .kinds = kKinds, .due = kDue, .delays = kDelays};

}  // namespace amilab::ec2
