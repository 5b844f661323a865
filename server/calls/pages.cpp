#include "server/calls/pages.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "server/calls/request_values.h"
#include "server/calls/secrets.h"
#include "server/wire/types.h"
#include "storage/state/settings.h"

namespace amilab {

namespace {

// Source: "MaxResults ... up to 1000" and larger values taken as that (documented for
// DescribeVolumes and DescribeSnapshots).
constexpr std::int64_t kLargestPage = 1000;

}  // namespace

std::string PageTokens::signature(std::string_view last_key) const
{
    const auto query = session_.list_fingerprint();
    std::string text;
    // The lengths keep apart what stands beside each other.
    for (const std::string_view part :
         {operation_, std::string_view(session_.account()), std::string_view(session_.region()),
          std::string_view(query), last_key}) {
        fmt::format_to(std::back_inserter(text), "{}:{}", part.size(), part);
    }
    return sign(session_.settings().page_token_key(), text);
}

std::string PageTokens::read(const std::optional<std::string>& token) const
{
    if (!is_given(token)) {
        return {};
    }
    const auto decoded = wire::decode_base64(*token);
    if (!decoded || decoded->size() < kSignatureBytes) {
        throw refuse_(*token);
    }
    auto key = decoded->substr(kSignatureBytes);
    if (!is_same_secret(signature(key), std::string_view(*decoded).substr(0, kSignatureBytes))) {
        throw refuse_(*token);
    }
    return key;
}

std::string PageTokens::make(std::string_view last_key) const
{
    return wire::encode_base64(signature(last_key).append(last_key));
}

ListPage parse_page(const std::optional<std::int64_t>& max_results,
                    const std::optional<std::string>& next_token, const PageTokens& tokens)
{
    ListPage page{.after = tokens.read(next_token), .limit = {}};
    if (max_results) {
        page.limit = std::min(*max_results, kLargestPage);
    }
    return page;
}

}  // namespace amilab
