#include "server/cli/account_limits.h"

#include <cstdint>
#include <optional>

#include <fmt/format.h>

#include "server/cli/sizes.h"

namespace amilab::cli {

namespace {

constexpr std::string_view kRows = "rows=";
constexpr std::string_view kBytes = "bytes=";

/// False when the part tells nothing.
bool read_part(std::string_view part, AccountLimits& limits)
{
    if (part.starts_with(kRows)) {
        const auto rows = parse_number(part.substr(kRows.size()));
        limits.rows = rows ? std::optional(static_cast<std::int64_t>(*rows)) : std::nullopt;
        return rows.has_value();
    }
    if (part.starts_with(kBytes)) {
        limits.bytes = parse_size(part.substr(kBytes.size()));
        return limits.bytes.has_value();
    }
    return false;
}

}  // namespace

std::string check_account_limit(const std::string& part)
{
    AccountLimits limits;
    return read_part(part, limits)
               ? ""
               : fmt::format(
                     "{} is no limit: expected rows=N or bytes=SIZE, such as rows=10000 or "
                     "bytes=20GiB; SIZE is {}",
                     part, kSizeForm);
}

AccountLimits parse_account_limits(const std::vector<std::string>& parts)
{
    AccountLimits limits;
    for (const auto& part : parts) {
        read_part(part, limits);
    }
    return limits;
}

}  // namespace amilab::cli
