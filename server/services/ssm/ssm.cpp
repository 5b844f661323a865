#include "server/services/ssm/ssm.h"

#include "server/services/ssm/errors.h"
#include "server/services/ssm/image_parameters.h"
#include "server/services/ssm/parameter_tags.h"
#include "server/services/ssm/parameters.h"
#include "server/wire/ssm/schema.h"

namespace amilab::ssm {

namespace {

constexpr const Family* kFamilies[] = {&kParameters, &kParameterTags};

}  // namespace

constinit const Service kSsm{.schema = kService,
                             .families = kFamilies,
                             .ports = {.find_image_parameter = &find_image_parameter},
                             .over_limit = &over_limit};

}  // namespace amilab::ssm
