#pragma once

#include <span>

#include "storage/metadata/sql/filter.h"

namespace amilab {

/// How the filters of DescribeInstances and DescribeInstanceStatus are asked of `instance i`,
/// joined with its zone `z`. What is missing belongs to features that amilab does not have and
/// matches nothing.
/// Source: EC2 API Reference, DescribeInstances and DescribeInstanceStatus (documented).
std::span<const FilterColumn> instance_filter_columns();
std::span<const FilterColumn> status_filter_columns();

}  // namespace amilab
