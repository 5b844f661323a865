#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/session.h"
#include "server/wire/ec2/shared.h"
#include "server/wire/schema.h"
#include "storage/metadata/sql/filter.h"

/// What all Describe operations do alike: filters and pages.
namespace amilab::ec2 {

/// The request's filters under their documented names. Throws InvalidParameterValue for one that
/// neither the documentation nor the overlay names, InvalidParameterValue for one without values,
/// FilterLimitExceeded above 200 values (documented).
std::vector<amilab::Filter> parse_filters(const wire::OperationSchema& operation,
                                          const std::vector<Filter>& filters);

/// Where a Describe call begins and how much it answers. Rows are in the order of their keys.
struct Page {
    /// The key of the last row of the page before; empty at the start.
    std::string after;
    /// Rows to answer; none is all.
    std::optional<std::int64_t> limit;

    /// What SQL is asked for: one more than the page, to see whether there is another.
    std::int64_t sql_limit() const { return limit ? *limit + 1 : -1; }
};

/// The page that MaxResults and NextToken mean; more than 1,000 is 1,000. Throws InvalidNextToken
/// for a token that no call gave.
Page parse_page(const std::optional<std::int64_t>& max_results,
                const std::optional<std::string>& next_token);

/// The token behind a page that ends with `last_key`.
std::string make_next_token(std::string_view last_key);

/// Cuts `rows` to the page and returns the token of the next one, when there is one. `key` tells a
/// row's place in the order.
template <class Row, class Key>
std::optional<std::string> cut_page(const Page& page, std::vector<Row>& rows, Key key)
{
    if (!page.limit || static_cast<std::int64_t>(rows.size()) <= *page.limit) {
        return std::nullopt;
    }
    rows.erase(rows.begin() + *page.limit, rows.end());
    return make_next_token(key(rows.back()));
}

/// Refuses MaxResults next to ids, as AWS does for `parameter` (say "instanceIds").
void refuse_page_with_ids(bool has_ids, const std::optional<std::int64_t>& max_results,
                          std::string_view parameter);

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
