#include "server/services/ec2/common/partition_regions.h"

#include "storage/metadata/regions/partitions.h"
#include "storage/state/settings.h"

namespace amilab::ec2 {

bool is_region_of_partition(Session& session, std::string_view region)
{
    return session.settings().region_exists(region) &&
           partition_of(region) == partition_of(session.region());
}

}  // namespace amilab::ec2
