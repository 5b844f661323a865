#pragma once

#include <optional>
#include <string>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/instances/shared.h"
#include "storage/metadata/instances/iam_instance_profile_rows.h"

/// Which profiles instances have. Whether IAM has them is looked at where roles are strict.
namespace amilab::ec2 {

extern const Family kIamInstanceProfiles;

/// Throws unless `name` may be the name of a profile, and `arn` the ARN of one of the account's,
/// and one of them is given. Source: names as IAM has them (documented); codes and texts observed,
/// that a profile of another account is refused assumed.
void check_profile(Session& session, const std::optional<std::string>& arn,
                   const std::optional<std::string>& name);

/// The profile that a checked specification names, for an instance to have: with the ARN and the id
/// that IAM has of it, if it has one. Where roles are strict, throws ApiError
/// (InvalidParameterValue) unless it has, and the profile has a role. Source: observed; that an ARN
/// with another path is refused, and a name in other capitals is not, assumed.
ProfileAssociationRow named_profile(Session& session, const std::optional<std::string>& arn,
                                    const std::optional<std::string>& name);

/// Gives an instance that has none a profile. The row has no id and no instance yet.
ProfileAssociationRow associate_profile(Session& session, const InstanceId& instance,
                                        ProfileAssociationRow row);

IamInstanceProfile profile_answer(const ProfileAssociationRow& row);

}  // namespace amilab::ec2
