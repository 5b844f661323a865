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
};

/// Answers of the json protocols: their generated `render` fills an object.
template <class Response>
concept RendersAsJson = requires(const Response& from, boost::json::object& to)
{
    render(from, to);
};

template <class Response>
Rendered render_answer(const AnswerForm& form, const Response& response)
{
    if constexpr (RendersAsJson<Response>) {
        return render_json_response(form.operation, response);
    } else {
        return {render_response(form.service, form.operation, response, form.request_id)};
    }
}

/// The next part of an answer whose list is Response::kPagedList.
template <class Response>
Rendered render_part(const AnswerForm& form, AnswerParts& parts, const Response& response,
                     bool is_last)
{
    pugi::xml_document document;
    render(response, begin_response(document, form.service, form.operation, form.request_id));
    return {parts.add(document, Response::kPagedList, is_last)};
}

}  // namespace amilab::wire
