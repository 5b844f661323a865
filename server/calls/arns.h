#pragma once

#include <string>
#include <string_view>

#include "server/calls/session.h"

/// Amazon resource names. Source: "Amazon Resource Names" (documented).
namespace amilab {

/// The ARN of an EC2 resource of the caller: arn:aws:ec2:us-east-1:123456789012:subnet/subnet-0...
std::string resource_arn(const Session& session, std::string_view resource, std::string_view id);

/// The ARN of a parameter: arn:aws:ssm:us-east-1:123456789012:parameter/name; public ones have no
/// account.
std::string parameter_arn(std::string_view region, std::string_view account, std::string_view name);

}  // namespace amilab
