#include "storage/metadata/images/image_search.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include <fmt/format.h>

#include "storage/metadata/images/visibility.h"
#include "storage/metadata/settings/account_rows.h"

namespace amilab {

namespace {

constexpr const char* kOfProductCode =
    "EXISTS (SELECT 1 FROM all_product_code AS c WHERE c.resource_id = i.id AND ";
constexpr const char* kOfMapping =
    "EXISTS (SELECT 1 FROM all_image_mapping AS m WHERE m.image_id = i.id AND ";
constexpr const char* kOfOneMapping =
    "i.id IN (SELECT m.image_id FROM all_image_mapping AS m WHERE ";

// A copy that is pending shows no snapshots.
constexpr auto kOfNoPendingCopy =
    ") AND NOT (i.state = " + sql_word<ImageState::kPending> +
    " AND i.source_image_id IS NOT NULL AND i.source_instance_id IS NULL)";

constexpr const char* kOfWatermark =
    "EXISTS (SELECT 1 FROM main.image_watermark AS w WHERE w.image_id = i.id AND ";
constexpr const char* kOfSupportedType =
    "EXISTS (SELECT 1 FROM main.image_instance_type AS t WHERE t.image_id = i.id"
    " AND t.supported = 1 AND ";
constexpr const char* kOfUnsupportedType =
    "EXISTS (SELECT 1 FROM main.image_instance_type AS t WHERE t.image_id = i.id"
    " AND t.supported = 0 AND ";

// Source: EC2 API Reference, DescribeImages (documented). What is missing here belongs to features
// that amilab does not have and matches nothing.
constexpr FilterColumn kRowFilters[] = {
    {"architecture", "architecture"},
    {"boot-mode", "boot_mode"},
    {"creation-date", "creation_time_ms"},
    {"description", "description"},
    {"ena-support", "ena_support"},
    {"free-tier-eligible", "free_tier_eligible"},
    {"hypervisor", "hypervisor"},
    {"image-id", "id"},
    {"image-type", "image_type"},
    {"is-public", "public"},
    {"kernel-id", "kernel_id"},
    {"manifest-location", "location"},
    {"name", "name"},
    {"owner-alias", "owner_alias"},
    {"owner-id", "owner"},
    {"platform", "platform"},
    {"public-ssm-parameter-name", "public_ssm_parameter_name"},
    {"ramdisk-id", "ramdisk_id"},
    {"root-device-name", "root_device_name"},
    {"root-device-type", "root_device_type"},
    {"source-image-id", "source_image_id"},
    {"source-image-region", "source_image_region"},
    {"source-instance-id", "source_instance_id"},
    {"sriov-net-support", "sriov_net_support"},
    {"state", "state"},
    {"state-reason-code", "state_reason_code"},
    {"state-reason-message", "state_reason_message"},
    {"virtualization-type", "virtualization_type"},
};
constexpr Listing<ImageRow> kRowList{
    .key = "i.id", .columns = kImageColumns, .filters = kRowFilters};

/// Filters on what belongs to an image.
std::vector<ResolvedFilter> child_filters()
{
    return {
        {"block-device-mapping.delete-on-termination", sql_true_false("m.delete_on_termination"),
         kOfMapping, ")"},
        {"block-device-mapping.device-name", "m.device_name", kOfMapping, ")"},
        {"block-device-mapping.encrypted", sql_true_false("m.encrypted"), kOfMapping,
         " AND m.encrypted IS NOT NULL)"},
        {"block-device-mapping.snapshot-id", "m.snapshot_id", kOfOneMapping,
         std::string(std::string_view(kOfNoPendingCopy)), kOfMapping},
        {"block-device-mapping.volume-size", "CAST(m.volume_size_gib AS TEXT)", kOfMapping, ")"},
        {"block-device-mapping.volume-type", "m.volume_type", kOfMapping, ")"},
        {"image-watermark.source-image-creation-time", sql_time("w.source_image_creation_time_ms"),
         kOfWatermark, ")"},
        {"image-watermark.source-image-id", "w.source_image_id", kOfWatermark, ")"},
        {"image-watermark.source-image-region", "w.source_image_region", kOfWatermark, ")"},
        {"image-watermark.watermark-creation-time", sql_time("w.creation_time_ms"), kOfWatermark,
         ")"},
        {"image-watermark.watermark-key", "w.watermark_key", kOfWatermark, ")"},
        {"instance-type-specification.supported-instance-type", "t.pattern", kOfSupportedType, ")"},
        {"instance-type-specification.unsupported-instance-type", "t.pattern", kOfUnsupportedType,
         ")"},
        {"product-code", "c.code", kOfProductCode, ")"},
        {"product-code.type", "c.type", kOfProductCode, ")"},
    };
}

const std::vector<ResolvedFilter>& image_filters()
{
    static const auto filters = [] {
        auto all = listing::sql_of<kRowList>().filters();
        std::ranges::move(child_filters(), std::back_inserter(all));
        return all;
    }();
    return filters;
}

/// What a Describe call says of owners.
struct Owners {
    explicit Owners(const ListQuery& wanted)
    {
        const auto owners = wanted.values_among(kAmongImageOwners);
        for (const auto& owner : owners) {
            const bool is_account = owner.find_first_not_of("0123456789") == std::string::npos;
            if (owner == wanted.owner) {
                has_viewer = true;
            } else {
                (is_account ? accounts : aliases).push_back(owner);
            }
        }
        are_any = owners.empty();
    }

    bool are_any;
    bool has_viewer = false;
    /// Besides the viewer.
    std::vector<std::string> accounts;
    std::vector<std::string> aliases;
};

void append_owners(Query& query, const Owners& owners, Seen seen, std::string_view viewer)
{
    if (owners.are_any || (seen == Seen::kAsOwner && owners.has_viewer)) {
        return;
    }
    auto accounts = owners.accounts;
    if (seen == Seen::kEither && owners.has_viewer) {
        accounts.emplace_back(viewer);
    }
    if (owners.aliases.empty()) {
        query.sql(" AND i.owner IN ").list(accounts);
        return;
    }
    query.sql(" AND (i.owner IN ").list(accounts);
    query.sql(" OR i.owner_alias IN ").list(owners.aliases).sql(")");
}

/// Source: an account's id or "self" means what is explicitly shared with it; with the caller's own
/// account also what is shared with its organization and units (documented).
void append_executable_by(Query& query, const ListQuery& wanted,
                          const std::vector<Grantee>& memberships)
{
    const auto users = wanted.values_among(kAmongLaunchers);
    if (users.empty()) {
        return;
    }
    auto named = named_users(users, wanted.owner);
    if (named.is_viewer) {
        named.others.emplace_back(wanted.owner);
    }
    query.sql(named.is_all ? " AND (i.public = 1 OR " : " AND (");
    append_shared_with(query, kSharedImages, named.others,
                       named.is_viewer ? memberships : std::vector<Grantee>());
    query.sql(")");
}

void append_image_filters(Query& query, const ListQuery& wanted,
                          const AllowedImagesSettings& allowed)
{
    std::vector<RowFilter> others;
    for (const auto& filter : wanted.filters) {
        if (filter.name == kImageAllowed) {
            append_allowed_filter(query, allowed, wanted.owner, wanted.now_ms, filter);
        } else {
            others.push_back(filter);
        }
    }
    append_filters(query, others, image_filters(), "i.id", wanted.owner);
}

/// Whether a value of the filter begins with a wildcard, so that no index finds what it means.
bool begins_anywhere(const RowFilter& filter)
{
    return std::ranges::any_of(filter.values, [](const std::string& value) {
        return value.starts_with('*') || value.starts_with('?');
    });
}

/// Whether the filter is on a column of the image's row that no index has.
bool is_on_row(const RowFilter& filter)
{
    return filter.name != "image-id" &&
           std::ranges::find(kRowFilters, filter.name, &FilterColumn::name) !=
               std::end(kRowFilters);
}

/// How own images are found of whose names only the end or the middle is known: by the index of
/// ids and names, and only the rows of those that match are read. Nothing when there is a better
/// way.
std::function<void(Query&, std::string_view)> walk_of_names(const ListQuery& wanted)
{
    bool is_by_name = false;
    for (const auto& filter : wanted.filters) {
        const bool is_name = filter.name == "name";
        if (!is_on_row(filter) || (is_name && !begins_anywhere(filter))) {
            return {};
        }
        is_by_name = is_by_name || is_name;
    }
    if (!is_by_name || !wanted.values_among(kAmongLaunchers).empty()) {
        return {};
    }
    return [&wanted](Query& query, std::string_view alias) {
        for (const auto& filter : wanted.filters) {
            if (filter.name == "name") {
                query.sql(" AND ");
                append_match(query, fmt::format("{}.name", alias), filter.values);
            }
        }
    };
}

/// A query and what it stands for.
struct Search {
    const ListQuery& wanted;
    const AllowedImagesSettings& allowed;
    Owners owners;
    /// What the viewer belongs to; nothing when nobody asks.
    std::vector<Grantee> memberships;
    bool with_deprecated;
    bool with_disabled;
};

Search search_of(Database& db, const ListQuery& wanted, const AllowedImagesSettings& allowed)
{
    const auto hidden = wanted.values_among(kAmongHidden);
    const bool is_by_name = !wanted.ids.empty();
    const bool needs_memberships = !is_by_name || !wanted.values_among(kAmongLaunchers).empty();
    return {.wanted = wanted,
            .allowed = allowed,
            .owners = Owners(wanted),
            .memberships =
                needs_memberships ? select_memberships(db, wanted.owner) : std::vector<Grantee>(),
            .with_deprecated =
                is_by_name || std::ranges::find(hidden, kHiddenDeprecated) != hidden.end(),
            .with_disabled = std::ranges::find(hidden, kHiddenDisabled) != hidden.end()};
}

/// What is asked of an image that the viewer sees as `seen`.
void append_wishes(Query& query, const Search& search, Seen seen)
{
    const auto& wanted = search.wanted;
    constexpr auto kAndIsThere = " AND i.state <> " + sql_word<ImageState::kDeregistered>;
    query.sql(kAndIsThere);
    if (!search.with_deprecated && seen != Seen::kAsOwner) {
        query.part(" AND (i.deprecation_time_ms IS NULL OR i.deprecation_time_ms > $now");
        query.sql(" OR i.owner = ").value(wanted.owner).sql(")");
    }
    if (!search.with_disabled) {
        constexpr auto kIsEnabled = " AND i.state <> " + sql_word<ImageState::kDisabled>;
        query.sql(kIsEnabled);
    }
    if (search.allowed.state == AllowedImages::kEnabled && seen != Seen::kAsOwner) {
        query.sql(" AND ");
        append_allowed(query, search.allowed, wanted.owner, wanted.now_ms);
    }
    append_owners(query, search.owners, seen, wanted.owner);
    append_executable_by(query, wanted, search.memberships);
    append_image_filters(query, wanted, search.allowed);
}

}  // namespace

std::vector<ImageRow> select_images(Database& db, const ListQuery& wanted,
                                    const AllowedImagesSettings& allowed)
{
    const auto search = search_of(db, wanted, allowed);
    const auto& owners = search.owners;
    // Only catalogue images, which are public, have an alias.
    const VisibleParts parts{.memberships = search.memberships,
                             .wants_own = (owners.are_any || owners.has_viewer) &&
                                          may_own(wanted.filters, "owner-id", wanted.owner),
                             .wants_others = owners.are_any || !owners.accounts.empty() ||
                                             !owners.aliases.empty() || !owners.has_viewer,
                             .append_walk = walk_of_names(wanted)};
    return select_visible_page<kImageColumns>(
        db, kSharedImages, wanted, parts,
        [&](Query& part, Seen seen) { append_wishes(part, search, seen); });
}

}  // namespace amilab
