#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

/// What an account has settled for the metadata options of its launches in a region. Each member is
/// nothing where it has no preference.
struct InstanceMetadataDefaultRow {
    std::string owner{};
    std::string region{};
    std::optional<std::string> http_tokens{};
    std::optional<std::int64_t> http_put_response_hop_limit{};
    std::optional<std::string> http_endpoint{};
    std::optional<std::string> instance_metadata_tags{};
    std::optional<std::string> http_tokens_enforced{};
};

inline constexpr auto kInstanceMetadataDefaultColumns = columns<InstanceMetadataDefaultRow>(
    "instance_metadata_defaults", "d", text<&InstanceMetadataDefaultRow::owner>("owner"),
    text<&InstanceMetadataDefaultRow::region>("region"),
    text<&InstanceMetadataDefaultRow::http_tokens>("http_tokens"),
    integer<&InstanceMetadataDefaultRow::http_put_response_hop_limit>(
        "http_put_response_hop_limit"),
    text<&InstanceMetadataDefaultRow::http_endpoint>("http_endpoint"),
    text<&InstanceMetadataDefaultRow::instance_metadata_tags>("instance_metadata_tags"),
    text<&InstanceMetadataDefaultRow::http_tokens_enforced>("http_tokens_enforced"));

/// What holds, whether anything was ever settled or not.
inline InstanceMetadataDefaultRow select_instance_metadata_defaults(Database& db,
                                                                    std::string_view owner,
                                                                    std::string_view region)
{
    auto row = select_row<kInstanceMetadataDefaultColumns>(
        db, "FROM instance_metadata_defaults d WHERE d.owner = ? AND d.region = ?", owner, region);
    return row ? std::move(*row)
               : InstanceMetadataDefaultRow{.owner = std::string(owner),
                                            .region = std::string(region)};
}

}  // namespace amilab
