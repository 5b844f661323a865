#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "server/calls/pages.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "storage/metadata/sql/listing.h"

/// The sequence of every Describe operation, for what a family says of its own.
namespace amilab::ec2 {

/// The key of rows that have an id of their own.
template <class Row>
std::string id_of(const Row& row)
{
    return row.id.text();
}

/// The ids that a request may name.
template <class Request>
struct IdsSpec {
    std::vector<std::string> Request::*member = nullptr;
    /// Throws for one that is none: check_ids<VolumeId>.
    void (*check)(const std::vector<std::string>& ids) = nullptr;
    /// How AWS calls them when it refuses MaxResults beside them; empty: it takes both.
    std::string_view not_with_page = {};
    /// Whether a bad id is refused before a bad filter.
    bool before_filters = false;
    /// Throws for ids that the caller does not have, whatever the filters say.
    void (*require)(Session& session, const ListQuery& wanted) = nullptr;
};

struct PageSpec {
    /// Rows of a page that the request does not limit; nothing: all.
    std::optional<std::int64_t> usual = {};
    std::optional<std::int64_t> largest = {};
    /// A limit of 0 is none.
    bool zero_is_all = false;
};

/// What one Describe operation is made of.
///
///     constexpr DescribeSpec kDescribe{
///         .schema = kDescribeVolumes,
///         .ids = {.member = &DescribeVolumesRequest::volume_ids, .check = &check_ids<VolumeId>,
///                 .require = &require_listed<kVolumeList, VolumeId, not_found>},
///         .select = &select_page<kVolumeList>, .answers = &to_descriptions,
///         .into = &DescribeVolumesResponse::volumes};
///
/// `Wanted` is a ListQuery, or one that says more.
template <class Request, class Response, class Answer, class Row, class Wanted>
struct DescribeSpec {
    const wire::OperationOf<Request>& schema;
    IdsSpec<Request> ids = {};
    PageSpec page = {};
    /// Checks what else the request says, before the dry run, and adds it to the query.
    void (*refine)(Session& session, const Request& request, Wanted& wanted) = nullptr;
    /// Adds what the request names and only rows can tell, behind the dry run.
    void (*resolve)(Session& session, const Request& request, Wanted& wanted) = nullptr;
    std::vector<Row> (*select)(Database& db, const Wanted& wanted);
    /// Where a row stands in the order of pages.
    std::string (*key)(const Row& row) = &id_of<Row>;
    /// All rows of a page at once, so that what belongs to them comes by one statement each.
    std::vector<Answer> (*answers)(Session& session, std::vector<Row>&& rows);
    std::vector<Answer> Response::*into;
};

template <class Spec>
struct SpecTypes;
template <class Request, class Response_, class Answer, class Row, class Wanted_>
struct SpecTypes<DescribeSpec<Request, Response_, Answer, Row, Wanted_>> {
    using Response = Response_;
    using Wanted = Wanted_;
};
template <const auto& kSpec>
using ResponseOf = typename SpecTypes<std::decay_t<decltype(kSpec)>>::Response;
template <const auto& kSpec>
using WantedOf = typename SpecTypes<std::decay_t<decltype(kSpec)>>::Wanted;

template <class Row>
std::vector<std::string> ids_of(const std::vector<Row>& rows)
{
    std::vector<std::string> ids;
    ids.reserve(rows.size());
    for (const auto& row : rows) {
        ids.push_back(row.id.text());
    }
    return ids;
}

template <class IdType>
void check_ids(const std::vector<std::string>& ids)
{
    parse_ids<IdType>(ids);
}

template <class IdType, ApiError (*refusal)(const IdType&)>
ApiError refuse_text(const std::string& id)
{
    return refusal(IdType::trusted(id));
}

/// Throws the refusal, say not_found, for the first id that the list does not have.
/// Source: observed of volumes, assumed of others; AWS names one id.
template <const auto& kList, ApiError (*refusal)(const std::string& id)>
void require_listed(Session& session, const ListQuery& wanted)
{
    const auto missing = missing_ids<kList>(session.db(), wanted);
    if (!missing.empty()) {
        throw refusal(missing.front());
    }
}
template <const auto& kList, class IdType, ApiError (*refusal)(const IdType&)>
void require_listed(Session& session, const ListQuery& wanted)
{
    require_listed<kList, &refuse_text<IdType, refusal>>(session, wanted);
}

/// Adds those that the request names by `kNames`, each found by `require`, a function of a session
/// and a name. For DescribeSpec's `resolve`.
template <auto kNames, auto require, class Request>
void add_named(Session& session, const Request& request, ListQuery& wanted)
{
    for (const auto& name : request.*kNames) {
        wanted.ids.push_back(require(session, name).id.text());
    }
}

/// What `to_answer` makes of each row, and its tags. For DescribeSpec's `answers`.
template <auto to_answer, class Row>
auto answers_with_tags(Session& session, std::vector<Row>&& rows)
{
    const PageTags tags(session, ids_of(rows));
    std::vector<decltype(to_answer(rows.front()))> answers;
    for (const auto& row : rows) {
        answers.push_back(to_answer(row));
        answers.back().tags = tags.of(row.id.text());
    }
    return answers;
}

template <class Spec>
ListPage page_of(const Session& session, const Spec& spec,
                 const std::optional<std::int64_t>& max_results,
                 const std::optional<std::string>& next_token)
{
    auto page = parse_page(session, max_results, next_token);
    if (page.limit == 0 && spec.page.zero_is_all) {
        page.limit.reset();
    }
    if (page.limit && spec.page.largest) {
        page.limit = std::min(*page.limit, *spec.page.largest);
    }
    if (!page.limit && spec.page.usual) {
        page.limit = spec.page.usual;
    }
    return page;
}

template <const auto& kSpec, class Request>
WantedOf<kSpec> query_of(Session& session, const Request& request)
{
    WantedOf<kSpec> wanted;
    wanted.owner = session.account();
    wanted.region = session.region();
    wanted.now_ms = session.now_ms();
    if (kSpec.ids.member != nullptr) {
        wanted.ids = request.*kSpec.ids.member;
    }
    if (kSpec.ids.before_filters) {
        kSpec.ids.check(wanted.ids);
    }
    if constexpr (requires { request.filters; }) {
        wanted.filters = parse_filters(kSpec.schema, request.filters);
    }
    if (kSpec.ids.check != nullptr) {
        kSpec.ids.check(wanted.ids);
    }
    if (kSpec.refine != nullptr) {
        kSpec.refine(session, request, wanted);
    }
    return wanted;
}

/// One Describe call, from its checks in AWS's order to its answer.
template <const auto& kSpec, class Request>
auto describe(Session& session, const Request& request)
{
    auto wanted = query_of<kSpec>(session, request);
    ListPage page;
    if constexpr (requires { request.max_results; }) {
        if (!kSpec.ids.not_with_page.empty()) {
            refuse_page_with_ids(!wanted.ids.empty(), request.max_results, kSpec.ids.not_with_page);
        }
        page = page_of(session, kSpec, request.max_results, request.next_token);
    }
    stop_if_dry_run(request);

    wanted.after = page.after;
    wanted.limit = page.sql_limit();
    if (kSpec.ids.require != nullptr) {
        kSpec.ids.require(session, wanted);
    }
    if (kSpec.resolve != nullptr) {
        kSpec.resolve(session, request, wanted);
    }
    auto rows = kSpec.select(session.db(), wanted);
    ResponseOf<kSpec> response;
    if constexpr (requires { response.next_token; }) {
        response.next_token = cut_page(page, rows, kSpec.key);
    }
    response.*kSpec.into = kSpec.answers(session, std::move(rows));
    return response;
}

}  // namespace amilab::ec2
