#include "storage/metadata/regions/region_rows.h"

#include <algorithm>

#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/sql/patterns.h"
#include "storage/metadata/sql/statement.h"

namespace amilab {

bool region_exists(Database& db, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM catalogue.region WHERE name = ?");
    select.bind(region);
    return select.step();
}

bool is_opted_out(Database& db, std::string_view region)
{
    Statement select(db, "SELECT 1 FROM opted_out_region WHERE name = ?");
    select.bind(region);
    return select.step();
}

bool any_opted_out(Database& db)
{
    Statement select(db, "SELECT 1 FROM opted_out_region LIMIT 1");
    select.bind();
    return select.step();
}

void set_opted_in(Database& db, std::string_view region, bool is_in)
{
    Statement(db, is_in ? "DELETE FROM opted_out_region WHERE name = ?"
                        : "INSERT OR IGNORE INTO opted_out_region (name) VALUES (?)")
        .execute(region);
}

std::set<std::string, std::less<>> select_region_names(Database& db)
{
    Statement select(db, "SELECT name FROM catalogue.region");
    select.bind();
    const auto names = select.texts();
    return {names.begin(), names.end()};
}

namespace {

constexpr std::string_view kOptInSetting = "zone-group.";

std::string opt_in_setting(std::string_view group)
{
    return std::string(kOptInSetting).append(group);
}

/// Shows to which groups the account has opted in, of the zones of one region.
void show_opt_in(Database& db, std::string_view account, std::string_view region,
                 std::vector<ZoneRow>& zones)
{
    const auto settings = select_account_settings(db, account, region, kOptInSetting);
    for (auto& zone : zones) {
        if (zone.opt_in_status == OptInStatus::kNotOptedIn &&
            std::ranges::find(settings, opt_in_setting(zone.group_name)) != settings.end()) {
            zone.opt_in_status = text_of(OptInStatus::kOptedIn);
        }
    }
}

bool matches_any_of(const std::string& text, const std::vector<std::string>& values)
{
    return std::ranges::any_of(
        values, [&](const std::string& value) { return Pattern(value).matches(text); });
}

}  // namespace

std::vector<ZoneRow> select_zones(Database& db, const ListQuery& wanted)
{
    const auto is_status = [](const RowFilter& one) { return one.name == "opt-in-status"; };
    auto whole = wanted;
    std::erase_if(whole.filters, is_status);
    std::erase_if(whole.among, [](const auto& one) { return one.first == kZoneOptInStatus; });
    auto zones = select_page<kZoneList>(db, whole);
    show_opt_in(db, wanted.owner, wanted.region, zones);
    const auto among = wanted.values_among(kZoneOptInStatus);
    std::erase_if(zones, [&](const ZoneRow& zone) {
        const auto& status = zone.opt_in_status;
        return (!among.empty() && std::ranges::find(among, status) == among.end()) ||
               std::ranges::any_of(wanted.filters, [&](const RowFilter& filter) {
                   return is_status(filter) && !matches_any_of(status, filter.values);
               });
    });
    return zones;
}

std::vector<ZoneRow> select_enabled_zones(Database& db, std::string_view account,
                                          std::string_view region)
{
    return select_zones(
        db,
        {.owner = account, .region = region, .among = {{kZoneOptInStatus, enabled_statuses()}}});
}

void opt_in_to_zones(Database& db, std::string_view account, std::string_view region,
                     std::string_view group)
{
    write_account_setting(db, account, region, opt_in_setting(group),
                          text_of(OptInStatus::kOptedIn));
}

std::optional<ZoneRow> select_zone(Database& db, std::string_view region, std::string_view name)
{
    return select_row<kZoneColumns>(
        db, "FROM catalogue.availability_zone z WHERE z.name = ? AND z.region = ?", name, region);
}

}  // namespace amilab
