#include "server/services/iam/iam.h"

#include "server/services/iam/errors.h"
#include "server/services/iam/instance_profiles.h"
#include "server/services/iam/role_attachments.h"
#include "server/services/iam/role_policies.h"
#include "server/services/iam/roles.h"
#include "server/services/iam/tags.h"
#include "server/services/iam/trust_policies.h"
#include "server/wire/iam/schema.h"

namespace amilab::iam {

namespace {

constexpr const Family* kFamilies[] = {&kRoles, &kRolePolicies, &kRoleAttachments,
                                       &kInstanceProfiles, &kTags};

}  // namespace

constinit const Service kIam{.schema = kService,
                             .families = kFamilies,
                             .ports = {.trusts_service = &trusts_service,
                                       .find_instance_profile = &find_instance_profile,
                                       .longest_role_session = &longest_role_session},
                             .over_limit = &over_limit};

}  // namespace amilab::iam
