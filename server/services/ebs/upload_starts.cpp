#include "server/services/ebs/upload_starts.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "server/calls/encryption.h"
#include "server/calls/idempotency.h"
#include "server/calls/layers.h"
#include "server/calls/new_snapshot.h"
#include "server/calls/resource_tags.h"
#include "server/services/ebs/access.h"
#include "server/services/ebs/errors.h"
#include "server/services/ebs/upload_ends.h"
#include "server/wire/ebs/schema.h"
#include "server/wire/ebs/upload_starts.h"
#include "server/wire/json.h"
#include "storage/base/units.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/calls/client_token_rows.h"
#include "storage/metadata/settings/ebs_encryption_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/tags/tag_rows.h"

namespace amilab::ebs {

namespace {

constexpr std::string_view kOperation = "StartSnapshot";

/// What a request has once everything that needs no state is checked.
struct Start {
    EncryptionWish encryption;
    std::optional<SnapshotId> parent = {};
    std::vector<TagRow> tags = {};
};

/// Source: 50 tags (documented); keys of 127 and values of 255 characters (documented, the wire
/// refuses others); what else is refused is as at EC2 (assumed).
std::vector<TagRow> read_tags(const std::vector<Tag>& tags)
{
    constexpr std::size_t kMostTags = 50;
    if (tags.size() > kMostTags) {
        throw invalid_tag(fmt::format("A snapshot has {} tags at most.", kMostTags));
    }
    std::vector<TagRow> rows;
    std::set<std::string> keys;
    for (const auto& tag : tags) {
        const auto key = tag.key.value_or("");
        if (key.empty()) {
            throw invalid_tag("A tag has no key.");
        }
        if (is_reserved_key(key)) {
            throw invalid_tag("Tag keys that begin with aws: are reserved for internal use.");
        }
        if (!keys.insert(key).second) {
            throw invalid_tag(fmt::format("The tag key '{}' is given more than once.", key));
        }
        rows.push_back({key, tag.value.value_or("")});
    }
    return rows;
}

/// Throws what `find` does as a refusal of the key.
template <class Find>
auto refusing_key(Find find)
{
    try {
        return find();
    } catch (const ApiError& error) {
        throw invalid_customer_key(error.what());
    }
}

/// Source: EBS User Guide, "Encryption outcomes for EBS direct APIs" (documented).
EncryptionWish read_encryption(const Session& session, const StartSnapshotRequest& request)
{
    if (request.parent_snapshot_id && request.encrypted) {
        throw invalid_parameter("ParentSnapshotId and Encrypted cannot be in one request.");
    }
    if (request.parent_snapshot_id && request.kms_key_arn) {
        throw invalid_parameter("ParentSnapshotId and KmsKeyArn cannot be in one request.");
    }
    EncryptionWish wish{.encrypted = request.encrypted};
    if (!request.kms_key_arn) {
        return wish;
    }
    if (!request.encrypted.value_or(false)) {
        throw invalid_parameter("KmsKeyArn is for snapshots that are Encrypted.");
    }
    // Source: arn:aws[a-z-]*:kms:.*:[0-9]{12}:key/.* (documented): no alias, no bare id.
    const std::string_view arn = *request.kms_key_arn;
    if (!arn.starts_with("arn:") || arn.find(":key/") == arn.npos) {
        throw invalid_customer_key(fmt::format("'{}' is no ARN of a KMS key.", arn));
    }
    wish.kms_key_id = refusing_key([&] { return kms_key_arn(session, arn); });
    return wish;
}

Start check(const Session& session, const StartSnapshotRequest& request)
{
    // Source: 64 TiB (documented).
    if (request.volume_size > kLargestVolumeGib) {
        throw invalid_volume_size(fmt::format("A volume has {} GiB at most, not {}.",
                                              kLargestVolumeGib, request.volume_size));
    }
    if (request.description && request.description->empty()) {
        throw invalid_parameter("A description may not be empty.");
    }
    // Source: ^[\S]+$ (documented).
    if (request.client_token &&
        (request.client_token->empty() ||
         request.client_token->find_first_of(" \t\r\n\v\f") != std::string::npos)) {
        throw invalid_parameter("A client token is not empty and holds no spaces.");
    }
    Start start{.encryption = read_encryption(session, request)};
    if (request.parent_snapshot_id) {
        start.parent = parse_snapshot_id(*request.parent_snapshot_id, "parentSnapshotId");
    }
    start.tags = read_tags(request.tags);
    return start;
}

StartSnapshotResponse to_answer(Session& session, const SnapshotRow& row,
                                const DirectSnapshotRow& direct)
{
    StartSnapshotResponse answer;
    answer.block_size = kBlockBytes;
    if (!row.description.empty()) {
        answer.description = row.description;
    }
    answer.kms_key_arn = row.kms_key_id;
    answer.owner_id = row.owner;
    if (direct.parent) {
        answer.parent_snapshot_id = direct.parent->text();
    }
    answer.snapshot_id = row.id.text();
    answer.start_time = Timestamp{row.start_time_ms};
    answer.status = text_of(row.state);
    for (const auto& tag : select_tags(session.db(), session.account(), row.id.text())) {
        answer.tags.push_back({.key = tag.key, .value = tag.value});
    }
    answer.volume_size = row.volume_size_gib;
    return answer;
}

/// What an earlier request with this token started, as it is now.
/// Source: EBS User Guide, "Ensure idempotency in StartSnapshot API requests" (documented).
std::optional<StartSnapshotResponse> started_before(Session& session,
                                                    const StartSnapshotRequest& request)
{
    if (!request.client_token) {
        return std::nullopt;
    }
    const auto token = select_client_token(session.db(), session.account(), session.region(),
                                           kOperation, *request.client_token);
    if (!token) {
        return std::nullopt;
    }
    if (token->fingerprint != session.fingerprint()) {
        throw token_conflict();
    }
    const auto id = SnapshotId::trusted(token->resource_id);
    const auto row = select_snapshot(session.db(), session.region(), id);
    const auto direct = select_direct_snapshot(session.db(), id);
    if (!row || !direct) {
        throw snapshot_not_found(id.text());
    }
    return to_answer(session, *row, *direct);
}

/// Source: with encryption by default nothing unencrypted is started, nor anything on an
/// unencrypted parent; an encrypted parent's key is the new snapshot's (documented).
Encryption encrypt(Session& session, EncryptionWish wish, const std::optional<SnapshotRow>& parent,
                   const SnapshotId& id)
{
    const bool stays_open = parent ? !parent->encrypted : !wish.encrypted.value_or(true);
    if (stays_open &&
        select_ebs_encryption(session.db(), session.account(), session.region()).by_default) {
        throw invalid_parameter(
            "Encryption by default is enabled: the snapshot, and its parent, must be encrypted.");
    }
    if (parent && parent->encrypted) {
        wish.kms_key_id = parent->kms_key_id;
    }
    return refusing_key(
        [&] { return encrypt_volume(session, wish, parent ? &*parent : nullptr, id.text()); });
}

SnapshotRow require_parent(Session& session, const SnapshotId& id, std::int64_t size_gib)
{
    auto parent = require_readable(session, id);
    if (size_gib < parent.volume_size_gib) {
        throw invalid_volume_size(fmt::format("The parent snapshot has {} GiB, more than {}.",
                                              parent.volume_size_gib, size_gib));
    }
    return parent;
}

SnapshotRow make_snapshot(Session& session, const StartSnapshotRequest& request, const Start& start,
                          const std::optional<SnapshotRow>& parent)
{
    auto id = session.next_id<SnapshotId>();
    auto encryption = encrypt(session, start.encryption, parent, id);
    const auto layer = make_volume_layer(session, parent ? parent->layer_id : std::nullopt);
    return new_snapshot(session, {.id = std::move(id),
                                  .start = SnapshotStart::kOpen,
                                  .layer_id = layer,
                                  .volume_size_gib = request.volume_size,
                                  .description = request.description.value_or(""),
                                  .encryption = std::move(encryption),
                                  .tags = start.tags});
}

DirectSnapshotRow insert_direct_row(Session& session, const StartSnapshotRequest& request,
                                    const Start& start, const SnapshotRow& row)
{
    // Source: 60 minutes (documented).
    constexpr std::int64_t kTimeoutMinutes = 60;
    DirectSnapshotRow direct{.id = row.id,
                             .parent = start.parent,
                             .timeout_ms = request.timeout.value_or(kTimeoutMinutes) * kMinuteMs,
                             .last_activity_ms = session.now_ms(),
                             .boot_id = session.blocks().boot_id()};
    insert_direct_snapshot(session.db(), direct);
    return direct;
}

}  // namespace

// Source: EBS direct APIs Reference, StartSnapshot (documented).
StartSnapshotResponse start_snapshot(Session& session, const StartSnapshotRequest& request)
{
    // Source: Amazon EBS quotas, pending snapshots per account (documented); that it is refused so,
    // assumed.
    constexpr std::int64_t kMostPending = 100;
    const auto start = check(session, request);

    if (auto answer = started_before(session, request)) {
        return *answer;
    }
    std::optional<SnapshotRow> parent;
    if (start.parent) {
        parent = require_parent(session, *start.parent, request.volume_size);
    }
    if (count_open_direct_snapshots(session.db(), session.account(), session.region()) >=
        kMostPending) {
        throw too_many_pending_snapshots(kMostPending);
    }
    const auto row = make_snapshot(session, request, start, parent);
    const auto direct = insert_direct_row(session, request, start, row);
    session.schedule_at(session.now_ms() + direct.timeout_ms, kSnapshotTimedOut, row.id.text());
    if (request.client_token) {
        insert_client_token(session.db(), {.owner = session.account(),
                                           .region = session.region(),
                                           .operation = std::string(kOperation),
                                           .token = *request.client_token,
                                           .fingerprint = session.fingerprint(),
                                           .resource_id = row.id.text(),
                                           .ends_ms = token_end_ms(session)});
    }
    return to_answer(session, row, direct);
}

namespace {

constexpr Operation kOperations[] = {
    write<start_snapshot>(kStartSnapshot),
};

}  // namespace

constinit const Family kUploadStarts{.operations = kOperations};

}  // namespace amilab::ebs
