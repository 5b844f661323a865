#include "server/services/s3/s3.h"

#include "server/services/s3/access.h"
#include "server/services/s3/access_lists.h"
#include "server/services/s3/bucket_settings.h"
#include "server/services/s3/buckets.h"
#include "server/services/s3/errors.h"
#include "server/services/s3/object_attributes.h"
#include "server/services/s3/object_copies.h"
#include "server/services/s3/object_lists.h"
#include "server/services/s3/object_store.h"
#include "server/services/s3/objects.h"
#include "server/services/s3/tagging.h"
#include "server/services/s3/uploads.h"
#include "server/wire/s3/schema.h"

namespace amilab::s3 {

namespace {

constexpr const Family* kFamilies[] = {&kBuckets,          &kObjectLists,  &kObjects,
                                       &kObjectAttributes, &kObjectCopies, &kUploads,
                                       &kAccessLists,      &kTagging,      &kBucketSettings};

}  // namespace

constinit const Service kS3{.schema = kService,
                            .families = kFamilies,
                            .ports = {.objects = &kObjectStore},
                            .over_limit = &over_limit,
                            .takes_unsigned = &is_of_bucket};

}  // namespace amilab::s3
