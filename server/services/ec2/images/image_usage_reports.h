#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "storage/metadata/images/image_ids.h"

/// How other accounts use an image.
namespace amilab::ec2 {

extern const Family kImageUsageReports;

inline constexpr Delay kUsageReportPending{"image-usage-report.pending"};

inline constexpr Due kUsageReportExpired{"usage-report-expired"};

/// How many versions of a launch template are looked at. Throws InvalidParameterValue unless it is
/// one whole number from 1 to 10,000 (documented).
std::int64_t parse_version_depth(const std::vector<std::string>& values);

}  // namespace amilab::ec2
