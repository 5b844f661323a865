#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "server/calls/pages.h"
#include "server/calls/session.h"
#include "server/wire/schema.h"
#include "storage/base/vocabulary.h"
#include "storage/metadata/sql/listing.h"

/// The sequence of every operation that lists rows, for what a family says of its own.
namespace amilab {

/// The key of rows that have an id of their own.
template <class Row>
std::string id_of(const Row& row)
{
    return row.id.text();
}

// What key_by() is made of.
namespace describing {

template <class Value>
std::string key_text(const Value& value)
{
    if constexpr (requires { value.text(); }) {
        return value.text();
    } else if constexpr (Vocabulary<Value>) {
        return std::string(text_of(value));
    } else {
        return value;
    }
}

}  // namespace describing

/// The key of rows that are told by one member, an id, a text or a word: key_by<&RegionRow::name>;
/// or by several, with a slash between two of them.
template <auto kFirst, auto... kMore>
std::string key_by(const column::RowOf<kFirst>& row)
{
    auto key = describing::key_text(row.*kFirst);
    ((key += '/', key += describing::key_text(row.*kMore)), ...);
    return key;
}

/// The ids that a request may name.
template <class Request>
struct IdsSpec {
    std::vector<std::string> Request::*member = nullptr;
    /// Throws for one that is none: check_ids<VolumeId>.
    void (*check)(const std::vector<std::string>& ids) = nullptr;
    /// How AWS calls them when it refuses MaxResults beside them; empty: it takes both, as where
    /// they do not name what is listed.
    std::string_view not_with_page = {};
    /// Whether a bad id is refused before a bad filter.
    bool before_filters = false;
    /// Throws for ids that the caller does not have, whatever the filters say.
    void (*require)(Session& session, const ListQuery& wanted) = nullptr;
    /// Whether the list's own `select` does, so that rows of ids are selected all at once.
    bool select_requires = false;
};

/// What rows stand together by in an answer, where a row is not an item of it by itself: parts of
/// an answer do not come between.
template <class Row>
struct GroupSpec {
    /// The column, for ListQuery's `ahead`; empty: a row is an item.
    std::string_view column = {};
    const std::string& (*of)(const Row& row) = nullptr;
};

struct PageSpec {
    /// Rows of a page that the request does not limit; nothing: all.
    std::optional<std::int64_t> usual = {};
    std::optional<std::int64_t> largest = {};
    /// A limit of 0 is none.
    bool zero_is_all = false;
    RefuseToken refuse_token = &invalid_next_token;
};

/// What one operation that lists rows is made of.
///
///     constexpr DescribeSpec kDescribe{
///         .schema = kDescribeVolumes,
///         .ids = {.member = &DescribeVolumesRequest::volume_ids, .check = &check_ids<VolumeId>,
///                 .require = &require_listed<kVolumeList, VolumeId, not_found>},
///         .select = &select_page<kVolumeList>, .answers = &to_descriptions,
///         .into = &DescribeVolumesResponse::volumes};
template <class Request, class Response, class Answer, class Row>
struct DescribeSpec {
    const wire::OperationOf<Request>& schema;
    IdsSpec<Request> ids = {};
    PageSpec page = {};
    /// Checks what else the request says, before the dry run, and adds it to the query.
    void (*refine)(Session& session, const Request& request, ListQuery& wanted) = nullptr;
    /// Adds what the request names and only rows can tell, behind the dry run.
    void (*resolve)(Session& session, const Request& request, ListQuery& wanted) = nullptr;
    std::vector<Row> (*select)(Database& db, const ListQuery& wanted);
    /// Where a row stands in the order of pages.
    std::string (*key)(const Row& row) = &id_of<Row>;
    GroupSpec<Row> group = {};
    /// All rows of a page at once, so that what belongs to them comes by one statement each.
    std::vector<Answer> (*answers)(Session& session, std::vector<Row>&& rows);
    std::vector<Answer> Response::*into;
};

/// What a service's lists have besides: filters of its form, a dry run. This one has nothing.
struct PlainChecks {
    template <class Spec, class Request>
    static void add_filters(const Spec& /*spec*/, const Request& /*request*/, ListQuery& /*wanted*/)
    {
    }
    template <class Spec, class Request>
    static void before_page(const Spec& /*spec*/, const Request& /*request*/,
                            const ListQuery& /*wanted*/)
    {
    }
    template <class Request>
    static void before_rows(const Request& /*request*/)
    {
    }
};

// What answer_list() is made of.
namespace describing {

template <class Spec>
struct SpecTypes;
template <class Request, class Response_, class Answer, class Row>
struct SpecTypes<DescribeSpec<Request, Response_, Answer, Row>> {
    using Response = Response_;
};
template <const auto& kSpec>
using ResponseOf = typename SpecTypes<std::decay_t<decltype(kSpec)>>::Response;

/// A request that may ask for a page, by the words of most services or by IAM's.
template <class Request>
concept AsksForPage = requires(const Request& request)
{
    request.max_results;
}
|| requires(const Request& request)
{
    request.max_items;
};

/// How many rows a page is to have.
template <class Request>
const std::optional<std::int64_t>& size_in(const Request& request)
{
    if constexpr (requires { request.max_items; }) {
        return request.max_items;
    } else {
        return request.max_results;
    }
}

/// What the page before ended with.
template <class Request>
const std::optional<std::string>& token_in(const Request& request)
{
    if constexpr (requires { request.marker; }) {
        return request.marker;
    } else {
        return request.next_token;
    }
}

/// Tells whether there is a page behind this one, and how to ask for it.
template <class Response>
void set_token(Response& response, std::optional<std::string>&& token)
{
    if constexpr (requires { response.is_truncated; }) {
        response.is_truncated = token.has_value();
        response.marker = std::move(token);
    } else {
        response.next_token = std::move(token);
    }
}

ListPage page_of(const PageSpec& spec, const std::optional<std::int64_t>& max_results,
                 const std::optional<std::string>& next_token, const PageTokens& tokens);

template <const auto& kSpec, class Checks, class Request>
ListQuery query_of(Session& session, const Request& request)
{
    ListQuery wanted{
        .owner = session.account(), .region = session.region(), .now_ms = session.now_ms()};
    if (kSpec.ids.member != nullptr) {
        wanted.ids = request.*kSpec.ids.member;
    }
    if (kSpec.ids.before_filters) {
        kSpec.ids.check(wanted.ids);
    }
    Checks::add_filters(kSpec, request, wanted);
    if (kSpec.ids.check != nullptr) {
        kSpec.ids.check(wanted.ids);
    }
    if (kSpec.refine != nullptr) {
        kSpec.refine(session, request, wanted);
    }
    return wanted;
}

/// The part that the session is to answer, where the request does not limit the rows and they may
/// be cut.
ListPart* part_of(const Session& session, const ListPage& page, bool is_whole);

/// How many of the first `most` rows there are up to the end of a group; 0: they are all one.
template <class Row>
std::size_t end_of_group(const std::vector<Row>& rows, std::size_t most,
                         const GroupSpec<Row>& group)
{
    while (most > 0 && group.of(rows[most - 1]) == group.of(rows[most])) {
        --most;
    }
    return most;
}

/// Rows in the order of groups, and how many of them are the part.
template <const auto& kSpec>
auto select_groups(Database& db, ListQuery& wanted, const ListPart& part)
{
    // A token is a place in the order of keys: it says which rows are wanted, not where they begin.
    wanted.behind = wanted.after;
    wanted.ahead = kSpec.group.column;
    wanted.after = part.after;
    auto most = static_cast<std::size_t>(part.most_rows);
    for (;;) {
        wanted.limit = static_cast<std::int64_t>(most) + 1;
        auto rows = kSpec.select(db, wanted);
        if (rows.size() <= most) {
            return std::pair(std::move(rows), rows.size());
        }
        if (const auto end = end_of_group(rows, most, kSpec.group); end > 0) {
            return std::pair(std::move(rows), end);
        }
        most *= 2;
    }
}

/// The rows of the part, which is told whether there are more and where they begin. `wanted` begins
/// where the request does.
template <const auto& kSpec>
auto select_part(Database& db, ListQuery& wanted, ListPart& part)
{
    const auto is_first = part.after.empty();
    auto most = static_cast<std::size_t>(part.most_rows);
    std::decay_t<decltype(kSpec.select(db, wanted))> rows;
    if (!part.is_grouped) {
        wanted.limit = part.most_rows + 1;
        const auto begin =
            std::exchange(wanted.after, is_first ? wanted.after : std::string_view(part.after));
        rows = kSpec.select(db, wanted);
        wanted.after = begin;
        part.is_grouped = kSpec.group.of != nullptr && is_first && rows.size() > most;
    }
    if (part.is_grouped) {
        std::tie(rows, most) = select_groups<kSpec>(db, wanted, part);
    }
    part.has_more = rows.size() > most;
    if (part.has_more) {
        rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(most), rows.end());
        part.after = part.is_grouped ? kSpec.group.of(rows.back()) + "/" : std::string();
        part.after += kSpec.key(rows.back());
    }
    return rows;
}

}  // namespace describing

/// One call that lists rows, from its checks in AWS's order to its answer.
template <const auto& kSpec, class Checks = PlainChecks, class Request>
auto answer_list(Session& session, const Request& request)
{
    auto wanted = describing::query_of<kSpec, Checks>(session, request);
    const PageTokens tokens(session, kSpec.schema.name, kSpec.page.refuse_token);
    ListPage page;
    if constexpr (describing::AsksForPage<Request>) {
        Checks::before_page(kSpec, request, wanted);
        page = describing::page_of(kSpec.page, describing::size_in(request),
                                   describing::token_in(request), tokens);
    }
    Checks::before_rows(request);

    auto* part =
        describing::part_of(session, page, kSpec.ids.select_requires && !wanted.ids.empty());
    wanted.after = page.after;
    wanted.limit = page.sql_limit();
    // What was there when the answer began may be gone by now.
    const bool goes_on = part != nullptr && !part->after.empty();
    if (kSpec.ids.require != nullptr && !goes_on) {
        kSpec.ids.require(session, wanted);
    }
    if (kSpec.resolve != nullptr) {
        kSpec.resolve(session, request, wanted);
    }
    auto rows = part != nullptr ? describing::select_part<kSpec>(session.db(), wanted, *part)
                                : kSpec.select(session.db(), wanted);
    describing::ResponseOf<kSpec> response;
    if constexpr (
        requires { response.next_token; } || requires { response.marker; }) {
        if (part == nullptr) {
            describing::set_token(response, cut_page(page, rows, kSpec.key, tokens));
        }
    }
    response.*kSpec.into = kSpec.answers(session, std::move(rows));
    return response;
}

}  // namespace amilab
