#pragma once

#include <string>
#include <string_view>

#include "server/calls/session.h"

/// Amazon resource names. Their second part is the partition of the region that is called:
/// aws, aws-us-gov or aws-cn. Source: "Amazon Resource Names" (documented).
namespace amilab {

/// The ARN of a resource: arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE. With a part of a resource, how
/// such ARNs begin.
std::string arn_of(std::string_view service, std::string_view region, std::string_view account,
                   std::string_view resource);

/// The ARN of a resource of IAM, which is of no region: arn:aws:iam::123456789012:role/name. With a
/// part of a resource, how such ARNs begin.
std::string iam_arn_of(std::string_view region, std::string_view account,
                       std::string_view resource);

/// An id of IAM's: what tells its kind, and 17 letters that hang on a digest. Source: the form is
/// documented.
std::string iam_id(std::string_view kind, std::string_view digest);

/// The id of a role: AROA and 17 letters. Source: the form is documented; the letters hang on its
/// name here, so that they stay the same.
std::string role_id(std::string_view account, std::string_view name);

/// Whether the partition that `arn` names is the region's.
bool is_of_partition(std::string_view arn, std::string_view region);

/// The ARN of an EC2 resource of the caller: arn:aws:ec2:us-east-1:123456789012:subnet/subnet-0...
std::string resource_arn(const Session& session, std::string_view resource, std::string_view id);

/// The ARN of a parameter: arn:aws:ssm:us-east-1:123456789012:parameter/name; public ones have no
/// account.
std::string parameter_arn(std::string_view region, std::string_view account, std::string_view name);

/// The ARN of who calls, which is of no region: arn:aws-cn:iam::123456789012:root,
/// arn:aws:sts::123456789012:assumed-role/Name/session, or
/// arn:aws:sts::123456789012:federated-user/Name
std::string principal_arn(std::string_view region, std::string_view account,
                          const Principal& principal);
std::string caller_arn(const Session& session);
/// The account for its root user, else what the session of a role or of a federated user is called.
/// Source: documented of GetCallerIdentity.
std::string caller_user_id(const Session& session);

}  // namespace amilab
