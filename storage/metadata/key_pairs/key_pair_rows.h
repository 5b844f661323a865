#pragma once

#include <string>
#include <string_view>

#include "storage/base/clock.h"
#include "storage/base/ids.h"
#include "storage/metadata/key_pairs/key_type.h"
#include "storage/metadata/sql/listing.h"

namespace amilab {

struct KeyPairTag {
    static constexpr std::string_view kPrefix = "key";
    static constexpr std::string_view kResourceType = "key-pair";
};
using KeyPairId = Id<KeyPairTag>;

struct KeyPairRow {
    KeyPairId id{};
    std::string region{};
    std::string owner{};
    std::string name{};
    KeyType type{};
    /// An OpenSSH line without its comment and its end.
    std::string public_key{};
    std::string fingerprint{};
    TimeMs create_time_ms = 0;
};

inline constexpr auto kKeyPairColumns = columns<KeyPairRow>(
    "key_pair", "k", text<&KeyPairRow::id>("id"), text<&KeyPairRow::region>("region"),
    text<&KeyPairRow::owner>("owner"), text<&KeyPairRow::name>("name"),
    text<&KeyPairRow::type>("type"), text<&KeyPairRow::public_key>("public_key"),
    text<&KeyPairRow::fingerprint>("fingerprint"),
    time<&KeyPairRow::create_time_ms>("create_time_ms"));
inline constexpr FilterColumn kKeyPairFilters[] = {
    {"fingerprint", "fingerprint"}, {"key-name", "name"}, {"key-pair-id", "id"}};
inline constexpr Listing<KeyPairRow> kKeyPairList{
    .key = "k.id", .columns = kKeyPairColumns, .filters = kKeyPairFilters};

}  // namespace amilab
