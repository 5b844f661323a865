#include "server/services/ec2/common/free_image_names.h"

#include "server/services/ec2/common/errors.h"
#include "storage/metadata/images/image_rows.h"

namespace amilab::ec2 {

void require_free_image_name(Database& db, std::string_view owner, std::string_view region,
                             std::string_view name)
{
    if (const auto holder = select_image_named(db, owner, region, name)) {
        throw image_name_taken(name, *holder);
    }
}

}  // namespace amilab::ec2
