#include "server/services/ec2/common/former_images.h"

#include "storage/base/units.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/tags/tag_rows.h"
#include "storage/state/settings.h"

namespace amilab::ec2 {

namespace {

constexpr TimeMs kKnownMs = 7 * kDayMs;

void forget_later(Session& session, const ImageId& id)
{
    session.schedule_at(session.now_ms() + kKnownMs, kImageForgotten, id.text());
}

/// Whether the id would not stay unknown: the server makes its catalogue's images at each start,
/// and one that adopts makes up what is named. Asked anew each time, for the next start may be
/// another's.
bool would_come_back(const Settings& settings, const ImageId& id)
{
    return settings.makes_image(id) || settings.catalogue().unknown_images == UnknownImages::kAdopt;
}

}  // namespace

void end_image(Session& session, const ImageId& id)
{
    mark_image_deregistered(session.db(), id);
    delete_all_tags(session.db(), id.text());
    forget_later(session, id);
}

void image_forgotten(Session& session, const ImageId& id)
{
    if (would_come_back(session.settings(), id) || !delete_former_image(session.db(), id)) {
        forget_later(session, id);
    }
}

}  // namespace amilab::ec2
