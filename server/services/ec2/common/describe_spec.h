#pragma once

#include <string>
#include <vector>

#include "server/calls/describe.h"
#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/resource_tags.h"
#include "storage/metadata/sql/listing.h"

/// EC2's Describe operations, of which each family has a DescribeSpec.
namespace amilab::ec2 {

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
/// Checks them, and calls them in a refusal as `kParameter` says.
template <class IdType, const auto& kParameter>
void check_ids(const std::vector<std::string>& ids)
{
    parse_ids<IdType>(ids, kParameter);
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

/// EC2's filters, ids that go with no page, and dry runs, where the operation has them.
struct DescribeChecks {
    template <class Spec, class Request>
    static void add_filters(const Spec& spec, const Request& request, ListQuery& wanted)
    {
        if constexpr (requires { request.filters; }) {
            wanted.filters = parse_filters(spec.schema, request.filters);
        } else if constexpr (requires { request.filter; }) {  // as DescribeNatGateways calls them
            wanted.filters = parse_filters(spec.schema, request.filter);
        }
    }
    template <class Spec, class Request>
    static void before_page(const Spec& spec, const Request& request, const ListQuery& wanted)
    {
        if (!spec.ids.not_with_page.empty()) {
            refuse_page_with_ids(!wanted.ids.empty(), request.max_results, spec.ids.not_with_page);
        }
    }
    template <class Request>
    static void before_rows(const Request& request)
    {
        if constexpr (requires { request.dry_run; }) {
            stop_if_dry_run(request);
        }
    }
};

/// One Describe call, from its checks in AWS's order to its answer.
template <const auto& kSpec, class Request>
auto describe(Session& session, const Request& request)
{
    return answer_list<kSpec, DescribeChecks>(session, request);
}

}  // namespace amilab::ec2
