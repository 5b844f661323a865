#include "server/services/rbin/rbin.h"

#include "server/services/rbin/errors.h"
#include "server/services/rbin/rules.h"
#include "server/services/rbin/tags.h"
#include "server/wire/rbin/schema.h"

namespace amilab::rbin {

namespace {

constexpr const Family* kFamilies[] = {&kRules, &kTags};

}  // namespace

constinit const Service kRbin{.schema = kService, .families = kFamilies, .over_limit = &over_limit};

}  // namespace amilab::rbin
