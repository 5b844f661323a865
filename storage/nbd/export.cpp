#include "storage/nbd/export.h"

#include <fmt/format.h>

#include "storage/base/units.h"

namespace amilab::nbd {

std::string ExportInfo::description() const
{
    return fmt::format("{} of {} GiB", is_read_only ? "snapshot" : "volume", size_bytes / kGiB);
}

}  // namespace amilab::nbd
