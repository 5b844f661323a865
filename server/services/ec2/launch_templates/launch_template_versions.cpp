#include "server/services/ec2/launch_templates/launch_template_versions.h"

#include <algorithm>

#include "server/calls/arns.h"
#include "server/calls/idempotency.h"
#include "server/services/ec2/common/describe_spec.h"
#include "server/services/ec2/common/licenses.h"
#include "server/services/ec2/images/image_aliases.h"
#include "server/services/ec2/launch_templates/errors.h"
#include "server/services/ec2/launch_templates/launch_templates.h"
#include "server/services/ec2/launch_templates/template_requirements.h"
#include "server/wire/ec2/launch_templates/launch_template_versions.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/network/network_ids.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 User Guide, "Launch template limits" (documented); that versions which were deleted
// do not count is assumed.
constexpr std::int64_t kMostVersions = 10'000;
constexpr std::size_t kMostDeleted = 200;
constexpr std::size_t kMostDescription = 255;

/// Gives the answer a structure, which `fill` fills from the request's, when the request has it.
template <class From, class To, class Fill>
void show(const std::optional<From>& from, std::optional<To>& to, Fill fill)
{
    if (from) {
        fill(*from, to.emplace());
    }
}

LaunchTemplateBlockDeviceMapping mapping_answer(const LaunchTemplateBlockDeviceMappingRequest& from)
{
    LaunchTemplateBlockDeviceMapping to;
    to.device_name = from.device_name;
    to.no_device = from.no_device;
    to.virtual_name = from.virtual_name;
    show(from.ebs, to.ebs, [](const auto& ebs, auto& answer) {
        answer.delete_on_termination = ebs.delete_on_termination;
        answer.encrypted = ebs.encrypted;
        answer.iops = ebs.iops;
        answer.kms_key_id = ebs.kms_key_id;
        answer.snapshot_id = ebs.snapshot_id;
        answer.throughput = ebs.throughput;
        answer.volume_initialization_rate = ebs.volume_initialization_rate;
        answer.volume_size = ebs.volume_size;
        answer.volume_type = ebs.volume_type;
    });
    return to;
}

void show_simple(const RequestLaunchTemplateData& from, ResponseLaunchTemplateData& to)
{
    to.disable_api_stop = from.disable_api_stop;
    to.disable_api_termination = from.disable_api_termination;
    to.ebs_optimized = from.ebs_optimized;
    to.image_id = from.image_id;
    to.instance_initiated_shutdown_behavior = from.instance_initiated_shutdown_behavior;
    if (from.instance_requirements) {
        to.instance_requirements = requirements_answer(*from.instance_requirements);
    }
    to.instance_type = from.instance_type;
    to.kernel_id = from.kernel_id;
    to.key_name = from.key_name;
    to.ram_disk_id = from.ram_disk_id;
    to.user_data = from.user_data;
    for (const auto& mapping : from.block_device_mappings) {
        to.block_device_mappings.push_back(mapping_answer(mapping));
    }
    for (const auto& license : from.license_specifications) {
        to.license_specifications.push_back(
            {.license_configuration_arn = license.license_configuration_arn});
    }
    for (const auto& tags : from.tag_specifications) {
        to.tag_specifications.push_back({.resource_type = tags.resource_type, .tags = tags.tags});
    }
}

void show_processors(const RequestLaunchTemplateData& from, ResponseLaunchTemplateData& to)
{
    show(from.cpu_options, to.cpu_options, [](const auto& one, auto& answer) {
        answer.amd_sev_snp = one.amd_sev_snp;
        answer.core_count = one.core_count;
        answer.nested_virtualization = one.nested_virtualization;
        answer.threads_per_core = one.threads_per_core;
    });
    show(from.credit_specification, to.credit_specification,
         [](const auto& one, auto& answer) { answer.cpu_credits = one.cpu_credits; });
    show(from.enclave_options, to.enclave_options,
         [](const auto& one, auto& answer) { answer.enabled = one.enabled; });
    show(from.hibernation_options, to.hibernation_options,
         [](const auto& one, auto& answer) { answer.configured = one.configured; });
}

void show_market(const RequestLaunchTemplateData& from, ResponseLaunchTemplateData& to)
{
    show(from.instance_market_options, to.instance_market_options,
         [](const auto& one, auto& answer) {
             answer.market_type = one.market_type;
             show(one.spot_options, answer.spot_options, [](const auto& spot, auto& shown) {
                 shown.block_duration_minutes = spot.block_duration_minutes;
                 shown.instance_interruption_behavior = spot.instance_interruption_behavior;
                 shown.max_price = spot.max_price;
                 shown.spot_instance_type = spot.spot_instance_type;
                 shown.valid_until = spot.valid_until;
             });
         });
}

void show_metadata_options(const RequestLaunchTemplateData& from, ResponseLaunchTemplateData& to)
{
    show(from.metadata_options, to.metadata_options, [](const auto& one, auto& answer) {
        answer.http_endpoint = one.http_endpoint;
        answer.http_protocol_ipv6 = one.http_protocol_ipv6;
        answer.http_put_response_hop_limit = one.http_put_response_hop_limit;
        answer.http_tokens = one.http_tokens;
        answer.instance_metadata_tags = one.instance_metadata_tags;
    });
}

void show_place(const RequestLaunchTemplateData& from, ResponseLaunchTemplateData& to)
{
    show(from.placement, to.placement, [](const auto& one, auto& answer) {
        answer.affinity = one.affinity;
        answer.availability_zone = one.availability_zone;
        answer.availability_zone_id = one.availability_zone_id;
        answer.group_id = one.group_id;
        answer.group_name = one.group_name;
        answer.host_id = one.host_id;
        answer.partition_number = one.partition_number;
        answer.tenancy = one.tenancy;
    });
    show(from.private_dns_name_options, to.private_dns_name_options,
         [](const auto& one, auto& answer) {
             answer.enable_resource_name_dns_aaaa_record = one.enable_resource_name_dns_aaaa_record;
             answer.enable_resource_name_dns_a_record = one.enable_resource_name_dns_a_record;
             answer.hostname_type = one.hostname_type;
         });
}

LaunchTemplateInstanceNetworkInterfaceSpecification interface_answer(
    const LaunchTemplateInstanceNetworkInterfaceSpecificationRequest& from)
{
    LaunchTemplateInstanceNetworkInterfaceSpecification to;
    to.associate_public_ip_address = from.associate_public_ip_address;
    show(from.connection_tracking_specification, to.connection_tracking_specification,
         [](const auto& one, auto& answer) {
             answer.tcp_established_timeout = one.tcp_established_timeout;
             answer.udp_stream_timeout = one.udp_stream_timeout;
             answer.udp_timeout = one.udp_timeout;
         });
    to.delete_on_termination = from.delete_on_termination;
    to.description = from.description;
    to.device_index = from.device_index;
    to.ena_queue_count = from.ena_queue_count;
    show(from.ena_srd_specification, to.ena_srd_specification, [](const auto& one, auto& answer) {
        answer.ena_srd_enabled = one.ena_srd_enabled;
        show(one.ena_srd_udp_specification, answer.ena_srd_udp_specification,
             [](const auto& udp, auto& shown) {
                 shown.ena_srd_udp_enabled = udp.ena_srd_udp_enabled;
             });
    });
    to.groups = from.groups;
    to.interface_type = from.interface_type;
    to.ipv4_prefix_count = from.ipv4_prefix_count;
    for (const auto& one : from.ipv4_prefixes) {
        to.ipv4_prefixes.push_back({.ipv4_prefix = one.ipv4_prefix});
    }
    to.ipv6_address_count = from.ipv6_address_count;
    for (const auto& one : from.ipv6_addresses) {
        to.ipv6_addresses.push_back({.ipv6_address = one.ipv6_address, .is_primary_ipv6 = {}});
    }
    to.ipv6_prefix_count = from.ipv6_prefix_count;
    for (const auto& one : from.ipv6_prefixes) {
        to.ipv6_prefixes.push_back({.ipv6_prefix = one.ipv6_prefix});
    }
    to.network_card_index = from.network_card_index;
    to.network_interface_id = from.network_interface_id;
    to.primary_ipv6 = from.primary_ipv6;
    to.private_ip_address = from.private_ip_address;
    to.private_ip_addresses = from.private_ip_addresses;
    to.secondary_private_ip_address_count = from.secondary_private_ip_address_count;
    to.subnet_id = from.subnet_id;
    return to;
}

void show_network(const RequestLaunchTemplateData& from, ResponseLaunchTemplateData& to)
{
    to.security_group_ids = from.security_group_ids;
    to.security_groups = from.security_groups;
    for (const auto& one : from.network_interfaces) {
        to.network_interfaces.push_back(interface_answer(one));
    }
}

void show_profile(const RequestLaunchTemplateData& from, ResponseLaunchTemplateData& to)
{
    show(from.iam_instance_profile, to.iam_instance_profile, [](const auto& one, auto& answer) {
        answer.arn = one.arn;
        answer.name = one.name;
    });
}

void show_care(const RequestLaunchTemplateData& from, ResponseLaunchTemplateData& to)
{
    show(from.capacity_reservation_specification, to.capacity_reservation_specification,
         [](const auto& one, auto& answer) {
             answer.capacity_reservation_preference = one.capacity_reservation_preference;
             show(one.capacity_reservation_target, answer.capacity_reservation_target,
                  [](const auto& target, auto& shown) {
                      shown.capacity_reservation_id = target.capacity_reservation_id;
                  });
         });
    show(from.maintenance_options, to.maintenance_options,
         [](const auto& one, auto& answer) { answer.auto_recovery = one.auto_recovery; });
    show(from.monitoring, to.monitoring,
         [](const auto& one, auto& answer) { answer.enabled = one.enabled; });
    show(from.network_performance_options, to.network_performance_options,
         [](const auto& one, auto& answer) {
             answer.bandwidth_weighting = one.bandwidth_weighting;
         });
}

/// What the parameters of a version say, which were checked when it was made.
RequestLaunchTemplateData data_of(const LaunchParameters& parameters)
{
    const wire::Parameters named(parameters);
    RequestLaunchTemplateData data;
    fill(named.root(), data);
    return data;
}

LaunchTemplateVersion version_answer(const LaunchTemplateVersionRow& row)
{
    const auto data = data_of(read_parameters(row.parameters));
    LaunchTemplateVersion answer;
    answer.create_time = Timestamp{row.create_time_ms};
    answer.created_by = row.created_by;
    answer.default_version = row.is_default;
    answer.launch_template_id = row.template_id.text();
    answer.launch_template_name = row.name;
    answer.operator_value = OperatorResponse{.managed = false};
    answer.version_description = row.description;
    answer.version_number = row.version;
    auto& shown = answer.launch_template_data.emplace();
    show_simple(data, shown);
    show_processors(data, shown);
    show_market(data, shown);
    show_metadata_options(data, shown);
    show_place(data, shown);
    show_care(data, shown);
    show_profile(data, shown);
    show_network(data, shown);
    return answer;
}

std::vector<LaunchTemplateVersion> version_answers(Session&,
                                                   std::vector<LaunchTemplateVersionRow>&& rows)
{
    std::vector<LaunchTemplateVersion> answers;
    for (const auto& row : rows) {
        answers.push_back(version_answer(row));
    }
    return answers;
}

/// Puts the image that is meant in place of a parameter's name, if that is wished.
/// Source: ResolveAlias (documented); that a parameter that cannot be resolved fails the call as it
/// would a launch is assumed.
void show_image(Session& session, const std::optional<bool>& resolve_alias,
                LaunchTemplateVersion& answer)
{
    auto& image = answer.launch_template_data->image_id;
    if (resolve_alias.value_or(false) && image && names_parameter(*image)) {
        image = resolve_image(session, *image).text();
    }
}

CreateLaunchTemplateVersionResponse created_answer(
    Session& session, const CreateLaunchTemplateVersionRequest& request,
    const LaunchTemplateVersionRow& row)
{
    auto answer = version_answer(row);
    show_image(session, request.resolve_alias, answer);
    return {.launch_template_version = std::move(answer), .warning = {}};
}

using VersionsRequest = DescribeLaunchTemplateVersionsRequest;

/// Source: of all templates $Latest and $Default alone, of one any (documented); the refusals are
/// observed, that MinVersion and MaxVersion of all are refused as no version is assumed.
void choose_of_all(const VersionsRequest& request, ListQuery& wanted)
{
    const auto has = [&](std::string_view one) {
        return std::ranges::find(request.versions, one) != request.versions.end();
    };
    if (request.versions.empty() || request.min_version || request.max_version) {
        throw launch_template_versions_unchosen();
    }
    for (const auto& version : request.versions) {
        if (version != "$Latest" && version != "$Default") {
            throw launch_template_versions_of_all_by_number();
        }
    }
    std::string either = " AND (0";
    either += has("$Default") ? " OR l.default_version = v.version" : "";
    either += has("$Latest") ? " OR v.version = " + std::string(kLatestVersion) : "";
    wanted.also.sql(either + ")");
}

void choose_of_one(Session& session, const VersionsRequest& request, ListQuery& wanted)
{
    const auto row =
        require_launch_template(session, request.launch_template_id, request.launch_template_name);
    wanted.also.part(" AND v.template_id = ?", row.id);
    if (request.min_version) {
        wanted.also.part(" AND v.version >= ?",
                         require_version(session, row, request.min_version).version);
    }
    if (request.max_version) {
        wanted.also.part(" AND v.version <= ?",
                         require_version(session, row, request.max_version).version);
    }
    for (const auto& version : request.versions) {
        wanted.ids.push_back(require_version(session, row, version).place);
    }
}

void choose_versions(Session& session, const VersionsRequest& request, ListQuery& wanted)
{
    if (!request.versions.empty() && (request.min_version || request.max_version)) {
        throw parameters_not_together("launchTemplateVersion", "minVersion");
    }
    if (is_given(request.launch_template_id) || is_given(request.launch_template_name)) {
        choose_of_one(session, request, wanted);
    } else {
        choose_of_all(request, wanted);
    }
}

constexpr DescribeSpec kDescribe{
    .schema = kDescribeLaunchTemplateVersions,
    .page = {.usual = 200, .largest = 200},
    .resolve = &choose_versions,
    .select = &select_page<kLaunchTemplateVersionList>,
    .key = &key_by<&LaunchTemplateVersionRow::place>,
    .answers = &version_answers,
    .into = &DescribeLaunchTemplateVersionsResponse::launch_template_versions};

/// Source: the default version cannot be deleted (documented); that it is told so is assumed.
void delete_one(Session& session, const LaunchTemplateRow& row, const std::string& version,
                DeleteLaunchTemplateVersionsResponse& answer)
{
    try {
        const auto found = require_version(session, row, version);
        if (found.is_default) {
            throw operation_not_permitted("The default version cannot be deleted.");
        }
        delete_launch_template_version(session.db(), row.id, found.version);
        DeleteLaunchTemplateVersionsResponseSuccessItem item;
        item.launch_template_id = row.id.text();
        item.launch_template_name = row.name;
        item.version_number = found.version;
        answer.successfully_deleted_launch_template_versions.push_back(std::move(item));
    } catch (const ApiError& refusal) {
        const bool is_unknown = refusal.code == kUnknownLaunchTemplateVersion;
        DeleteLaunchTemplateVersionsResponseErrorItem item;
        item.launch_template_id = row.id.text();
        item.launch_template_name = row.name;
        item.response_error = ResponseError{
            .code = is_unknown ? "launchTemplateVersionDoesNotExist" : "unexpectedError",
            .message = refusal.what()};
        answer.unsuccessfully_deleted_launch_template_versions.push_back(std::move(item));
    }
}

}  // namespace

void check_launch_template_data(const RequestLaunchTemplateData& data)
{
    if (is_given(data.image_id) && !names_parameter(*data.image_id)) {
        parse_id<ImageId>(*data.image_id);
    }
    check_kernel(data.kernel_id, data.ram_disk_id);
    check_template_requirements(data);
    checked_licenses(data.license_specifications);
    for (const auto& group : data.security_group_ids) {
        parse_id<SecurityGroupId>(group);
    }
    if (data.user_data && !wire::decode_base64(*data.user_data)) {
        throw malformed_user_data();
    }
}

LaunchTemplateVersionRow insert_launch_template_version(
    Session& session, const LaunchTemplateId& id, std::int64_t version,
    const std::optional<std::string>& description, const LaunchParameters& parameters)
{
    if (description) {
        check_ascii(*description, "VersionDescription", kMostDescription);
    }
    const auto data = data_of(parameters);
    LaunchTemplateVersionRow row{.template_id = id, .version = version, .description = description};
    row.create_time_ms = session.now_ms();
    row.created_by = caller_arn(session);
    row.parameters = write_parameters(parameters);
    row.image_id = data.image_id;
    row.kernel_id = data.kernel_id;
    row.ram_disk_id = data.ram_disk_id;
    row.instance_type = data.instance_type;
    if (data.ebs_optimized) {
        row.ebs_optimized = *data.ebs_optimized ? "true" : "false";
    }
    if (data.metadata_options) {
        row.http_endpoint = data.metadata_options->http_endpoint;
        row.http_tokens = data.metadata_options->http_tokens;
    }
    if (data.iam_instance_profile) {
        row.iam_instance_profile = data.iam_instance_profile->arn;
    }
    row.licenses = checked_licenses(data.license_specifications);
    insert_row<kLaunchTemplateVersionColumns>(session.db(), row);
    return *select_launch_template_version(session.db(), id, version);
}

// Source: EC2 API Reference, CreateLaunchTemplateVersion: the source's data with what is new laid
// over it (documented); that a type over a source's requirements, or the other way round, is
// refused as both in one request is assumed.
CreateLaunchTemplateVersionResponse create_launch_template_version(
    Session& session, const CreateLaunchTemplateVersionRequest& request)
{
    check_launch_template_data(request.launch_template_data);
    stop_if_dry_run(request);
    const auto row =
        require_launch_template(session, request.launch_template_id, request.launch_template_name);
    const auto operation = kCreateLaunchTemplateVersion.name;
    if (const auto made =
            made_before(session, operation, request.client_token, kMostTemplateToken)) {
        return created_answer(session, request, require_version(session, row, made));
    }
    auto parameters = read_parameters(session.fingerprint(), "LaunchTemplateData.");
    if (is_given(request.source_version)) {
        const auto source = require_version(session, row, request.source_version);
        parameters = laid_over(read_parameters(source.parameters), parameters);
        check_template_requirements(data_of(parameters));
    }
    // Numbers are not given twice, so that there are fewer than have been given.
    if (row.next_version > kMostVersions &&
        count_launch_template_versions(session.db(), row.id) >= kMostVersions) {
        throw too_many_versions(kMostVersions);
    }
    set_next_version(session.db(), row.id, row.next_version + 1);
    const auto version = insert_launch_template_version(session, row.id, row.next_version,
                                                        request.version_description, parameters);
    remember_token(session, operation, request.client_token, std::to_string(version.version));
    return created_answer(session, request, version);
}

// Source: EC2 API Reference, DescribeLaunchTemplateVersions (documented); the newest first
// (observed).
DescribeLaunchTemplateVersionsResponse describe_launch_template_versions(
    Session& session, const DescribeLaunchTemplateVersionsRequest& request)
{
    auto answer = describe<kDescribe>(session, request);
    for (auto& version : answer.launch_template_versions) {
        show_image(session, request.resolve_alias, version);
    }
    return answer;
}

// Source: EC2 API Reference, DeleteLaunchTemplateVersions: each for itself (documented).
DeleteLaunchTemplateVersionsResponse delete_launch_template_versions(
    Session& session, const DeleteLaunchTemplateVersionsRequest& request)
{
    if (request.versions.size() > kMostDeleted) {
        throw too_many_given(request.versions.size(), kMostDeleted, "launch template versions");
    }
    stop_if_dry_run(request);
    const auto row =
        require_launch_template(session, request.launch_template_id, request.launch_template_name);
    DeleteLaunchTemplateVersionsResponse answer;
    for (const auto& version : request.versions) {
        delete_one(session, row, version, answer);
    }
    return answer;
}

namespace {

constexpr Operation kOperations[] = {
    write<create_launch_template_version>(kCreateLaunchTemplateVersion),
    read<describe_launch_template_versions>(kDescribeLaunchTemplateVersions),
    write<delete_launch_template_versions>(kDeleteLaunchTemplateVersions, {.frees_space = true}),
};

}  // namespace

constinit const Family kLaunchTemplateVersions{.operations = kOperations};

}  // namespace amilab::ec2
