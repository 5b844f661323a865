#include "server/calls/pages.h"

#include <algorithm>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/wire/types.h"

namespace amilab {

namespace {

// Source: "MaxResults ... up to 1000" and larger values taken as that (documented for
// DescribeVolumes and DescribeSnapshots).
constexpr std::int64_t kLargestPage = 1000;

}  // namespace

std::string PageTokens::mark() const
{
    return fmt::format("amilab1:{}:{}:{}:", operation_, session_.account(), session_.region());
}

std::string PageTokens::read(const std::optional<std::string>& token) const
{
    if (!is_given(token)) {
        return {};
    }
    const auto decoded = wire::decode_base64(*token);
    const auto mark = this->mark();
    if (!decoded || !decoded->starts_with(mark)) {
        throw refuse_(*token);
    }
    return decoded->substr(mark.size());
}

std::string PageTokens::make(std::string_view last_key) const
{
    return wire::encode_base64(mark().append(last_key));
}

ListPage parse_page(const Session& session, const std::optional<std::int64_t>& max_results,
                    const std::optional<std::string>& next_token, const PageTokens& tokens)
{
    ListPage page{.after = tokens.read(next_token), .limit = session.rows_in_part()};
    if (max_results) {
        page.limit = std::min(*max_results, kLargestPage);
    }
    return page;
}

}  // namespace amilab
