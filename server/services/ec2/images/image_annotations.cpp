#include "server/services/ec2/images/image_annotations.h"
#include "server/wire/ec2/images/image_annotations.h"
#include "server/wire/ec2/schema.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/image_names.h"
#include "server/services/ec2/images/images.h"
#include "server/wire/types.h"
#include "storage/metadata/images/image_annotation_rows.h"
#include "storage/metadata/sql/children.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

namespace {

// Source: "1-24 characters and match the pattern ^[A-Za-z0-9_.*-]+$", no two wildcards in a row,
// 100 entries a list (documented).
constexpr std::size_t kLongestPattern = 24;
constexpr std::size_t kMostPatterns = 100;

bool is_pattern(std::string_view text)
{
    return !text.empty() && text.size() <= kLongestPattern &&
           text.find("**") == std::string_view::npos && has_only(text, "_.*-");
}

/// Whether `text` is what `pattern` says, whose `*` stands for any characters.
bool matches(std::string_view pattern, std::string_view text)
{
    const auto star = pattern.find('*');
    if (star == std::string_view::npos) {
        return pattern == text;
    }
    if (text.substr(0, star) != pattern.substr(0, star)) {
        return false;
    }
    const auto rest = pattern.substr(star + 1);
    for (auto at = star; at <= text.size(); ++at) {
        if (matches(rest, text.substr(at))) {
            return true;
        }
    }
    return false;
}

bool matches_any(const std::vector<std::string>& patterns, std::string_view text)
{
    return std::any_of(patterns.begin(), patterns.end(),
                       [&](const std::string& pattern) { return matches(pattern, text); });
}

void check_patterns(const std::vector<std::string>& patterns, std::string_view parameter,
                    std::set<std::string_view>& seen)
{
    if (patterns.size() > kMostPatterns) {
        throw invalid_parameter_value(fmt::format("{} has {} entries; {} are allowed.", parameter,
                                                  patterns.size(), kMostPatterns));
    }
    for (const auto& pattern : patterns) {
        if (!is_pattern(pattern)) {
            throw invalid_value(pattern, parameter,
                                "Expected 1 to 24 letters, digits and . _ - *, no two * in a row.");
        }
        if (!seen.insert(pattern).second) {
            throw invalid_value(pattern, parameter, "It is there more than once.");
        }
    }
}

InstanceTypePatterns parse_patterns(const ReplaceImageInstanceTypeSpecificationRequest& request)
{
    if (!request.instance_type_specification) {
        return {};
    }
    InstanceTypePatterns patterns{request.instance_type_specification->supported_instance_types,
                                  request.instance_type_specification->unsupported_instance_types};
    std::set<std::string_view> seen;
    check_patterns(patterns.supported, "supportedInstanceType", seen);
    check_patterns(patterns.unsupported, "unsupportedInstanceType", seen);
    return patterns;
}

/// Source: accountId:watermarkName (documented).
void check_watermark_key(std::string_view key)
{
    const auto colon = key.find(':');
    if (colon == std::string_view::npos || !wire::is_account_id(key.substr(0, colon)) ||
        !is_image_name(key.substr(colon + 1))) {
        throw invalid_value(key, "watermarkKey", "Expected accountId:watermarkName.");
    }
}

}  // namespace

// Source: EC2 API Reference, AttachImageWatermark (documented): the owner's, not on public images;
// the code for those is assumed. One that is there already stays as it was (assumed).
AttachImageWatermarkResponse attach_image_watermark(Session& session,
                                                    const AttachImageWatermarkRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    if (!is_image_name(request.watermark_name)) {
        throw invalid_value(request.watermark_name, "watermarkName",
                            "Expected 3 to 128 letters, digits, spaces and ( ) [ ] . / - ' @ _");
    }
    stop_if_dry_run(request);
    const auto image = require_changeable_image(session, id);
    if (image.is_public) {
        throw operation_not_permitted(fmt::format(
            "The image '{}' is public: watermarks are for images that are not.", id.text()));
    }
    auto key = fmt::format("{}:{}", session.account(), request.watermark_name);
    insert_watermark(session.db(), id,
                     {.key = key,
                      .source_image_id = id.text(),
                      .source_image_region = session.region(),
                      .source_image_creation_time_ms = image.creation_time_ms,
                      .creation_time_ms = session.now_ms()});
    return {.watermark_key = std::move(key)};
}

// Source: EC2 API Reference, DetachImageWatermark (documented): one that is not there is no
// failure.
DetachImageWatermarkResponse detach_image_watermark(Session& session,
                                                    const DetachImageWatermarkRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    check_watermark_key(request.watermark_key);
    stop_if_dry_run(request);
    require_changeable_image(session, id);
    delete_watermark(session.db(), id, request.watermark_key);
    return {.return_value = true};
}

// Source: EC2 API Reference, ReplaceImageInstanceTypeSpecification (documented), not for
// Marketplace images; the codes are assumed.
ReplaceImageInstanceTypeSpecificationResponse replace_image_instance_type_specification(
    Session& session, const ReplaceImageInstanceTypeSpecificationRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    const auto patterns = parse_patterns(request);
    stop_if_dry_run(request);
    require_changeable_image(session, id);
    const auto codes = select_product_codes(session.db(), id.text());
    const bool is_sold = std::any_of(codes.begin(), codes.end(), [](const ProductCodeRow& code) {
        return code.type == ProductCodeType::kMarketplace;
    });
    const bool is_removal = patterns.supported.empty() && patterns.unsupported.empty();
    if (is_sold && !is_removal) {
        throw operation_not_permitted(
            fmt::format("The image '{}' has an AWS Marketplace product code: it cannot have an "
                        "instance type specification.",
                        id.text()));
    }
    replace_instance_type_patterns(session.db(), id, patterns);
    return {.return_value = true};
}

// Source: EC2 API Reference, GetImageFindings: findings are of images that Amazon Inspector has
// scanned (documented). It scans none here.
GetImageFindingsResponse get_image_findings(Session& session,
                                            const GetImageFindingsRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    const auto page =
        parse_page(request.max_results, request.next_token, {session, kGetImageFindings.name});
    stop_if_dry_run(request);
    const auto image = select_visible_image(session.db(), session.account(), session.region(), id);
    if (!image) {
        throw not_found(id);
    }
    if (image->state == ImageState::kDeregistered) {
        throw image_unavailable(id);
    }
    return {};
}

PageAnnotations::PageAnnotations(Session& session, const std::vector<std::string>& images)
    : watermarks_(select_watermarks(session.db(), images)),
      patterns_(select_instance_type_patterns(session.db(), images))
{
}

void PageAnnotations::add_to(Image& image, const std::string& id) const
{
    for (const auto& row : children_of(watermarks_, &WatermarkRow::image_id, id)) {
        auto& watermark = image.image_watermarks.emplace_back();
        watermark.watermark_key = row.key;
        watermark.source_image_region = row.source_image_region;
        watermark.source_image_id = row.source_image_id;
        watermark.source_image_creation_time = Timestamp{row.source_image_creation_time_ms};
        watermark.watermark_creation_time = Timestamp{row.creation_time_ms};
    }
    const auto patterns = children_of(patterns_, &InstanceTypePatternRow::image_id, id);
    if (patterns.empty()) {
        return;
    }
    auto& specification = image.instance_type_specification.emplace();
    for (const auto& row : patterns) {
        if (row.supported) {
            specification.supported_instance_types.push_back({.instance_type = row.pattern});
        } else {
            specification.unsupported_instance_types.push_back({.instance_type = row.pattern});
        }
    }
}

void require_instance_type_allowed(Session& session, const ImageRow& image, std::string_view type)
{
    if (!image.annotated) {
        return;
    }
    const auto patterns =
        to_patterns(select_instance_type_patterns(session.db(), std::vector{image.id.text()}));
    const bool is_supported = patterns.supported.empty() || matches_any(patterns.supported, type);
    if (!is_supported || matches_any(patterns.unsupported, type)) {
        throw instance_type_not_for_image(type, image.id);
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<attach_image_watermark>(kAttachImageWatermark),
    write<detach_image_watermark>(kDetachImageWatermark),
    write<replace_image_instance_type_specification>(kReplaceImageInstanceTypeSpecification),
    read<get_image_findings>(kGetImageFindings),
};

}  // namespace

constinit const Family kImageAnnotations{.operations = kOperations};

}  // namespace amilab::ec2
