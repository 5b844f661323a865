#pragma once

#include "storage/base/ids.h"

namespace amilab {

struct ImageTag {
    static constexpr std::string_view kPrefix = "ami";
    static constexpr std::string_view kResourceType = "image";
    static constexpr std::string_view kMalformed = "InvalidAMIID.Malformed";
};
struct UsageReportTag {
    static constexpr std::string_view kPrefix = "amiur";
    static constexpr std::string_view kResourceType = "image-usage-report";
    static constexpr std::string_view kMalformed = "InvalidImageUsageReportId.Malformed";
};

using ImageId = Id<ImageTag>;
using UsageReportId = Id<UsageReportTag>;

}  // namespace amilab
