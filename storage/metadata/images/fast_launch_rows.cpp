#include "storage/metadata/images/fast_launch_rows.h"

namespace amilab {

void put_fast_launch(Database& db, const FastLaunchRow& row)
{
    put_row<kFastLaunchColumns>(db, row);
}

std::optional<FastLaunchRow> select_fast_launch(Database& db, std::string_view owner,
                                                const ImageId& image)
{
    return select_row<kFastLaunchColumns>(
        db, "FROM fast_launch f WHERE f.image_id = ? AND f.owner = ?", image, owner);
}

void delete_fast_launch(Database& db, std::string_view owner, const ImageId& image)
{
    Statement(db, "DELETE FROM fast_launch WHERE image_id = ? AND owner = ?").execute(image, owner);
}

void delete_fast_launches_of(Database& db, const ImageId& image)
{
    Statement(db, "DELETE FROM fast_launch WHERE image_id = ?").execute(image);
}

}  // namespace amilab
