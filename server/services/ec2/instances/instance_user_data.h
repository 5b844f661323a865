#pragma once

#include <optional>
#include <string>

namespace amilab::ec2 {

/// User data as it is stored and answered: base64 without line ends; nothing for none. Throws
/// InvalidUserData.Malformed, and InvalidParameterValue above 16 KiB of decoded bytes.
/// Source: EC2 User Guide, "Run commands at launch using user data" (documented); texts observed.
std::optional<std::string> check_user_data(const std::optional<std::string>& base64);
/// check_user_data() of bytes that no client has encoded yet.
std::optional<std::string> encode_user_data(const std::string& bytes);

}  // namespace amilab::ec2
