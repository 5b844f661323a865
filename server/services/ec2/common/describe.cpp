#include "server/services/ec2/common/describe.h"

#include "server/services/ec2/common/errors.h"
#include "server/wire/wire_errors.h"

namespace amilab::ec2 {

namespace {

// Source: EC2 API Reference, "Filter" and FilterLimitExceeded (documented).
constexpr std::size_t kMostFilterValues = 200;

}  // namespace

std::vector<RowFilter> parse_filters(const wire::OperationSchema& operation,
                                     const std::vector<Filter>& filters)
{
    std::vector<RowFilter> parsed;
    std::size_t values = 0;
    for (const auto& filter : filters) {
        const auto name = filter.name.value_or("null");
        const auto documented = wire::documented_filter(operation, name);
        if (documented.empty()) {
            throw wire::invalid_filter(name);
        }
        values += filter.values.size();
        parsed.push_back(
            {documented == "tag:<key>" ? name : std::string(documented), filter.values});
    }
    if (values > kMostFilterValues) {
        throw filter_limit_exceeded(kMostFilterValues);
    }
    return parsed;
}

void refuse_page_with_ids(bool has_ids, const std::optional<std::int64_t>& max_results,
                          std::string_view parameter)
{
    if (has_ids && max_results) {
        const bool is_capitalised = parameter.front() < 'a';
        throw parameters_not_together(parameter, is_capitalised ? "MaxResults" : "maxResults");
    }
}

void throw_dry_run_operation()
{
    throw dry_run_operation();
}

}  // namespace amilab::ec2
