#include "server/calls/describe.h"

namespace amilab::describing {

ListPage page_of(const Session& session, const PageSpec& spec,
                 const std::optional<std::int64_t>& max_results,
                 const std::optional<std::string>& next_token, const PageTokens& tokens)
{
    auto page = parse_page(session, max_results, next_token, tokens);
    if (page.limit == 0 && spec.zero_is_all) {
        page.limit.reset();
    }
    if (page.limit && spec.largest) {
        page.limit = std::min(*page.limit, *spec.largest);
    }
    if (!page.limit && spec.usual) {
        page.limit = spec.usual;
    }
    return page;
}

}  // namespace amilab::describing
