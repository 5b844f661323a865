#include "server/services/ec2/settings/public_access.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/settings/public_access.h"

#include "server/calls/errors.h"
#include "server/services/ec2/common/describe.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/snapshots/snapshot_permission_rows.h"

// Source: EC2 API Reference, {Enable,Disable,Get}{Image,Snapshot}BlockPublicAccess (documented).
// AWS takes up to ten minutes to block images; here it is done at once.
namespace amilab {

enum class ImagePublicAccess : std::uint8_t { kUnblocked, kBlockNew };
template <>
inline constexpr auto kWords<ImagePublicAccess> = words("unblocked", "block-new-sharing");

namespace ec2 {

namespace {

constexpr std::string_view kImages = "image-block-public-access";
// Source: the account itself, where no declarative policy does (documented).
constexpr std::string_view kManagedBy = "account";

ImagePublicAccess image_state(Session& session)
{
    // Source: new accounts begin with block-new-sharing at AWS (documented); here with unblocked.
    const auto setting =
        select_account_setting(session.db(), session.account(), session.region(), kImages);
    return setting ? to_word<ImagePublicAccess>(*setting) : ImagePublicAccess::kUnblocked;
}

SnapshotPublicAccess snapshot_state(Session& session)
{
    return select_snapshot_block_public_access(session.db(), session.account(), session.region());
}

}  // namespace

bool is_image_public_access_blocked(Session& session)
{
    return image_state(session) != ImagePublicAccess::kUnblocked;
}

bool is_snapshot_public_access_blocked(Session& session)
{
    return snapshot_state(session) != SnapshotPublicAccess::kUnblocked;
}

EnableImageBlockPublicAccessResponse enable_image_block_public_access(
    Session& session, const EnableImageBlockPublicAccessRequest& request)
{
    stop_if_dry_run(request);
    write_account_setting(session.db(), session.account(), session.region(), kImages,
                          request.image_block_public_access_state);
    return {.image_block_public_access_state = request.image_block_public_access_state};
}

DisableImageBlockPublicAccessResponse disable_image_block_public_access(
    Session& session, const DisableImageBlockPublicAccessRequest& request)
{
    stop_if_dry_run(request);
    constexpr auto kUnblocked = text_of(ImagePublicAccess::kUnblocked);
    write_account_setting(session.db(), session.account(), session.region(), kImages, kUnblocked);
    return {.image_block_public_access_state = std::string(kUnblocked)};
}

GetImageBlockPublicAccessStateResponse get_image_block_public_access_state(
    Session& session, const GetImageBlockPublicAccessStateRequest& request)
{
    stop_if_dry_run(request);
    return {.image_block_public_access_state = std::string(text_of(image_state(session))),
            .managed_by = std::string(kManagedBy)};
}

EnableSnapshotBlockPublicAccessResponse enable_snapshot_block_public_access(
    Session& session, const EnableSnapshotBlockPublicAccessRequest& request)
{
    // Source: unblocked is no valid value here, though the model lists it (documented).
    if (request.state == SnapshotPublicAccess::kUnblocked) {
        throw invalid_value(request.state, "state",
                            "Expected block-all-sharing or block-new-sharing.");
    }
    stop_if_dry_run(request);
    write_snapshot_block_public_access(session.db(), session.account(), session.region(),
                                       to_word<SnapshotPublicAccess>(request.state));
    return {.state = request.state};
}

DisableSnapshotBlockPublicAccessResponse disable_snapshot_block_public_access(
    Session& session, const DisableSnapshotBlockPublicAccessRequest& request)
{
    stop_if_dry_run(request);
    write_snapshot_block_public_access(session.db(), session.account(), session.region(),
                                       SnapshotPublicAccess::kUnblocked);
    return {.state = std::string(text_of(SnapshotPublicAccess::kUnblocked))};
}

GetSnapshotBlockPublicAccessStateResponse get_snapshot_block_public_access_state(
    Session& session, const GetSnapshotBlockPublicAccessStateRequest& request)
{
    stop_if_dry_run(request);
    return {.managed_by = std::string(kManagedBy),
            .state = std::string(text_of(snapshot_state(session)))};
}

namespace {

constexpr Operation kOperations[] = {
    write<enable_image_block_public_access>(kEnableImageBlockPublicAccess),
    write<disable_image_block_public_access>(kDisableImageBlockPublicAccess),
    read<get_image_block_public_access_state>(kGetImageBlockPublicAccessState),
    write<enable_snapshot_block_public_access>(kEnableSnapshotBlockPublicAccess),
    write<disable_snapshot_block_public_access>(kDisableSnapshotBlockPublicAccess),
    read<get_snapshot_block_public_access_state>(kGetSnapshotBlockPublicAccessState),
};

}  // namespace

constinit const Family kPublicAccess{.operations = kOperations};

}  // namespace ec2

}  // namespace amilab
