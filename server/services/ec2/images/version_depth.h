#pragma once

#include <string>
#include <vector>

namespace amilab::ec2 {

/// How many versions of a launch template are looked at. Throws InvalidParameterValue unless it is
/// one whole number from 1 to 10,000 (documented).
void check_version_depth(const std::vector<std::string>& values);

}  // namespace amilab::ec2
