#pragma once

#include <cstddef>
#include <string_view>

#include "storage/metadata/sql/sql_text.h"

/// Partitions: groups of regions that share accounts, ARNs and a domain, and nothing with another
/// group. Source: AWS General Reference, "Amazon Resource Names", "partition" (documented).
namespace amilab {

/// The partition of a region: aws-us-gov of us-gov-west-1, aws-cn of cn-north-1, else aws.
constexpr std::string_view partition_of(std::string_view region)
{
    if (region.starts_with("us-gov-")) {
        return "aws-us-gov";
    }
    return region.starts_with("cn-") ? "aws-cn" : "aws";
}

/// SQL: partition_of() of a column.
template <std::size_t kSize>
constexpr auto sql_partition(const SqlText<kSize>& region)
{
    return "iif(" + region + " GLOB 'us-gov-*', 'aws-us-gov', iif(" + region +
           " GLOB 'cn-*', 'aws-cn', 'aws'))";
}

/// SQL: the domain of a region's hosts.
template <std::size_t kSize>
constexpr auto sql_domain(const SqlText<kSize>& region)
{
    return "iif(" + region + " GLOB 'cn-*', 'amazonaws.com.cn', 'amazonaws.com')";
}

}  // namespace amilab
