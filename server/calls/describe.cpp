#include "server/calls/describe.h"

namespace amilab::describing {

ListPage page_of(const PageSpec& spec, const std::optional<std::int64_t>& max_results,
                 const std::optional<std::string>& next_token, const PageTokens& tokens)
{
    auto page = parse_page(max_results, next_token, tokens);
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

ListPart* part_of(const Session& session, const ListPage& page, bool is_whole)
{
    return page.limit || is_whole ? nullptr : session.part();
}

}  // namespace amilab::describing
