#include "server/services/sts/sts.h"

#include "server/services/sts/identity.h"
#include "server/services/sts/role_sessions.h"
#include "server/wire/sts/schema.h"

namespace amilab::sts {

namespace {

constexpr const Family* kFamilies[] = {&kIdentity, &kRoleSessions};

}  // namespace

constinit const Service kSts{.schema = kService, .families = kFamilies};

}  // namespace amilab::sts
