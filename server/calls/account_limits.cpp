#include "server/calls/account_limits.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "server/calls/services.h"
#include "storage/metadata/settings/account_content_rows.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"

namespace amilab {

namespace {

/// How each service says it: the code is its own.
ApiError over_limit(const Services& services, const LimitedCall& call, const std::string& message)
{
    for (const auto* service : services.all()) {
        if (&service->schema == &call.service && service->over_limit != nullptr) {
            return service->over_limit(call.operation, message);
        }
    }
    return {"ResourceLimitExceeded", message};
}

// Source: the first sentence is as EC2 words the quota of public images (observed); rows are
// amilab's own.
ApiError too_many_rows(const Services& services, const LimitedCall& call, std::int64_t most)
{
    return over_limit(
        services, call,
        fmt::format("You have reached your quota of {} for the number of rows allowed in this "
                    "account. Delete what you do not need, or ask for an increase: amilab serve "
                    "--account-limit.",
                    most));
}

/// Of an account that is to have so many disks.
void require_room_for_disks(Session& session, const LimitedCall& call, std::int64_t disks)
{
    take_bytes(session, call, session.account(), 0);
    session.after_commit([account = session.account(), disks](Generation& generation) {
        generation.stores().held_bytes().note_disks(account, disks);
    });
}

}  // namespace

void within_limits(Session& session, const LimitedCall& call, const std::function<void()>& work)
{
    const auto& limits = session.settings().account_limits();
    if (!limits.any()) {
        return work();
    }
    const auto before = select_account_count(session.db(), session.account());
    work();
    const auto after = select_account_count(session.db(), session.account());
    if (limits.rows && after.rows > *limits.rows && after.rows > before.rows) {
        throw too_many_rows(session.services(), call, *limits.rows);
    }
    if (limits.bytes && after.disks > before.disks) {
        require_room_for_disks(session, call, after.disks);
    }
}

void require_room_for_rows(Session& session, const LimitedCall& call, const std::string& account,
                           std::int64_t least)
{
    const auto& limits = session.settings().account_limits();
    if (limits.rows && select_account_count(session.db(), account).rows + least > *limits.rows) {
        throw too_many_rows(session.services(), call, *limits.rows);
    }
}

void take_bytes(Session& session, const LimitedCall& call, const std::string& account,
                std::uint64_t bytes)
{
    auto& held = session.generation().stores().held_bytes();
    if (!held.is_known_to_have_room(account, bytes)) {
        session.about_to_wait();  // for a look at its files
    }
    if (!held.take(account, bytes)) {
        throw too_many_bytes(session.services(), call, *held.most());
    }
}

// Source: the first sentence is as EC2 words the quota of a volume type's storage (observed).
ApiError too_many_bytes(const Services& services, const LimitedCall& call, std::uint64_t most)
{
    return over_limit(
        services, call,
        fmt::format("You have exceeded your maximum storage limit of {} bytes in this account. "
                    "Delete volumes and snapshots that you do not need, or ask for an increase: "
                    "amilab serve --account-limit.",
                    most));
}

}  // namespace amilab
