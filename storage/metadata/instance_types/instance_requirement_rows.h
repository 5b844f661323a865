#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/vocabulary.h"
#include "storage/metadata/costs/price_rows.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/listing.h"

/// Which instance types have the attributes that somebody wants, asked of what the catalogue knows
/// of each.
namespace amilab {

/// Both ends belong to it; an end that is missing is none.
struct WantedRange {
    std::optional<double> min{};
    std::optional<double> max{};
};

/// What becomes of the types that have something: they are among the others, or the only ones.
/// Source: the service model's enumerations (documented).
enum class TypeInclusion : std::uint8_t { kIncluded, kRequired, kExcluded };
template <>
inline constexpr auto kWords<TypeInclusion> = words("included", "required", "excluded");

/// Lists that are empty, and ranges without ends, ask for nothing. Words are those of the
/// catalogue (fixtures/catalog/schema.sql), except where something else is said.
struct WantedAttributes {
    std::vector<std::string> architectures{};
    std::vector<std::string> virtualization_types{};
    WantedRange vcpus{};
    WantedRange memory_mib{};
    WantedRange memory_gib_per_vcpu{};
    std::vector<std::string> processor_manufacturers{};
    /// Names in which `*` stands for any characters; the types are to match one, or none.
    std::vector<std::string> allowed_types{};
    std::vector<std::string> excluded_types{};
    bool current_generation = true;
    bool previous_generation = true;
    TypeInclusion bare_metal = TypeInclusion::kExcluded;
    TypeInclusion burstable = TypeInclusion::kExcluded;
    bool hibernation = false;
    bool encryption_in_transit = false;
    WantedRange network_interfaces{};
    /// Of all cards together, the baseline.
    WantedRange network_gbps{};
    WantedRange ebs_baseline_mbps{};
    TypeInclusion local_storage = TypeInclusion::kIncluded;
    /// ssd, hdd: types with disks are to have one of these.
    std::vector<std::string> disk_types{};
    /// Of all disks; 0 without.
    WantedRange local_storage_gb{};
    WantedRange accelerators{};
    /// Of all accelerators; 0 without.
    WantedRange accelerator_memory_mib{};
    /// fpga, gpu, inference, media.
    std::vector<std::string> accelerator_types{};
    std::vector<std::string> accelerator_manufacturers{};
    /// In small letters, with a hyphen for each space.
    std::vector<std::string> accelerator_names{};
};

/// Has the query, one of kInstanceTypeList, ask for types that have all of it.
void require_attributes(const WantedAttributes& wanted, ListQuery& query);

/// A type's prices for an hour in one region. What we do not know is missing.
struct PricedTypeRow {
    std::string name{};
    bool current_generation = false;
    std::optional<NanoUsd> on_demand{};
    /// In the zone where Linux costs least; nothing where there are no Spot Instances of it.
    std::optional<NanoUsd> spot{};
};

/// Of the types that the query, one of kInstanceTypeList, asks for, whatever its page.
std::vector<PricedTypeRow> select_priced_types(Database& db, const ListQuery& query);

/// Has the query ask for types of these names alone.
void require_named_types(const std::vector<std::string>& names, ListQuery& query);

}  // namespace amilab
