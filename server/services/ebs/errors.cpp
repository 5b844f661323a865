#include "server/services/ebs/errors.h"

#include <fmt/format.h>

namespace amilab::ebs {

namespace {

constexpr int kBadRequest = 400;
constexpr int kPaymentRequired = 402;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kConflict = 409;

ApiError invalid(std::string_view message, std::string_view reason)
{
    return {"ValidationException", std::string(message), kBadRequest, std::string(reason)};
}

}  // namespace

ApiError invalid_parameter(std::string_view message)
{
    return invalid(message, "INVALID_PARAMETER_VALUE");
}

ApiError invalid_snapshot_id(std::string_view message)
{
    return invalid(message, "INVALID_SNAPSHOT_ID");
}

ApiError invalid_block(std::string_view message)
{
    return invalid(message, "INVALID_BLOCK");
}

ApiError invalid_block_token()
{
    return invalid("The block token is not of this block, or has expired.", "INVALID_BLOCK_TOKEN");
}

ApiError invalid_page_token()
{
    return invalid("The page token is not of this list.", "INVALID_PAGE_TOKEN");
}

ApiError invalid_tag(std::string_view message)
{
    return invalid(message, "INVALID_TAG");
}

ApiError invalid_volume_size(std::string_view message)
{
    return invalid(message, "INVALID_VOLUME_SIZE");
}

ApiError invalid_customer_key(std::string_view message)
{
    return invalid(message, "INVALID_CUSTOMER_KEY");
}

ApiError unrelated_snapshots(std::string_view first, std::string_view second)
{
    return invalid(
        fmt::format("The snapshots '{}' and '{}' are not of the same lineage.", first, second),
        "UNRELATED_SNAPSHOTS");
}

ApiError conflicting_block_update(std::int64_t block_index)
{
    return invalid(fmt::format("The block {} is being written by another request.", block_index),
                   "CONFLICTING_BLOCK_UPDATE");
}

ApiError unreadable_block_data()
{
    return invalid("Failed to read block data", "INVALID_PARAMETER_VALUE");
}

ApiError snapshot_not_found(std::string_view id)
{
    return {"ResourceNotFoundException", fmt::format("The snapshot '{}' does not exist.", id),
            kNotFound, "SNAPSHOT_NOT_FOUND"};
}

ApiError access_denied(std::string_view id)
{
    return {"AccessDeniedException",
            fmt::format("The account may not do this with the snapshot '{}'.", id), kForbidden,
            "UNAUTHORIZED_ACCOUNT"};
}

ApiError token_conflict()
{
    return {"ConflictException",
            "The client token has been used by a request with other parameters.", kConflict};
}

ApiError too_many_pending_snapshots(std::int64_t limit)
{
    return {"ConcurrentLimitExceededException",
            fmt::format("The account has {} pending snapshots already.", limit), kBadRequest};
}

ApiError over_limit(std::string_view, const std::string& message)
{
    return {"ServiceQuotaExceededException", message, kPaymentRequired,
            "DEPENDENCY_SERVICE_QUOTA_EXCEEDED"};
}

ApiError busy(std::string_view message)
{
    return {"RequestThrottledException", std::string(message), kBadRequest,
            "RESOURCE_LEVEL_THROTTLE"};
}

}  // namespace amilab::ebs
