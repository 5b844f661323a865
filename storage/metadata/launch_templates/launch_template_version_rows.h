#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/metadata/launch_templates/launch_template_rows.h"

namespace amilab {

struct LaunchTemplateVersionRow {
    LaunchTemplateId template_id{};
    std::int64_t version = 0;
    std::optional<std::string> description{};
    TimeMs create_time_ms = 0;
    /// An ARN.
    std::string created_by{};
    /// The parameters of LaunchTemplateData, as Parameters::canonical() writes them.
    std::string parameters{};
    // What filters look at, of the parameters.
    std::optional<std::string> image_id{};
    std::optional<std::string> instance_type{};
    std::optional<std::string> ebs_optimized{};
    std::optional<std::string> http_endpoint{};
    std::optional<std::string> http_tokens{};
    /// An ARN.
    std::optional<std::string> iam_instance_profile{};
    std::optional<std::string> kernel_id{};
    std::optional<std::string> ram_disk_id{};
    /// ARNs.
    std::vector<std::string> licenses{};
    // Read only.
    std::string name{};
    bool is_default = false;
    /// Where it stands in lists: the newest first.
    std::string place{};
};

inline constexpr std::string_view kVersionPlace =
    "(v.template_id || printf('/%010d', 9999999999 - v.version))";
inline constexpr auto kLaunchTemplateVersionColumns = columns<LaunchTemplateVersionRow>(
    "launch_template_version", "v", text<&LaunchTemplateVersionRow::template_id>("template_id"),
    integer<&LaunchTemplateVersionRow::version>("version"),
    text<&LaunchTemplateVersionRow::description>("description"),
    time<&LaunchTemplateVersionRow::create_time_ms>("create_time_ms"),
    text<&LaunchTemplateVersionRow::created_by>("created_by"),
    text<&LaunchTemplateVersionRow::parameters>("parameters"),
    text<&LaunchTemplateVersionRow::image_id>("image_id"),
    text<&LaunchTemplateVersionRow::instance_type>("instance_type"),
    text<&LaunchTemplateVersionRow::ebs_optimized>("ebs_optimized"),
    text<&LaunchTemplateVersionRow::http_endpoint>("http_endpoint"),
    text<&LaunchTemplateVersionRow::http_tokens>("http_tokens"),
    text<&LaunchTemplateVersionRow::iam_instance_profile>("iam_instance_profile"),
    text<&LaunchTemplateVersionRow::kernel_id>("kernel_id"),
    text<&LaunchTemplateVersionRow::ram_disk_id>("ram_disk_id"),
    list<&LaunchTemplateVersionRow::licenses>("licenses"),
    text<&LaunchTemplateVersionRow::name>("name").as("l.name"),
    flag<&LaunchTemplateVersionRow::is_default>("is_default").as("l.default_version = v.version"),
    text<&LaunchTemplateVersionRow::place>("place").as(kVersionPlace));
/// Source: EC2 API Reference, DescribeLaunchTemplateVersions (documented); what is missing belongs
/// to features that amilab does not have and matches nothing.
inline constexpr FilterColumn kLaunchTemplateVersionFilters[] = {
    {"create-time", "create_time_ms"},
    {"ebs-optimized", "ebs_optimized"},
    {"http-endpoint", "http_endpoint"},
    {"http-tokens", "http_tokens"},
    {"iam-instance-profile", "iam_instance_profile"},
    {"image-id", "image_id"},
    {"instance-type", "instance_type"},
    {"is-default-version", "is_default"},
    {"kernel-id", "kernel_id"},
    {"license-configuration-arn", "licenses"},
    {"ram-disk-id", "ram_disk_id"},
};
inline constexpr Listing<LaunchTemplateVersionRow> kLaunchTemplateVersionList{
    .from = "launch_template_version v JOIN launch_template l ON l.id = v.template_id",
    .key = kVersionPlace,
    .owner = "l.owner",
    .region = "l.region",
    .columns = kLaunchTemplateVersionColumns,
    .filters = kLaunchTemplateVersionFilters};

std::optional<LaunchTemplateVersionRow> select_launch_template_version(Database& db,
                                                                       const LaunchTemplateId& id,
                                                                       std::int64_t version);
std::int64_t count_launch_template_versions(Database& db, const LaunchTemplateId& id);
void delete_launch_template_version(Database& db, const LaunchTemplateId& id, std::int64_t version);
void set_default_version(Database& db, const LaunchTemplateId& id, std::int64_t version);
void set_next_version(Database& db, const LaunchTemplateId& id, std::int64_t version);

}  // namespace amilab
