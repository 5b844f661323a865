#include "server/services/ec2/images/image_life.h"
#include "server/wire/ec2/images/image_life.h"
#include "server/wire/ec2/schema.h"

#include <chrono>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/images/errors.h"
#include "server/services/ec2/images/images.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_life_rows.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 User Guide, "Deprecate an AMI" (documented).
constexpr int kMostYearsAhead = 10;
constexpr int kMostYearsOfPublic = 2;

TimeMs years_after(TimeMs time_ms, int years)
{
    using std::chrono::floor;
    const std::chrono::sys_time<std::chrono::milliseconds> time{std::chrono::milliseconds(time_ms)};
    const auto day = floor<std::chrono::days>(time);
    auto date = std::chrono::year_month_day(day) + std::chrono::years(years);
    if (!date.ok()) {  // 29 February
        date = date.year() / date.month() / std::chrono::last;
    }
    const std::chrono::sys_time<std::chrono::milliseconds> shifted =
        std::chrono::sys_days(date) + (time - day);
    return shifted.time_since_epoch().count();
}

/// Source: seconds are rounded to the nearest minute; not in the past; ten years at most, for a
/// public image two from its creation (documented). The code and texts are assumed.
TimeMs check_deprecation_time(Session& session, const ImageRow& image, Timestamp wanted)
{
    const auto text = wire::format_timestamp(wanted);
    const auto latest = image.is_public ? years_after(image.creation_time_ms, kMostYearsOfPublic)
                                        : years_after(session.now_ms(), kMostYearsAhead);
    if (wanted.ms > latest) {
        throw invalid_value(text, "deprecateAt",
                            image.is_public
                                ? "A public AMI is deprecated two years after its creation at the "
                                  "latest."
                                : "It must be within 10 years from now.");
    }
    return (wanted.ms + kMinuteMs / 2) / kMinuteMs * kMinuteMs;
}

}  // namespace

// Source: EC2 API Reference, EnableImage (documented); an image that is not disabled stays as it is
// (assumed).
EnableImageResponse enable_image(Session& session, const EnableImageRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    require_image_in_use(session, id);
    set_image<&ImageRow::state>(session.db(), id, ImageState::kAvailable);
    return {.return_value = true};
}

// Source: EC2 API Reference, DisableImage (documented): whoever it was shared with loses it; one
// that is disabled already stays as it is (assumed).
DisableImageResponse disable_image(Session& session, const DisableImageRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    require_image_in_use(session, id);
    delete_all_launch_permissions(session.db(), id);
    set_image<&ImageRow::state>(session.db(), id, ImageState::kDisabled);
    return {.return_value = true};
}

// Source: EC2 API Reference, EnableImageDeprecation (documented).
EnableImageDeprecationResponse enable_image_deprecation(
    Session& session, const EnableImageDeprecationRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    if (request.deprecate_at.ms < session.now_ms()) {
        throw invalid_value(wire::format_timestamp(request.deprecate_at), "deprecateAt",
                            "The date can't be in the past.");
    }
    stop_if_dry_run(request);
    const auto image = require_changeable_image(session, id);
    const auto time_ms = check_deprecation_time(session, image, request.deprecate_at);
    set_image<&ImageRow::deprecation_time_ms>(session.db(), id, time_ms);
    return {.return_value = true};
}

// Source: EC2 User Guide, "Deprecate an AMI" (documented): a public image has to be made private
// first; the code is assumed.
DisableImageDeprecationResponse disable_image_deprecation(
    Session& session, const DisableImageDeprecationRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    if (require_changeable_image(session, id).is_public) {
        throw public_image_stays_deprecated(id);
    }
    set_image<&ImageRow::deprecation_time_ms>(session.db(), id, nullptr);
    return {.return_value = true};
}

// Source: EC2 API Reference, EnableImageDeregistrationProtection (documented); the names of the
// states are observed.
EnableImageDeregistrationProtectionResponse enable_image_deregistration_protection(
    Session& session, const EnableImageDeregistrationProtectionRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    require_changeable_image(session, id);
    set_image_protection(
        session.db(), id,
        {.protection = request.with_cooldown.value_or(false) ? ImageProtection::kWithCooldown
                                                             : ImageProtection::kWithoutCooldown});
    return {.return_value = "true"};
}

// Source: EC2 API Reference, DisableImageDeregistrationProtection (documented): with a cool-down it
// holds for another 24 hours. Disabling it again does not begin them anew (assumed).
DisableImageDeregistrationProtectionResponse disable_image_deregistration_protection(
    Session& session, const DisableImageDeregistrationProtectionRequest& request)
{
    const auto id = parse_id<ImageId>(request.image_id);
    stop_if_dry_run(request);
    require_changeable_image(session, id);
    auto row = select_image_protection(session.db(), id);
    if (row.protection == ImageProtection::kWithCooldown) {
        row.cooldown_end_ms = session.now_ms() + kDayMs;
    }
    row.protection = ImageProtection::kDisabled;
    set_image_protection(session.db(), id, row);
    return {.return_value = "true"};
}

void deprecate_public_image(Session& session, const ImageRow& image)
{
    const auto time_ms = years_after(image.creation_time_ms, kMostYearsOfPublic);
    if (image.deprecation_time_ms.value_or(time_ms) >= time_ms) {
        set_image<&ImageRow::deprecation_time_ms>(session.db(), image.id, time_ms);
    }
}

namespace {

constexpr Operation kOperations[] = {
    write<enable_image>(kEnableImage),
    write<disable_image>(kDisableImage),
    write<enable_image_deprecation>(kEnableImageDeprecation),
    write<disable_image_deprecation>(kDisableImageDeprecation),
    write<enable_image_deregistration_protection>(kEnableImageDeregistrationProtection),
    write<disable_image_deregistration_protection>(kDisableImageDeregistrationProtection),
};

}  // namespace

constinit const Family kImageLife{.operations = kOperations};

}  // namespace amilab::ec2
