#include "storage/metadata/instances/instance_image_rows.h"

namespace amilab {

void move_image_allowed(ListQuery& wanted, const AllowedImagesSettings& settings)
{
    std::vector<RowFilter> others;
    for (auto& filter : wanted.filters) {
        if (filter.name == kImageAllowed) {
            append_allowed_filter(
                wanted.also, settings, wanted.owner, wanted.now_ms, filter,
                {.before = "EXISTS (SELECT 1 FROM all_image AS i WHERE i.id = n.image_id AND ",
                 .after = ")"});
        } else {
            others.push_back(std::move(filter));
        }
    }
    wanted.filters = std::move(others);
}

}  // namespace amilab
