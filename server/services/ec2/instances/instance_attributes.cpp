#include "server/services/ec2/instances/instance_attributes.h"
#include "server/wire/ec2/instances/instance_attributes.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "server/services/ec2/common/attachment_limits.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/instance_types/launch_types.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instance_answers.h"
#include "server/services/ec2/instances/instance_user_data.h"
#include "server/services/ec2/instances/instances.h"
#include "server/services/ec2/instances/launch_options.h"
#include "server/services/ec2/instances/launch_place.h"
#include "server/services/ec2/network/interface_answers.h"
#include "server/services/ec2/network/interface_cards.h"
#include "server/services/ec2/network/interface_errors.h"
#include "server/services/ec2/network/new_interfaces.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instance_types/instance_type_words.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab::ec2 {

namespace {

/// Booleans travel as text, as in the style of Attribute and Value.
bool parse_flag(std::string_view attribute, std::string_view value)
{
    if (value != "true" && value != "false") {
        throw invalid_value(value, attribute, "Expected true or false.");
    }
    return value == "true";
}

/// A new value for an attribute of an instance. Groups and mappings stay in the request.
struct Change {
    Session& session;
    const InstanceRow& row;
    const ModifyInstanceAttributeRequest& request;
    std::string_view attribute;
    std::string value;
};

template <auto kMember, class Value>
void set(const Change& change, const Value& value)
{
    set_instance<kMember>(change.session.db(), change.row.id, value);
}

template <bool InstanceRow::*kMember>
void modify_flag(const Change& change)
{
    set<kMember>(change, parse_flag(change.attribute, change.value));
}

void modify_shutdown_behavior(const Change& change)
{
    if (!find_word<ShutdownBehavior>(change.value)) {
        throw invalid_value(change.value, change.attribute, "Expected stop or terminate.");
    }
    set<&InstanceRow::shutdown_behavior>(change, change.value);
}

/// Source: only while stopped (documented); the shape of ids is all that is asked for.
void modify_kernel(const Change& change)
{
    check_kernel(change.value, {});
    require_stopped(change.row);
    set<&InstanceRow::kernel_id>(change, change.value);
}

void modify_ramdisk(const Change& change)
{
    check_kernel({}, change.value);
    require_stopped(change.row);
    set<&InstanceRow::ramdisk_id>(change, change.value);
}

/// Another type has other processors: all of them are on.
void forget_processors(Session& session, const InstanceId& id)
{
    auto options = select_instance_options(session.db(), id);
    if (options.core_count || options.threads_per_core) {
        options.core_count.reset();
        options.threads_per_core.reset();
        put_instance_options(session.db(), options);
    }
}

/// Source: an instance has no more interfaces, addresses of each and volumes than its type lets it
/// have (documented); that the change is refused, and not the start, is assumed, and so are the
/// codes.
void require_attached_fits(Session& session, const InstanceId& id, const LaunchTypeRow& type)
{
    const auto interfaces = select_interfaces_of(session.db(), {id.text()});
    const auto count = static_cast<std::int64_t>(interfaces.size());
    std::vector<InterfacePlace> places;
    for (const auto& one : interfaces) {
        places.push_back(place_of(one));
    }
    require_cards_fit(session, places, type);
    require_addresses_fit(session, interfaces, type);
    require_attachments_fit(type, count_attachments_of(session.db(), id), count);
}

// Source: InvalidInstanceAttributeValue for a type that does not exist (documented), only while
// stopped (documented); what the type must fit is checked as at a launch.
void modify_instance_type(const Change& change)
{
    auto& session = change.session;
    const auto& row = change.row;
    const auto type = select_launch_type(session.db(), change.value);
    if (!type) {
        throw invalid_instance_attribute_value(
            fmt::format("Invalid value '{}' for InstanceType.", change.value));
    }
    require_stopped(row);
    require_runs_on(*type, needs_of(row));
    require_offered(session, *type, row.zone);
    require_attached_fits(session, row.id, *type);
    require_nested_virtualization_possible(select_instance_options(session.db(), row.id),
                                           select_type_options(session.db(), type->name));
    set_instance_type(session.db(), row.id, type->name, current_boot_mode(*type, row.boot_mode));
    forget_processors(session, row.id);
}

void modify_user_data(const Change& change)
{
    const auto user_data = check_user_data(change.value);
    require_stopped(change.row);
    set<&InstanceRow::user_data>(change, user_data);
}

// Source: "simple" alone, and no way back (documented).
void modify_sriov_net_support(const Change& change)
{
    if (change.value != SriovNetSupport::kSimple) {
        throw invalid_value(change.value, change.attribute, "Expected simple.");
    }
    require_stopped(change.row);
    set<&InstanceRow::sriov_net_support>(change, change.value);
}

void modify_ebs_optimized(const Change& change)
{
    const bool is_wanted = parse_flag(change.attribute, change.value);
    require_stopped(change.row);
    const auto type = select_launch_type(change.session.db(), change.row.instance_type);
    if (is_wanted && type && type->ebs_optimized_support == EbsOptimizedSupport::kUnsupported) {
        throw ebs_optimization_not_supported();
    }
    set<&InstanceRow::ebs_optimized>(change, is_wanted);
}

// Source: of a stopped instance, and of types that support enclaves (documented).
void modify_enclave_options(const Change& change)
{
    auto& session = change.session;
    const auto& row = change.row;
    const bool is_wanted = parse_flag(change.attribute, change.value);
    require_stopped(row);
    auto options = select_instance_options(session.db(), row.id);
    options.enclave = is_wanted;
    require_enclaves_possible(options, select_type_options(session.db(), row.instance_type));
    put_instance_options(session.db(), options);
}

void modify_ena_support(const Change& change)
{
    const bool is_wanted = parse_flag(change.attribute, change.value);
    require_stopped(change.row);
    set<&InstanceRow::ena_support>(change, is_wanted);
}

// Source: at least one group (documented).
void modify_groups(const Change& change)
{
    auto& session = change.session;
    const auto of = the_interface(session, change.row.id);
    const auto subnet = require_launch_subnet(session, of.subnet_id);
    replace_interface_groups(session.db(), of.id,
                             find_groups(session, change.request.groups, subnet));
}

void modify_source_dest_check(const Change& change)
{
    const bool is_wanted = parse_flag(change.attribute, change.value);
    set_network_interface<&NetworkInterfaceRow::source_dest_check>(
        change.session.db(), the_interface(change.session, change.row.id).id, is_wanted);
}

// Source: DeleteOnTermination is true when nothing is said (documented).
void modify_mappings(const Change& change)
{
    auto& db = change.session.db();
    const auto attachments = select_attachments_of(db, change.row.id);
    for (const auto& mapping : change.request.block_device_mappings) {
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
            db, attachment->volume_id, change.row.id,
            mapping.ebs ? mapping.ebs->delete_on_termination.value_or(true) : true);
    }
}

// What answers show.

template <auto kInto, auto kMember>
void show_flag(Session&, const InstanceRow& row, InstanceAttribute& answer)
{
    answer.*kInto = AttributeBooleanValue{.value = row.*kMember};
}

template <auto kInto, auto kMember>
void show_text(Session&, const InstanceRow& row, InstanceAttribute& answer)
{
    answer.*kInto = AttributeValue{.value = row.*kMember};
}

void show_enclave_options(Session& session, const InstanceRow& row, InstanceAttribute& answer)
{
    answer.enclave_options =
        EnclaveOptions{.enabled = select_instance_options(session.db(), row.id).enclave};
}

void show_groups(Session& session, const InstanceRow& row, InstanceAttribute& answer)
{
    const auto of = select_primary_interface(session.db(), row.id);
    answer.groups = group_answers(of ? select_interface_groups(session.db(), {of->id.text()})
                                     : std::vector<InterfaceGroupRow>());
}

void show_source_dest_check(Session& session, const InstanceRow& row, InstanceAttribute& answer)
{
    const auto of = select_primary_interface(session.db(), row.id);
    answer.source_dest_check = AttributeBooleanValue{.value = !of || of->source_dest_check};
}

void show_mappings(Session& session, const InstanceRow& row, InstanceAttribute& answer)
{
    answer.block_device_mappings = mapping_answers(select_attachments_of(session.db(), row.id));
}

void show_product_codes(Session& session, const InstanceRow& row, InstanceAttribute& answer)
{
    answer.product_codes = product_code_answers(session, row.id.text());
}

// What members of a request ask for.

using Asked = std::optional<std::string>;

template <auto kMember>
Asked asked_flag(const ModifyInstanceAttributeRequest& request)
{
    const auto& member = request.*kMember;
    if (member && !member->value) {
        throw missing_parameter("Value");
    }
    return member ? Asked(*member->value ? "true" : "false") : std::nullopt;
}

template <auto kMember>
Asked asked_text(const ModifyInstanceAttributeRequest& request)
{
    const auto& member = request.*kMember;
    if (member && !member->value) {
        throw missing_parameter("Value");
    }
    return member ? member->value : std::nullopt;
}

template <auto kMember>
Asked asked_list(const ModifyInstanceAttributeRequest& request)
{
    return (request.*kMember).empty() ? std::nullopt : Asked("");
}

Asked asked_enclave_options(const ModifyInstanceAttributeRequest& request)
{
    if (!request.enclave_options) {
        return std::nullopt;
    }
    return request.enclave_options->enabled.value_or(false) ? "true" : "false";
}

Asked asked_user_data(const ModifyInstanceAttributeRequest& request)
{
    if (!request.user_data) {
        return std::nullopt;
    }
    const auto& bytes = request.user_data->value;
    return wire::encode_base64(bytes ? bytes->bytes : "");
}

/// How an attribute may be changed: by a member of its own and by Attribute and Value, by the
/// member alone, or never.
enum class Style { kBoth, kMember, kNever };

struct Attribute {
    std::string_view name;
    void (*show)(Session& session, const InstanceRow& row, InstanceAttribute& answer);
    Style style = Style::kNever;
    Asked (*asked)(const ModifyInstanceAttributeRequest& request) = nullptr;
    void (*modify)(const Change& change) = nullptr;
};

using Row = InstanceRow;
using Answer = InstanceAttribute;
using Request = ModifyInstanceAttributeRequest;

// Source: EC2 API Reference, DescribeInstanceAttribute and ModifyInstanceAttribute (documented).
constexpr Attribute kAttributes[] = {
    {"blockDeviceMapping", show_mappings, Style::kMember,
     asked_list<&Request::block_device_mappings>, modify_mappings},
    {"disableApiStop", show_flag<&Answer::disable_api_stop, &Row::disable_api_stop>, Style::kBoth,
     asked_flag<&Request::disable_api_stop>, modify_flag<&Row::disable_api_stop>},
    {"disableApiTermination",
     show_flag<&Answer::disable_api_termination, &Row::disable_api_termination>, Style::kBoth,
     asked_flag<&Request::disable_api_termination>, modify_flag<&Row::disable_api_termination>},
    {"ebsOptimized", show_flag<&Answer::ebs_optimized, &Row::ebs_optimized>, Style::kBoth,
     asked_flag<&Request::ebs_optimized>, modify_ebs_optimized},
    {"enaSupport", show_flag<&Answer::ena_support, &Row::ena_support>, Style::kBoth,
     asked_flag<&Request::ena_support>, modify_ena_support},
    {"enclaveOptions", show_enclave_options, Style::kMember, asked_enclave_options,
     modify_enclave_options},
    {"groupSet", show_groups, Style::kMember, asked_list<&Request::groups>, modify_groups},
    {"instanceInitiatedShutdownBehavior",
     show_text<&Answer::instance_initiated_shutdown_behavior, &Row::shutdown_behavior>,
     Style::kBoth, asked_text<&Request::instance_initiated_shutdown_behavior>,
     modify_shutdown_behavior},
    {"instanceType", show_text<&Answer::instance_type, &Row::instance_type>, Style::kBoth,
     asked_text<&Request::instance_type>, modify_instance_type},
    {"kernel", show_text<&Answer::kernel_id, &Row::kernel_id>, Style::kBoth,
     asked_text<&Request::kernel>, modify_kernel},
    {"productCodes", show_product_codes},
    {"ramdisk", show_text<&Answer::ramdisk_id, &Row::ramdisk_id>, Style::kBoth,
     asked_text<&Request::ramdisk>, modify_ramdisk},
    {"rootDeviceName", show_text<&Answer::root_device_name, &Row::root_device_name>},
    {"sourceDestCheck", show_source_dest_check, Style::kBoth,
     asked_flag<&Request::source_dest_check>, modify_source_dest_check},
    {"sriovNetSupport", show_text<&Answer::sriov_net_support, &Row::sriov_net_support>,
     Style::kBoth, asked_text<&Request::sriov_net_support>, modify_sriov_net_support},
    {"userData", show_text<&Answer::user_data, &Row::user_data>, Style::kBoth, asked_user_data,
     modify_user_data},
};

/// The schema lets no other names through to what changes attributes.
const Attribute& find_attribute(std::string_view name)
{
    return *std::find_if(std::begin(kAttributes), std::end(kAttributes),
                         [&](const Attribute& one) { return one.name == name; });
}

/// Source: enaSupport is not described (documented); the refusal is observed, of it too.
const Attribute& find_described(std::string_view name)
{
    const bool is_known =
        name != "enaSupport" &&
        std::ranges::any_of(kAttributes, [&](const Attribute& one) { return one.name == name; });
    if (!is_known) {
        throw invalid_parameter_value(
            fmt::format("Value ({}) for parameter attribute is invalid. Unknown attribute.", name));
    }
    return find_attribute(name);
}

/// The attribute that the request changes, and its value.
struct AttributeWish {
    const Attribute* attribute;
    std::string value;
    /// By a member of its own.
    bool by_member;
};

std::vector<AttributeWish> wishes_by_member(const ModifyInstanceAttributeRequest& request)
{
    std::vector<AttributeWish> wishes;
    for (const auto& attribute : kAttributes) {
        if (auto value = attribute.asked != nullptr ? attribute.asked(request) : std::nullopt) {
            wishes.push_back({&attribute, std::move(*value), true});
        }
    }
    return wishes;
}

/// The one change that the request asks for, in either style.
/// Source: one attribute at a time (documented); "No attributes specified." and "Fields for
/// multiple attribute types specified" are observed.
AttributeWish the_wish(const ModifyInstanceAttributeRequest& request)
{
    auto wishes = wishes_by_member(request);
    if (request.value) {
        if (!request.attribute) {
            throw missing_parameter("Attribute");
        }
        wishes.push_back({&find_attribute(*request.attribute), *request.value, false});
    }
    if (wishes.empty()) {
        throw request.attribute ? missing_parameter("Value") : no_attribute_to_modify();
    }
    if (wishes.size() > 1 ||
        (request.attribute && wishes.front().attribute->name != *request.attribute)) {
        throw several_attributes_to_modify();
    }
    return std::move(wishes.front());
}

/// Throws for attributes that only the members can change, or nothing can.
void require_modifiable(const AttributeWish& wish)
{
    const auto& attribute = *wish.attribute;
    if (attribute.style == Style::kNever ||
        (attribute.style == Style::kMember && !wish.by_member)) {
        throw attribute_not_modifiable(attribute.name);
    }
}

}  // namespace

// Source: EC2 API Reference, DescribeInstanceAttribute (documented); an attribute without a value
// is an empty element (observed).
DescribeInstanceAttributeResponse describe_instance_attribute(
    Session& session, const DescribeInstanceAttributeRequest& request)
{
    const auto& attribute = find_described(request.attribute);
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    InstanceAttribute answer;
    answer.instance_id = row.id.text();
    attribute.show(session, row, answer);
    return answer;
}

// Source: EC2 API Reference, ModifyInstanceAttribute (documented).
ModifyInstanceAttributeResponse modify_instance_attribute(
    Session& session, const ModifyInstanceAttributeRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    const auto wish = the_wish(request);
    require_modifiable(wish);
    stop_if_dry_run(request);
    const auto row = require_modifiable_instance(session, id);
    wish.attribute->modify({session, row, request, wish.attribute->name, wish.value});
    return {};
}

// Source: EC2 API Reference, ResetInstanceAttribute: kernel, ramdisk and sourceDestCheck alone, the
// first two while stopped (documented): what the image has of these, none when it is gone
// (assumed).
ResetInstanceAttributeResponse reset_instance_attribute(
    Session& session, const ResetInstanceAttributeRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    const bool is_check = request.attribute == "sourceDestCheck";
    if (!is_check && request.attribute != "kernel" && request.attribute != "ramdisk") {
        throw invalid_value(request.attribute, "attribute", "It cannot be reset.");
    }
    stop_if_dry_run(request);
    const auto row = require_modifiable_instance(session, id);
    if (is_check) {
        set_network_interface<&NetworkInterfaceRow::source_dest_check>(
            session.db(), the_interface(session, row.id).id, true);
        return {};
    }
    require_stopped(row);
    const auto image = select_visible_image(session.db(), session.account(), session.region(),
                                            ImageId::trusted(row.image_id));
    if (request.attribute == "kernel") {
        set_instance<&InstanceRow::kernel_id>(session.db(), row.id,
                                              image ? image->kernel_id : std::nullopt);
    } else {
        set_instance<&InstanceRow::ramdisk_id>(session.db(), row.id,
                                               image ? image->ramdisk_id : std::nullopt);
    }
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_instance_attribute>(kDescribeInstanceAttribute),
    write<modify_instance_attribute>(kModifyInstanceAttribute),
    write<reset_instance_attribute>(kResetInstanceAttribute),
};

}  // namespace

constinit const Family kInstanceAttributes{.operations = kOperations};

}  // namespace amilab::ec2
