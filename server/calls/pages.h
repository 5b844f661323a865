#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/calls/errors.h"
#include "server/calls/session.h"

/// Pages of lists and their tokens.
namespace amilab {

/// Where a Describe call begins and how much it answers. Rows are in the order of their keys.
struct ListPage {
    /// The key of the last row of the page before; empty at the start.
    std::string after;
    /// Rows to answer; none is all.
    std::optional<std::int64_t> limit;

    /// What SQL is asked for: one more than the page, to see whether there is another.
    std::int64_t sql_limit() const { return limit ? *limit + 1 : -1; }
};

/// How a service refuses a token that no call gave.
using RefuseToken = ApiError (*)(std::string_view token);

/// Tokens of the pages of one list: of an operation, for an account in a region, with the filters
/// and ids of the request. One of another list would stand for a place that nobody meant, so they
/// are signed with all of that; MaxResults may differ from page to page. Source: "keep all other
/// arguments unchanged" of EBS direct and others (documented), that EC2 refuses is assumed.
class PageTokens {
public:
    /// `session` and `operation` outlive it.
    PageTokens(Session& session, std::string_view operation,
               RefuseToken refuse = &invalid_next_token)
        : session_(session), operation_(operation), refuse_(refuse)
    {
    }

    /// The key that a token stands for; empty without one. Throws for one that is not of this list.
    std::string read(const std::optional<std::string>& token) const;
    /// The token behind a page that ends with `last_key`.
    std::string make(std::string_view last_key) const;

private:
    /// What a token begins with: of the list and the key behind it.
    std::string signature(std::string_view last_key) const;

    Session& session_;
    std::string_view operation_;
    RefuseToken refuse_;
};

/// The page that MaxResults and NextToken mean; more than 1,000 is 1,000. Without MaxResults it is
/// all.
ListPage parse_page(const std::optional<std::int64_t>& max_results,
                    const std::optional<std::string>& next_token, const PageTokens& tokens);

/// Cuts `rows` to the page and returns the token of the next one, when there is one. `key` tells a
/// row's place in the order.
template <class Row, class Key>
std::optional<std::string> cut_page(const ListPage& page, std::vector<Row>& rows, Key key,
                                    const PageTokens& tokens)
{
    if (!page.limit || static_cast<std::int64_t>(rows.size()) <= *page.limit) {
        return std::nullopt;
    }
    rows.erase(rows.begin() + *page.limit, rows.end());
    return tokens.make(key(rows.back()));
}

}  // namespace amilab
