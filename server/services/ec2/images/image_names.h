#pragma once

#include <string_view>

namespace amilab::ec2 {

/// Whether `name` is one that AWS takes: 3 to 128 letters, digits, spaces and ( ) [ ] . / - ' @ _
bool is_image_name(std::string_view name);

/// Throws InvalidAMIName.Malformed unless it is.
/// Source: EC2 API Reference, RegisterImage and CreateImage (documented).
void check_image_name(std::string_view name);

}  // namespace amilab::ec2
