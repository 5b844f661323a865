#include "server/services/ec2/images/new_image.h"

#include <utility>

#include <fmt/format.h>

#include "server/calls/resource_tags.h"
#include "server/services/ec2/common/free_image_names.h"
#include "server/services/ec2/images/images.h"
#include "storage/base/units.h"
#include "storage/metadata/images/image_annotation_rows.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

namespace {

void complete_row(Session& session, ImageRow& row, bool is_available)
{
    if (row.id.text().empty()) {
        row.id = session.next_id<ImageId>();
    }
    if (row.owner.empty()) {
        row.owner = session.account();
    }
    if (row.location.empty()) {
        row.location = fmt::format("{}/{}", row.owner, row.name);
    }
    row.region = session.region();
    row.state = is_available ? ImageState::kAvailable : ImageState::kPending;
    // Source: whole seconds (observed; scripts parse exactly that).
    row.creation_time_ms = whole_seconds(session.now_ms());
}

}  // namespace

ImageRow new_image(Session& session, NewImage image)
{
    auto& row = image.row;
    complete_row(session, row, !image.available_ms);
    if (image.name == ImageName::kNew) {
        require_free_image_name(session.db(), row.owner, row.region, row.name);
    }
    insert_image(session.db(), row, image.uefi_data, image.mappings);
    store_tags(session, row.id, image.tags);
    for (const auto& source : image.product_codes_of) {
        copy_product_codes(session.db(), source, row.id.text());
    }
    if (image.watermarks_of) {
        copy_watermarks(session.db(), *image.watermarks_of, row.id);
    }
    if (image.available_ms) {
        session.schedule_at(*image.available_ms, kImageAvailable, row.id.text());
    }
    return std::move(row);
}

}  // namespace amilab::ec2
