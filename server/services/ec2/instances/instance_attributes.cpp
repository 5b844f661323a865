#include "server/services/ec2/instances/instance_attributes.h"
#include "server/wire/ec2/instances/instance_attributes.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instance_user_data.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launch_place.h"
#include "server/services/ec2/network/errors.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

/// Source: "Value (ig-x) for parameter instanceId is invalid. Expected: 'i-...'." (observed).
InstanceId parse_one_instance_id(const std::string& text)
{
    if (!text.starts_with("i-")) {
        throw invalid_value(text, "instanceId", "Expected: 'i-...'.");
    }
    return parse_id<InstanceId>(text);
}

InstanceRow require_instance(Session& session, const InstanceId& id)
{
    auto row = select_instance(session.db(), session.account(), session.region(), id);
    if (!row) {
        throw not_found(id);
    }
    return std::move(*row);
}

void describe_flag(InstanceAttribute& answer, const InstanceRow& row, std::string_view attribute)
{
    if (attribute == "disableApiStop") {
        answer.disable_api_stop = AttributeBooleanValue{.value = row.disable_api_stop};
    } else if (attribute == "disableApiTermination") {
        answer.disable_api_termination =
            AttributeBooleanValue{.value = row.disable_api_termination};
    } else if (attribute == "ebsOptimized") {
        answer.ebs_optimized = AttributeBooleanValue{.value = row.ebs_optimized};
    } else if (attribute == "enaSupport") {
        answer.ena_support = AttributeBooleanValue{.value = row.ena_support};
    } else if (attribute == "sourceDestCheck") {
        answer.source_dest_check = AttributeBooleanValue{.value = row.source_dest_check};
    } else if (attribute == "enclaveOptions") {
        answer.enclave_options = EnclaveOptions{.enabled = false};
    }
}

void describe_text(InstanceAttribute& answer, const InstanceRow& row, std::string_view attribute)
{
    if (attribute == "instanceInitiatedShutdownBehavior") {
        answer.instance_initiated_shutdown_behavior =
            AttributeValue{.value = row.shutdown_behavior};
    } else if (attribute == "instanceType") {
        answer.instance_type = AttributeValue{.value = row.instance_type};
    } else if (attribute == "kernel") {
        answer.kernel_id = AttributeValue{.value = row.kernel_id};
    } else if (attribute == "ramdisk") {
        answer.ramdisk_id = AttributeValue{.value = row.ramdisk_id};
    } else if (attribute == "rootDeviceName") {
        answer.root_device_name = AttributeValue{.value = row.root_device_name};
    } else if (attribute == "sriovNetSupport") {
        answer.sriov_net_support = AttributeValue{.value = row.sriov_net_support};
    } else if (attribute == "userData") {
        answer.user_data = AttributeValue{.value = row.user_data};
    }
}

/// Booleans travel as text, as in the style of Attribute and Value.
bool parse_flag(std::string_view attribute, std::string_view value)
{
    if (value != "true" && value != "false") {
        throw invalid_value(value, attribute, "Expected true or false.");
    }
    return value == "true";
}

void require_stopped(const InstanceRow& row)
{
    if (row.state != "stopped") {
        throw not_in_state(row.id, "stopped");
    }
}

void modify_shutdown_behavior(Session& session, const InstanceRow& row, const std::string& value)
{
    if (value != "stop" && value != "terminate") {
        throw invalid_value(value, "instanceInitiatedShutdownBehavior",
                            "Expected stop or terminate.");
    }
    set_instance_text(session.db(), row.id, InstanceText::kShutdownBehavior, value);
}

// Source: InvalidInstanceAttributeValue for a type that does not exist (documented), only while
// stopped (documented); what the type must fit is checked as at a launch.
void modify_instance_type(Session& session, const InstanceRow& row, const std::string& value)
{
    const auto type = select_launch_type(session.db(), value);
    if (!type) {
        throw invalid_instance_attribute_value(
            fmt::format("Invalid value '{}' for InstanceType.", value));
    }
    require_stopped(row);
    require_runs_on(*type, {.architecture = row.architecture,
                            .virtualization_type = row.virtualization_type,
                            .root_device_type = row.root_device_type,
                            .boot_mode = row.boot_mode,
                            .tpm_support = row.tpm_support,
                            .ena_support = row.ena_support});
    require_offered(session, *type, row.zone);
    set_instance_type(session.db(), row.id, type->name, current_boot_mode(*type, row.boot_mode));
}

void modify_user_data(Session& session, const InstanceRow& row, const std::string& value)
{
    const auto user_data = check_user_data(value);
    require_stopped(row);
    set_instance_text(session.db(), row.id, InstanceText::kUserData, user_data);
}

// Source: "simple" alone, and no way back (documented).
void modify_sriov_net_support(Session& session, const InstanceRow& row, const std::string& value)
{
    if (value != "simple") {
        throw invalid_value(value, "sriovNetSupport", "Expected simple.");
    }
    require_stopped(row);
    set_instance_text(session.db(), row.id, InstanceText::kSriovNetSupport, value);
}

void modify_ebs_optimized(Session& session, const InstanceRow& row, const std::string& value)
{
    const bool is_wanted = parse_flag("ebsOptimized", value);
    require_stopped(row);
    const auto type = select_launch_type(session.db(), row.instance_type);
    if (is_wanted && type && type->ebs_optimized_support == "unsupported") {
        throw ebs_optimization_not_supported();
    }
    set_instance_flag(session.db(), row.id, InstanceFlag::kEbsOptimized, is_wanted);
}

void modify_ena_support(Session& session, const InstanceRow& row, const std::string& value)
{
    const bool is_wanted = parse_flag("enaSupport", value);
    require_stopped(row);
    set_instance_flag(session.db(), row.id, InstanceFlag::kEnaSupport, is_wanted);
}

void modify_disable_api_stop(Session& session, const InstanceRow& row, const std::string& value)
{
    set_instance_flag(session.db(), row.id, InstanceFlag::kDisableApiStop,
                      parse_flag("disableApiStop", value));
}

void modify_disable_api_termination(Session& session, const InstanceRow& row,
                                    const std::string& value)
{
    set_instance_flag(session.db(), row.id, InstanceFlag::kDisableApiTermination,
                      parse_flag("disableApiTermination", value));
}

void modify_source_dest_check(Session& session, const InstanceRow& row, const std::string& value)
{
    set_instance_flag(session.db(), row.id, InstanceFlag::kSourceDestCheck,
                      parse_flag("sourceDestCheck", value));
}

/// An attribute whose new value is one text.
struct TextAttribute {
    std::string_view name;
    void (*modify)(Session&, const InstanceRow&, const std::string&);
};

constexpr std::array<TextAttribute, 9> kTextAttributes = {{
    {"disableApiStop", modify_disable_api_stop},
    {"disableApiTermination", modify_disable_api_termination},
    {"ebsOptimized", modify_ebs_optimized},
    {"enaSupport", modify_ena_support},
    {"instanceInitiatedShutdownBehavior", modify_shutdown_behavior},
    {"instanceType", modify_instance_type},
    {"sourceDestCheck", modify_source_dest_check},
    {"sriovNetSupport", modify_sriov_net_support},
    {"userData", modify_user_data},
}};

constexpr std::string_view kGroups = "groupSet";
constexpr std::string_view kMappings = "blockDeviceMapping";

/// A new value for an attribute; groups and mappings stay in the request.
struct Change {
    std::string_view attribute;
    std::string value;
};

void add_flag(std::vector<Change>& changes, std::string_view attribute,
              const std::optional<AttributeBooleanValue>& value)
{
    if (value) {
        if (!value->value) {
            throw missing_parameter("Value");
        }
        changes.push_back({attribute, *value->value ? "true" : "false"});
    }
}

void add_text(std::vector<Change>& changes, std::string_view attribute,
              const std::optional<AttributeValue>& value)
{
    if (value) {
        if (!value->value) {
            throw missing_parameter("Value");
        }
        changes.push_back({attribute, *value->value});
    }
}

std::vector<Change> changes_by_member(const ModifyInstanceAttributeRequest& request)
{
    std::vector<Change> changes;
    add_flag(changes, "disableApiStop", request.disable_api_stop);
    add_flag(changes, "disableApiTermination", request.disable_api_termination);
    add_flag(changes, "ebsOptimized", request.ebs_optimized);
    add_flag(changes, "enaSupport", request.ena_support);
    add_flag(changes, "sourceDestCheck", request.source_dest_check);
    add_text(changes, "instanceInitiatedShutdownBehavior",
             request.instance_initiated_shutdown_behavior);
    add_text(changes, "instanceType", request.instance_type);
    add_text(changes, "sriovNetSupport", request.sriov_net_support);
    if (request.user_data) {
        const auto& bytes = request.user_data->value;
        changes.push_back({"userData", wire::encode_base64(bytes ? bytes->bytes : "")});
    }
    if (!request.groups.empty()) {
        changes.push_back({kGroups, {}});
    }
    if (!request.block_device_mappings.empty()) {
        changes.push_back({kMappings, {}});
    }
    return changes;
}

/// The one change that the request asks for, in either style.
/// Source: one attribute at a time (documented); "No attributes specified." and "Fields for
/// multiple attribute types specified" are observed.
Change the_change(const ModifyInstanceAttributeRequest& request)
{
    auto changes = changes_by_member(request);
    if (request.value) {
        if (!request.attribute) {
            throw missing_parameter("Attribute");
        }
        changes.push_back({*request.attribute, *request.value});
    }
    if (changes.empty()) {
        throw request.attribute ? missing_parameter("Value") : no_attribute_to_modify();
    }
    if (changes.size() > 1 ||
        (request.attribute && changes.front().attribute != *request.attribute)) {
        throw several_attributes_to_modify();
    }
    return std::move(changes.front());
}

// Source: at least one group (documented).
void modify_groups(Session& session, const InstanceRow& row, const std::vector<std::string>& ids)
{
    const auto subnet = select_launch_subnet(session.db(), row.owner, row.region,
                                             SubnetId::trusted(row.subnet_id.value_or("")));
    if (!subnet) {
        return;
    }
    std::vector<std::string> groups;
    for (const auto& group : find_groups(session, ids, *subnet)) {
        groups.push_back(group.id);
    }
    replace_instance_groups(session.db(), row.id, groups);
}

// Source: DeleteOnTermination is true when nothing is said (documented).
void modify_mappings(Session& session, const InstanceRow& row,
                     const std::vector<InstanceBlockDeviceMappingSpecification>& mappings)
{
    const auto attachments = select_attachments_of(session.db(), row.id);
    for (const auto& mapping : mappings) {
        if (!mapping.device_name) {
            throw missing_parameter("DeviceName");
        }
        const auto attachment = std::find_if(
            attachments.begin(), attachments.end(),
            [&](const AttachmentRow& one) { return one.device == *mapping.device_name; });
        if (attachment == attachments.end()) {
            throw no_device_mapped_at(*mapping.device_name);
        }
        set_delete_on_termination(
            session.db(), attachment->volume_id, row.id,
            mapping.ebs ? mapping.ebs->delete_on_termination.value_or(true) : true);
    }
}

void apply(Session& session, const InstanceRow& row, const ModifyInstanceAttributeRequest& request,
           const Change& change)
{
    if (change.attribute == kGroups && !request.groups.empty()) {
        return modify_groups(session, row, request.groups);
    }
    if (change.attribute == kMappings && !request.block_device_mappings.empty()) {
        return modify_mappings(session, row, request.block_device_mappings);
    }
    const auto found =
        std::find_if(kTextAttributes.begin(), kTextAttributes.end(),
                     [&](const TextAttribute& one) { return one.name == change.attribute; });
    found->modify(session, row, change.value);
}

/// Throws for attributes that only the members can change, or nothing can.
void require_modifiable(const ModifyInstanceAttributeRequest& request, const Change& change)
{
    const bool is_text =
        std::any_of(kTextAttributes.begin(), kTextAttributes.end(),
                    [&](const TextAttribute& one) { return one.name == change.attribute; });
    const bool is_list = (change.attribute == kGroups && !request.groups.empty()) ||
                         (change.attribute == kMappings && !request.block_device_mappings.empty());
    if (is_text || is_list) {
        return;
    }
    constexpr std::array<std::string_view, 3> kNotOffered = {"enclaveOptions", "kernel", "ramdisk"};
    if (std::find(kNotOffered.begin(), kNotOffered.end(), change.attribute) != kNotOffered.end()) {
        throw unsupported(
            fmt::format("amilab does not offer the attribute {} yet; "
                        "docs/coverage.md lists what it offers.",
                        change.attribute));
    }
    throw attribute_not_modifiable(change.attribute);
}

}  // namespace

// Source: EC2 API Reference, DescribeInstanceAttribute (documented); an attribute without a value
// is an empty element (observed).
DescribeInstanceAttributeResponse describe_instance_attribute(
    Session& session, const DescribeInstanceAttributeRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    InstanceAttribute answer;
    answer.instance_id = row.id.text();
    describe_flag(answer, row, request.attribute);
    describe_text(answer, row, request.attribute);
    if (request.attribute == kGroups) {
        answer.groups = group_answers(select_instance_groups(session.db(), row.id));
    } else if (request.attribute == kMappings) {
        answer.block_device_mappings = mapping_answers(select_attachments_of(session.db(), row.id));
    } else if (request.attribute == "productCodes") {
        answer.product_codes = product_code_answers(session, row.id.text());
    }
    return answer;
}

// Source: EC2 API Reference, ModifyInstanceAttribute (documented).
ModifyInstanceAttributeResponse modify_instance_attribute(
    Session& session, const ModifyInstanceAttributeRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    const auto change = the_change(request);
    require_modifiable(request, change);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    if (row.state == "terminated" || row.state == "shutting-down") {
        throw cannot_be_modified(row.id, row.state);
    }
    apply(session, row, request, change);
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_attribute>(kDescribeInstanceAttribute),
    write<modify_instance_attribute>(kModifyInstanceAttribute),
};

}  // namespace

constinit const Family kInstanceAttributes{.operations = kOperations};

}  // namespace amilab::ec2
