#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct ImageTag {
    static constexpr std::string_view kPrefix = "ami";
};
struct UsageReportTag {
    static constexpr std::string_view kPrefix = "amiur";
};

using ImageId = Id<ImageTag>;
using UsageReportId = Id<UsageReportTag>;

}  // namespace amilab
