#include "server/services/ec2/images/allowed_images.h"
#include "server/wire/ec2/images/allowed_images.h"
#include "server/wire/ec2/schema.h"

#include "server/calls/errors.h"
#include "server/calls/request_values.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/image_names.h"
#include "server/wire/types.h"
#include "storage/metadata/images/allowed_image_rows.h"
#include "storage/metadata/images/image_words.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, ImageCriterionRequest (documented); codes and texts of the refusals
// are assumed.
constexpr std::size_t kMostCriteria = 10;
constexpr std::size_t kMostProviders = 200;
constexpr std::size_t kMostNames = 50;
constexpr std::size_t kMostProductCodes = 50;
constexpr std::size_t kMostWatermarks = 50;
constexpr std::size_t kLongestName = 128;
constexpr std::size_t kShortestNameWithMark = 3;
constexpr std::size_t kLongestProductCode = 25;
constexpr std::string_view kNone = "none";

// Names of the limits of a scan, as rows and answers have them.
constexpr std::string_view kScanDays = "daysSinceScan";
constexpr std::string_view kSeverity = "severity";
constexpr std::string_view kInformational = "daysSinceInformationalFix";
constexpr std::string_view kLow = "daysSinceLowFix";
constexpr std::string_view kMedium = "daysSinceMediumFix";
constexpr std::string_view kHigh = "daysSinceHighFix";
constexpr std::string_view kCritical = "daysSinceCriticalFix";

void check_count(std::size_t count, std::size_t most, std::string_view what)
{
    if (count > most) {
        throw image_criterion_limit_exceeded(what, most);
    }
}

void check_providers(const std::vector<std::string>& providers)
{
    check_count(providers.size(), kMostProviders, "image providers");
    for (const auto& provider : providers) {
        if (provider == kNone && providers.size() > 1) {
            throw invalid_image_criterion(provider, "imageProvider",
                                          "No other values can be specified beside none.");
        }
        if (provider != kNone && !find_word<OwnerAlias>(provider) &&
            !wire::is_account_id(provider)) {
            throw invalid_image_criterion(
                provider, "imageProvider",
                "Expected an account ID, amazon, aws-marketplace, aws-backup-vault or none.");
        }
    }
}

void check_product_codes(const std::vector<std::string>& codes)
{
    check_count(codes.size(), kMostProductCodes, "Marketplace product codes");
    for (const auto& code : codes) {
        if (code.empty() || code.size() > kLongestProductCode || !has_only(code, "")) {
            throw invalid_image_criterion(code, "marketplaceProductCode",
                                          "Expected 1 to 25 letters and digits.");
        }
    }
}

void check_names(const std::vector<std::string>& names)
{
    check_count(names.size(), kMostNames, "image names");
    for (const auto& name : names) {
        constexpr std::string_view kMarks = "()[]./-'@_*? ";
        const auto shortest = name.find('?') != std::string::npos ? kShortestNameWithMark : 1;
        if (!has_only(name, kMarks) || name.size() < shortest || name.size() > kLongestName) {
            throw invalid_image_criterion(name, "imageName",
                                          "Expected 1 to 128 characters of an image name, * and ?; "
                                          "at least 3 with a ?.");
        }
    }
}

std::vector<WatermarkCriterion> parse_watermarks(
    const std::vector<ImageWatermarkFilterRequest>& filters)
{
    check_count(filters.size(), kMostWatermarks, "image watermarks");
    std::vector<WatermarkCriterion> watermarks;
    for (const auto& filter : filters) {
        watermarks.push_back(
            {.key = filter.watermark_key,
             .source_region = filter.source_image_region,
             .most_days_since_source_created = filter.maximum_days_since_source_image_created,
             .most_days_since_created = filter.maximum_days_since_watermark_created});
    }
    return watermarks;
}

void put_days(ScanCriterion& scan, std::string_view name, const std::optional<std::int64_t>& days)
{
    if (days) {
        scan.emplace(name, std::to_string(*days));
    }
}

ScanCriterion parse_scan(const std::optional<ScanResultConditionRequest>& condition)
{
    ScanCriterion scan;
    if (!condition) {
        return scan;
    }
    put_days(scan, kScanDays, condition->max_days_since_last_finding_scan);
    put_days(scan, kInformational, condition->max_days_since_informational_fix_available);
    put_days(scan, kLow, condition->max_days_since_low_fix_available);
    put_days(scan, kMedium, condition->max_days_since_medium_fix_available);
    put_days(scan, kHigh, condition->max_days_since_high_fix_available);
    put_days(scan, kCritical, condition->max_days_since_critical_fix_available);
    if (condition->maximum_severity_label) {
        scan.emplace(kSeverity, *condition->maximum_severity_label);
    }
    return scan;
}

AllowedImageCriterion parse_criterion(const ImageCriterionRequest& request)
{
    check_providers(request.image_providers);
    check_product_codes(request.marketplace_product_codes);
    check_names(request.image_names);
    AllowedImageCriterion criterion;
    criterion.providers = request.image_providers;
    criterion.product_codes = request.marketplace_product_codes;
    criterion.names = request.image_names;
    if (const auto& condition = request.deprecation_time_condition) {
        criterion.most_days_since_deprecated = condition->maximum_days_since_deprecated;
    }
    if (const auto& condition = request.creation_date_condition) {
        criterion.most_days_since_created = condition->maximum_days_since_created;
    }
    criterion.watermarks = parse_watermarks(request.image_watermarks);
    criterion.scan = parse_scan(request.scan_result_condition);
    const bool says_nothing = criterion.providers.empty() && criterion.product_codes.empty() &&
                              criterion.names.empty() && !criterion.most_days_since_deprecated &&
                              !criterion.most_days_since_created && criterion.watermarks.empty() &&
                              criterion.scan.empty();
    if (says_nothing) {
        throw invalid_parameter_value("Each image criterion must say something of the image.");
    }
    return criterion;
}

std::optional<std::int64_t> find_days(const ScanCriterion& scan, std::string_view name)
{
    const auto found = scan.find(std::string(name));
    return found != scan.end() ? std::optional<std::int64_t>(std::stoll(found->second))
                               : std::nullopt;
}

ScanResultCondition scan_answer(const ScanCriterion& scan)
{
    ScanResultCondition answer;
    answer.max_days_since_last_finding_scan = find_days(scan, kScanDays);
    answer.max_days_since_informational_fix_available = find_days(scan, kInformational);
    answer.max_days_since_low_fix_available = find_days(scan, kLow);
    answer.max_days_since_medium_fix_available = find_days(scan, kMedium);
    answer.max_days_since_high_fix_available = find_days(scan, kHigh);
    answer.max_days_since_critical_fix_available = find_days(scan, kCritical);
    const auto severity = scan.find(std::string(kSeverity));
    if (severity != scan.end()) {
        answer.maximum_severity_label = severity->second;
    }
    return answer;
}

ImageCriterion criterion_answer(AllowedImageCriterion criterion)
{
    ImageCriterion answer;
    answer.image_providers = std::move(criterion.providers);
    answer.marketplace_product_codes = std::move(criterion.product_codes);
    answer.image_names = std::move(criterion.names);
    if (criterion.most_days_since_deprecated) {
        answer.deprecation_time_condition = DeprecationTimeCondition{
            .maximum_days_since_deprecated = criterion.most_days_since_deprecated};
    }
    if (criterion.most_days_since_created) {
        answer.creation_date_condition =
            CreationDateCondition{.maximum_days_since_created = criterion.most_days_since_created};
    }
    for (auto& watermark : criterion.watermarks) {
        ImageWatermarkFilterResponse filter;
        filter.watermark_key = std::move(watermark.key);
        filter.source_image_region = std::move(watermark.source_region);
        filter.maximum_days_since_source_image_created = watermark.most_days_since_source_created;
        filter.maximum_days_since_watermark_created = watermark.most_days_since_created;
        answer.image_watermarks.push_back(std::move(filter));
    }
    if (!criterion.scan.empty()) {
        answer.scan_result_condition = scan_answer(criterion.scan);
    }
    return answer;
}

}  // namespace

// Source: EC2 API Reference, EnableAllowedImagesSettings (documented).
EnableAllowedImagesSettingsResponse enable_allowed_images_settings(
    Session& session, const EnableAllowedImagesSettingsRequest& request)
{
    stop_if_dry_run(request);
    const auto& state = request.allowed_images_settings_state;
    write_allowed_images_state(session.db(), session.account(), session.region(),
                               to_word<AllowedImages>(state));
    return {.allowed_images_settings_state = state};
}

// Source: EC2 API Reference, DisableAllowedImagesSettings (documented); the criteria stay
// (assumed).
DisableAllowedImagesSettingsResponse disable_allowed_images_settings(
    Session& session, const DisableAllowedImagesSettingsRequest& request)
{
    stop_if_dry_run(request);
    write_allowed_images_state(session.db(), session.account(), session.region(),
                               AllowedImages::kDisabled);
    return {.allowed_images_settings_state = std::string(text_of(AllowedImages::kDisabled))};
}

// Source: EC2 API Reference, GetAllowedImagesSettings (documented).
GetAllowedImagesSettingsResponse get_allowed_images_settings(
    Session& session, const GetAllowedImagesSettingsRequest& request)
{
    stop_if_dry_run(request);
    auto settings =
        select_allowed_images_settings(session.db(), session.account(), session.region());
    GetAllowedImagesSettingsResponse response;
    response.state = std::string(text_of(settings.state));
    response.managed_by = "account";
    for (auto& criterion : settings.criteria) {
        response.image_criteria.push_back(criterion_answer(std::move(criterion)));
    }
    return response;
}

// Source: EC2 API Reference, ReplaceImageCriteriaInAllowedImagesSettings (documented).
ReplaceImageCriteriaInAllowedImagesSettingsResponse
replace_image_criteria_in_allowed_images_settings(
    Session& session, const ReplaceImageCriteriaInAllowedImagesSettingsRequest& request)
{
    check_count(request.image_criteria.size(), kMostCriteria, "image criteria");
    std::vector<AllowedImageCriterion> criteria;
    for (const auto& criterion : request.image_criteria) {
        criteria.push_back(parse_criterion(criterion));
    }
    stop_if_dry_run(request);
    replace_image_criteria(session.db(), session.account(), session.region(), criteria);
    return {.return_value = true};
}

bool is_allowed_image(Session& session, std::string_view region, const ImageId& id)
{
    const auto settings = select_allowed_images_in_force(session.db(), session.account(), region);
    return settings.state != AllowedImages::kEnabled ||
           !select_allowed_images(session.db(), settings, session.account(), session.now_ms(),
                                  {&id, 1})
                .empty();
}

std::vector<std::optional<bool>> allowed_marks(Session& session,
                                               const AllowedImagesSettings& settings,
                                               std::size_t count,
                                               const std::function<ImageId(std::size_t)>& id_of)
{
    std::vector<std::optional<bool>> marks(count);
    if (settings.state == AllowedImages::kDisabled) {
        return marks;
    }
    std::vector<ImageId> ids;
    ids.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        ids.push_back(id_of(i));
    }
    const auto allowed =
        select_allowed_images(session.db(), settings, session.account(), session.now_ms(), ids);
    for (std::size_t i = 0; i < count; ++i) {
        marks[i] = allowed.contains(ids[i]);
    }
    return marks;
}

// Source: EC2 User Guide, "Allowed AMIs" (documented); that an image which they exclude is refused
// like one that is not shared is assumed. The refusals of invisible images and of missing
// subscriptions are observed.
ImageRow require_permitted_image(Session& session, const ImageId& id)
{
    auto image = select_visible_image(session.db(), session.account(), session.region(), id);
    if (!image) {
        throw image_exists(session.db(), session.region(), id) ? not_authorized_for_images(id)
                                                               : not_found(id);
    }
    if (!is_allowed_image(session, session.region(), id)) {
        throw not_authorized_for_images(id);
    }
    require_subscribed(session, id.text());
    return std::move(*image);
}

namespace {

constexpr Operation kOperations[] = {
    write<disable_allowed_images_settings>(kDisableAllowedImagesSettings),
    write<enable_allowed_images_settings>(kEnableAllowedImagesSettings),
    read<get_allowed_images_settings>(kGetAllowedImagesSettings),
    write<replace_image_criteria_in_allowed_images_settings>(
        kReplaceImageCriteriaInAllowedImagesSettings),
};

}  // namespace

constinit const Family kAllowedImages{.operations = kOperations};

}  // namespace amilab::ec2
