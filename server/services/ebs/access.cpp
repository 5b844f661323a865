#include "server/services/ebs/access.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/services/ebs/errors.h"
#include "server/wire/wire_errors.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/layers/layer_rows.h"
#include "storage/metadata/snapshots/snapshot_permission_rows.h"
#include "storage/metadata/snapshots/snapshot_tier_rows.h"

namespace amilab::ebs {

namespace {

/// Source: ^snap-[0-9a-f]+$, 64 characters at most (documented).
bool has_form(std::string_view text)
{
    constexpr auto kDigits = SnapshotTag::kPrefix.size() + 1;
    return has_id_prefix(text, SnapshotTag::kPrefix) && text.size() > kDigits &&
           text.find_first_not_of("0123456789abcdef", kDigits) == std::string_view::npos;
}

/// Source: those it is shared with may read it, public snapshots are not supported (documented).
bool may_read(Session& session, const SnapshotRow& row)
{
    if (row.owner == session.account()) {
        return true;
    }
    const auto grantees = select_create_volume_permissions(session.db(), row.id);
    return std::find(grantees.begin(), grantees.end(),
                     Grantee{GranteeKind::kUserId, session.account()}) != grantees.end();
}

SnapshotRow require_exists(Session& session, const SnapshotId& id)
{
    auto row = select_snapshot(session.db(), session.region(), id);
    if (!row) {
        throw snapshot_not_found(id.text());
    }
    return *row;
}

}  // namespace

SnapshotId parse_snapshot_id(const std::string& text, std::string_view parameter)
{
    if (!has_form(text)) {
        throw wire::constraints_failed(
            {wire::constraint_failure(
                fmt::format("'{}'", text), parameter,
                "Member must satisfy regular expression pattern: ^snap-[0-9a-f]+$")},
            parameter);
    }
    auto id = SnapshotId::from_text(text);
    if (!id) {
        throw snapshot_not_found(text);
    }
    return *id;
}

SnapshotRow require_readable(Session& session, const SnapshotId& id)
{
    auto row = require_exists(session, id);
    if (!may_read(session, row)) {
        throw access_denied(id.text());
    }
    if (row.state != SnapshotState::kCompleted) {
        throw invalid_snapshot_id(
            fmt::format("The snapshot '{}' is in the state {}; only a completed one can be read.",
                        id.text(), text_of(row.state)));
    }
    if (is_archived(session.db(), id, session.now_ms())) {
        throw invalid_snapshot_id(
            fmt::format("The snapshot '{}' is archived; restore it before it is read.", id.text()));
    }
    return row;
}

OpenSnapshot require_open(Session& session, const SnapshotId& id)
{
    auto row = require_exists(session, id);
    if (row.owner != session.account()) {
        throw access_denied(id.text());
    }
    auto direct = select_direct_snapshot(session.db(), id);
    if (!direct || !direct->open || row.state != SnapshotState::kPending || !row.layer_id) {
        throw invalid_snapshot_id(fmt::format(
            "The snapshot '{}' is not one that blocks can be written to; its state is {}.",
            id.text(), text_of(row.state)));
    }
    return {std::move(row), std::move(*direct)};
}

void commit_written(ByteSession& session, const SnapshotId& id, LayerId layer,
                    const ByteSession::Work& change)
{
    bool is_layer_gone = false;
    try {
        session.write([&](Session& rows) {
            is_layer_gone = !layer_exists(rows.db(), layer);
            require_open(rows, id);
            change(rows);
        });
    } catch (const ApiError&) {
        if (is_layer_gone) {
            session.blocks().remove_layer(layer);
        }
        throw;
    }
}

std::shared_ptr<Snapshot> open_bytes(Session& session, const SnapshotRow& row)
{
    if (!row.layer_id) {
        return nullptr;
    }
    return session.blocks().open_snapshot(select_layer_chain(session.db(), *row.layer_id),
                                          static_cast<std::uint64_t>(row.volume_size_gib) * kGiB);
}

}  // namespace amilab::ebs
