#include "server/calls/encryption.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "server/calls/arns.h"
#include "server/calls/errors.h"
#include "server/calls/request_values.h"
#include "server/calls/secrets.h"
#include "server/wire/types.h"
#include "storage/metadata/regions/partitions.h"
#include "storage/metadata/settings/ebs_encryption_rows.h"
#include "storage/metadata/snapshots/snapshot_rows.h"
#include "storage/metadata/volumes/volume_rows.h"

namespace amilab {

namespace {

constexpr std::string_view kAlias = "alias/";
// Source: the key that AWS makes for EBS (documented).
constexpr std::string_view kManagedAlias = "alias/aws/ebs";

bool is_hex(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    });
}

/// 1234abcd-12ab-34cd-56ef-1234567890ab, or mrk- and 32 digits for keys of several regions.
bool is_key_id(std::string_view text)
{
    constexpr std::string_view kMultiRegion = "mrk-";
    constexpr std::size_t kMultiRegionDigits = 32;
    if (text.starts_with(kMultiRegion)) {
        const auto digits = text.substr(kMultiRegion.size());
        return digits.size() == kMultiRegionDigits && is_hex(digits);
    }
    constexpr std::array<std::size_t, 5> kGroups = {8, 4, 4, 4, 12};
    for (std::size_t i = 0; i < kGroups.size(); ++i) {
        if (text.size() < kGroups[i] || !is_hex(text.substr(0, kGroups[i]))) {
            return false;
        }
        text.remove_prefix(kGroups[i]);
        if (i + 1 < kGroups.size()) {
            if (!text.starts_with('-')) {
                return false;
            }
            text.remove_prefix(1);
        }
    }
    return text.empty();
}

/// Source: letters, digits, '/', '_' and '-', 256 at most (documented at KMS).
bool is_alias(std::string_view text)
{
    constexpr std::size_t kMost = 256;
    return text.starts_with(kAlias) && text.size() > kAlias.size() && text.size() <= kMost &&
           has_only(text, "/_-");
}

/// Always the same identifier for the same text.
std::string uuid_of(std::string_view text)
{
    const auto digits = to_hex(sha256(text));
    const std::string_view all = digits;
    return fmt::format("{}-{}-{}-{}-{}", all.substr(0, 8), all.substr(8, 4), all.substr(12, 4),
                       all.substr(16, 4), all.substr(20, 12));
}

/// Of a key of an account and region: an alias stands for a key of its own.
std::string key_id(std::string_view region, std::string_view account, std::string_view key)
{
    return key.starts_with(kAlias) ? uuid_of(fmt::format("kms/{}/{}/{}", region, account, key))
                                   : std::string(key);
}

std::string key_arn(std::string_view region, std::string_view account, std::string_view key)
{
    return arn_of("kms", region, account, "key/" + key_id(region, account, key));
}

/// The account's own choice, or AWS's key.
std::string default_key(Session& session)
{
    auto settled = select_ebs_encryption(session.db(), session.account(), session.region());
    return settled.kms_key_id
               ? std::move(*settled.kms_key_id)
               : key_arn(session.region(), session.account(), std::string(kManagedAlias));
}

bool removes_encryption(const EncryptionWish& wish, const SnapshotRow& source)
{
    return source.encrypted && !wish.encrypted.value_or(true);
}

/// Whether it will be encrypted, whatever the key.
bool is_encrypted(Session& session, const EncryptionWish& wish, bool is_source_encrypted)
{
    return is_source_encrypted || wish.encrypted.value_or(false) ||
           select_ebs_encryption(session.db(), session.account(), session.region()).by_default;
}

/// What is copied or restored.
struct Source {
    std::string owner = {};
    bool encrypted = false;
    std::optional<std::string> kms_key_id = {};
    std::optional<std::string> data_key_id = {};
};

template <class Row>
Source source_of(const Row& row)
{
    return {.owner = row.owner,
            .encrypted = row.encrypted,
            .kms_key_id = row.kms_key_id,
            .data_key_id = row.data_key_id};
}

/// The data key goes with the blocks as long as the key that protects it stays.
Encryption with_key(std::string kms_key_id, const Source& source, std::string_view new_id)
{
    auto data_key = source.kms_key_id == kms_key_id
                        ? source.data_key_id
                        : std::optional(uuid_of(fmt::format("data/{}", new_id)));
    return {
        .encrypted = true, .kms_key_id = std::move(kms_key_id), .data_key_id = std::move(data_key)};
}

Encryption encrypt_new_volume(Session& session, const EncryptionWish& wish, const Source& source,
                              std::string_view new_id)
{
    if (!is_encrypted(session, wish, source.encrypted)) {
        return {};
    }
    if (wish.kms_key_id) {
        if (!is_key_of_region(*wish.kms_key_id, session.region())) {
            throw invalid_kms_key(*wish.kms_key_id, "The key is of another region.");
        }
        return with_key(*wish.kms_key_id, source, new_id);
    }
    // Source: the source's key when it is the caller's own, else the account's (documented).
    const bool keeps_key =
        source.encrypted && source.owner == session.account() && source.kms_key_id;
    return with_key(keeps_key ? *source.kms_key_id : default_key(session), source, new_id);
}

}  // namespace

EncryptionWish parse_encryption(const Session& session, const std::optional<bool>& encrypted,
                                const std::optional<std::string>& kms_key_id)
{
    EncryptionWish wish{.encrypted = encrypted};
    if (is_given(kms_key_id)) {
        if (!encrypted.value_or(false)) {
            throw invalid_parameter_dependency("KmsKeyId", "Encrypted");
        }
        wish.kms_key_id = kms_key_arn(session, *kms_key_id);
    }
    return wish;
}

Encryption encrypt_volume(Session& session, const EncryptionWish& wish, const SnapshotRow* snapshot,
                          std::string_view new_id)
{
    if (snapshot && removes_encryption(wish, *snapshot)) {
        throw encryption_not_removable();
    }
    return encrypt_new_volume(session, wish, snapshot ? source_of(*snapshot) : Source(), new_id);
}

// Source: of an encrypted volume the copy is, whatever the request says (documented).
Encryption encrypt_volume(Session& session, const EncryptionWish& wish, const VolumeRow& source,
                          std::string_view new_id)
{
    return encrypt_new_volume(session, wish, source_of(source), new_id);
}

Encryption encrypt_copy(Session& session, const EncryptionWish& wish, const SnapshotRow& source,
                        std::string_view new_id)
{
    if (removes_encryption(wish, source)) {
        throw unencrypted_copy(source.id);
    }
    if (!is_encrypted(session, wish, source.encrypted)) {
        return {};
    }
    // Source: the account's key unless another one is named, whatever the source's (documented).
    return with_key(wish.kms_key_id ? *wish.kms_key_id : default_key(session), source_of(source),
                    new_id);
}

std::optional<std::string> why_key_is_unusable(const Session& session, const Encryption& encryption)
{
    if (encryption.kms_key_id && !is_key_of_region(*encryption.kms_key_id, session.region())) {
        return "Given key ID is not accessible. You must have DescribeKey permissions on the "
               "default CMK";
    }
    return std::nullopt;
}

bool has_managed_key(const SnapshotRow& snapshot)
{
    // A key that was not noted is the one that nobody chose.
    return snapshot.encrypted &&
           (!snapshot.kms_key_id ||
            *snapshot.kms_key_id == key_arn(snapshot.region, snapshot.owner, kManagedAlias));
}

bool is_key_of_region(std::string_view arn, std::string_view region)
{
    const auto parts = split(arn, ':');
    return parts.at(1) == partition_of(region) && parts.at(3) == region;
}

std::string kms_key_arn(const Session& session, std::string_view text)
{
    if (is_key_id(text) || is_alias(text)) {
        return key_arn(session.region(), session.account(), text);
    }
    const auto parts = split(text, ':');
    const bool is_kms = parts.size() == 6 && parts[0] == "arn" && parts[1].starts_with("aws") &&
                        parts[2] == "kms" && !parts[3].empty() && wire::is_account_id(parts[4]);
    constexpr std::string_view kKey = "key/";
    if (is_kms && parts[5].starts_with(kKey) && is_key_id(parts[5].substr(kKey.size()))) {
        return std::string(text);
    }
    if (is_kms && is_alias(parts[5])) {
        // In the partition that is named: in one that is not the region's nobody has a key.
        return fmt::format("arn:{}:kms:{}:{}:key/{}", parts[1], parts[3], parts[4],
                           key_id(parts[3], parts[4], parts[5]));
    }
    throw invalid_kms_key(text, "Expected a key ID, a key alias, a key ARN or an alias ARN.");
}

}  // namespace amilab
