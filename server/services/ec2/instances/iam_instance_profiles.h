#pragma once

#include <optional>
#include <string>

#include "server/calls/family.h"
#include "server/calls/session.h"
#include "server/wire/ec2/instances/shared.h"
#include "storage/metadata/instances/iam_instance_profile_rows.h"

/// Which profiles instances have. No IAM looks whether a profile is there.
namespace amilab::ec2 {

extern const Family kIamInstanceProfiles;

/// Throws unless `name` may be the name of a profile, and `arn` the ARN of one of the account's,
/// and one of them is given. Source: names as IAM has them (documented); codes and texts observed,
/// that a profile of another account is refused assumed.
void check_profile(Session& session, const std::optional<std::string>& arn,
                   const std::optional<std::string>& name);

/// The profile that a checked specification names, for an instance to have.
ProfileAssociationRow named_profile(Session& session, const std::optional<std::string>& arn,
                                    const std::optional<std::string>& name);

/// Gives an instance that has none a profile. The row has no id and no instance yet.
ProfileAssociationRow associate_profile(Session& session, const InstanceId& instance,
                                        ProfileAssociationRow row);

IamInstanceProfile profile_answer(const ProfileAssociationRow& row);

}  // namespace amilab::ec2
