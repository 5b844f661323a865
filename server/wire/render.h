#pragma once

#include <string_view>
#include <utility>

#include <boost/json/fwd.hpp>

#include "server/wire/answer_parts.h"
#include "server/wire/schema.h"
#include "server/wire/types.h"
#include "server/wire/xml.h"

/// Answers in the protocol of their service. Services of the json protocols include
/// server/wire/json.h beside this.
namespace amilab::wire {

/// What an answer is made for.
struct AnswerForm {
    const ServiceSchema& service;
    const OperationSchema& operation;
    std::string_view request_id;
    /// The version that the request names; empty: the service's own.
    std::string_view version = {};
};

/// Begins it in the namespace of the request's version. Source: observed.
inline pugi::xml_node begin_answer(pugi::xml_document& document, const AnswerForm& form)
{
    const auto members = begin_response(document, form.service, form.operation, form.request_id);
    if (!form.version.empty()) {
        use_version(document, form.service, form.version);
    }
    return members;
}

/// Answers of the json protocols: their generated `render` fills an object.
template <class Response>
concept RendersAsJson = requires(const Response& from, boost::json::object& to)
{
    render(from, to);
};

/// Of handlers that write their answers themselves.
inline Rendered render_answer(const AnswerForm&, const Rendered& response)
{
    return response;
}

template <class Response>
Rendered render_answer(const AnswerForm& form, const Response& response)
{
    if constexpr (RendersAsJson<Response>) {
        return render_json_response(form.operation, response);
    } else {
        pugi::xml_document document;
        render(response, begin_answer(document, form));
        return {to_text(document)};
    }
}

/// The next part of an answer whose list is Response::kPagedList.
template <class Response>
Rendered render_part(const AnswerForm& form, AnswerParts& parts, const Response& response,
                     bool is_last)
{
    pugi::xml_document document;
    render(response, begin_answer(document, form));
    return {parts.add(document, Response::kPagedList, is_last)};
}

}  // namespace amilab::wire
