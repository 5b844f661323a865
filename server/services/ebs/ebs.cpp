#include "server/services/ebs/ebs.h"

#include "server/services/ebs/block_data.h"
#include "server/services/ebs/block_lists.h"
#include "server/services/ebs/errors.h"
#include "server/services/ebs/upload_ends.h"
#include "server/services/ebs/upload_starts.h"
#include "server/wire/ebs/schema.h"

namespace amilab::ebs {

namespace {

constexpr const Family* kFamilies[] = {&kBlockLists, &kBlockData, &kUploadStarts, &kUploadEnds};

}  // namespace

constinit const Service kEbs{.schema = kService, .families = kFamilies, .over_limit = &over_limit};

}  // namespace amilab::ebs
