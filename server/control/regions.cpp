#include "server/control/regions.h"

#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "server/control/bodies.h"
#include "storage/metadata/regions/region_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"

namespace amilab::control {

namespace json = boost::json;

namespace {

/// Whether the value says that the region is opted in.
bool require_status(std::string_view region, const json::value& value)
{
    const auto status =
        value.is_string() ? find_word<OptInStatus>(std::string(value.get_string())) : std::nullopt;
    if (!status || *status == OptInStatus::kNotRequired) {
        refuse(fmt::format("{} is {}; expected \"opted-in\" or \"not-opted-in\"", region,
                           json::serialize(value)));
    }
    return *status == OptInStatus::kOptedIn;
}

}  // namespace

json::value show_regions(Emulator& emulator)
{
    auto reader = emulator.data().current()->reader();
    json::object regions;
    for (const auto& row : select_page<kRegionList>(reader.db(), {})) {
        if (row.opt_in_status != OptInStatus::kNotRequired) {
            regions[row.name] = json::string_view(row.opt_in_status);
        }
    }
    return regions;
}

void change_regions(Emulator& emulator, const json::value& wanted)
{
    const auto& statuses = require_object(wanted);
    const auto known = show_regions(emulator);
    std::vector<std::pair<std::string, bool>> changes;
    for (const auto& [key, value] : statuses) {
        if (!known.get_object().contains(key)) {
            refuse(fmt::format("\"{}\" is no region that wants opting in; expected one of {}",
                               std::string_view(key), names_of(known.get_object())));
        }
        changes.emplace_back(std::string(key), require_status(std::string_view(key), value));
    }
    const auto generation = emulator.data().current();
    auto writer = generation->writer();
    Transaction transaction(writer.db());
    for (const auto& [region, is_in] : changes) {
        set_opted_in(writer.db(), region, is_in);
    }
    const bool any = any_opted_out(writer.db());
    transaction.commit();
    generation->settings().note_opted_out(any);
}

}  // namespace amilab::control
