#include "server/calls/pages.h"

#include <algorithm>

#include "server/calls/errors.h"
#include "server/calls/request_values.h"
#include "server/wire/types.h"

namespace amilab {

namespace {

// Source: "MaxResults ... up to 1000" and larger values taken as that (documented for
// DescribeVolumes and DescribeSnapshots).
constexpr std::int64_t kLargestPage = 1000;

constexpr std::string_view kTokenMark = "amilab1:";

}  // namespace

std::string read_next_token(const std::optional<std::string>& token)
{
    if (!is_given(token)) {
        return {};
    }
    const auto decoded = wire::decode_base64(*token);
    if (!decoded || !decoded->starts_with(kTokenMark)) {
        throw invalid_next_token(*token);
    }
    return decoded->substr(kTokenMark.size());
}

std::string make_next_token(std::string_view last_key)
{
    return wire::encode_base64(std::string(kTokenMark) + std::string(last_key));
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
