#include "server/services/ec2/common/former_images.h"

#include "storage/base/units.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/tags/tag_rows.h"
#include "storage/state/generation.h"

namespace amilab::ec2 {

namespace {

constexpr TimeMs kKnownMs = 7 * kDayMs;

void forget_later(Session& session, const ImageId& id)
{
    // What the server makes of its catalogue's files at each start would be there again.
    if (!session.generation().makes_image(id)) {
        session.schedule_at(session.now_ms() + kKnownMs, kImageForgotten, id.text());
    }
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
    if (!delete_former_image(session.db(), id)) {
        forget_later(session, id);
    }
}

}  // namespace amilab::ec2
