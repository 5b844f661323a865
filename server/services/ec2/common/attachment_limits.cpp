#include "server/services/ec2/common/attachment_limits.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/wire/api_error.h"
#include "storage/metadata/instance_types/instance_type_words.h"

namespace amilab::ec2 {

namespace {

/// What is recorded of a type is for an instance with one interface, which every instance has.
std::int64_t most_volumes(const LaunchTypeRow& type, std::int64_t interfaces)
{
    const bool is_shared = type.attachment_limit_type == AttachmentLimitType::kShared &&
                           type.hypervisor != TypeHypervisor::kXen;
    return *type.maximum_attachments - (is_shared ? std::max<std::int64_t>(interfaces, 1) - 1 : 0);
}

}  // namespace

void require_attachments_fit(const LaunchTypeRow& type, std::int64_t volumes,
                             std::int64_t interfaces)
{
    if (!type.maximum_attachments) {
        return;
    }
    const auto most = most_volumes(type, interfaces);
    if (volumes > most) {
        // Source: observed of AttachVolume, with one more sentence on where the limits are told.
        throw ApiError("AttachmentLimitExceeded",
                       fmt::format("You may attach up to {} devices for this instance type. Please "
                                   "use a larger instance size to attach more volumes.",
                                   most));
    }
}

}  // namespace amilab::ec2
