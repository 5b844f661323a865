#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/pages.h"
#include "server/calls/session.h"
#include "server/wire/ec2/shared.h"
#include "server/wire/schema.h"
#include "server/wire/types.h"
#include "storage/base/clock.h"
#include "storage/metadata/sql/filter.h"

/// What all Describe operations do alike.
namespace amilab::ec2 {

/// The request's filters under their documented names. Throws InvalidParameterValue for one that
/// neither the documentation nor the overlay names, "null" for one without a name (observed);
/// FilterLimitExceeded above 200 values (documented). One without values matches nothing
/// (observed).
std::vector<RowFilter> parse_filters(const wire::OperationSchema& operation,
                                     const std::vector<Filter>& filters);

/// Refuses MaxResults next to ids, as AWS does for `parameter`, such as "instancesSet"; some
/// operations call both with capitals.
/// Source: EC2 API Reference, "Pagination": a list of IDs and MaxResults fail with
/// InvalidParameterCombination (documented of all describe actions). The texts of instances,
/// images, volumes, snapshots, VPCs, network interfaces and security groups are observed, the
/// others' are assumed after them.
void refuse_page_with_ids(bool has_ids, const std::optional<std::int64_t>& max_results,
                          std::string_view parameter);

/// A time that a row may have, as answers have it.
inline std::optional<Timestamp> time_of(const std::optional<TimeMs>& time_ms)
{
    return time_ms ? std::optional(Timestamp{*time_ms}) : std::nullopt;
}

/// A time that a row may have, where answers have it as text.
inline std::optional<std::string> time_text(const std::optional<TimeMs>& time_ms)
{
    return time_ms ? std::optional(wire::format_timestamp({*time_ms})) : std::nullopt;
}

[[noreturn]] void throw_dry_run_operation();

/// Throws DryRunOperation when the caller only asks whether it might. Called when everything that
/// needs no state has been checked.
template <class Request>
void stop_if_dry_run(const Request& request)
{
    if (request.dry_run.value_or(false)) {
        throw_dry_run_operation();
    }
}

}  // namespace amilab::ec2
