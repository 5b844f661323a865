#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pugixml.hpp>

#include "server/wire/api_error.h"
#include "server/wire/schema.h"
#include "server/wire/types.h"

/// Answers as the protocols write them.
namespace amilab::wire {

/// Source: observed.
constexpr std::string_view kXmlContentType = "text/xml;charset=UTF-8";
constexpr std::string_view kRestXmlContentType = "application/xml";

// What generated code is made of. Text that XML 1.0 cannot hold (control characters) becomes
// U+FFFD, so that every answer is a document.
void append(pugi::xml_node to, const char* name, std::string_view value);
void append(pugi::xml_node to, const char* name, bool value);
void append(pugi::xml_node to, const char* name, std::int64_t value);
void append(pugi::xml_node to, const char* name, double value);
void append(pugi::xml_node to, const char* name, Timestamp value);
void append(pugi::xml_node to, const char* name, const Blob& value);

/// Texts are no structures, though both are classes.
inline void append(pugi::xml_node to, const char* name, const std::string& value)
{
    append(to, name, std::string_view(value));
}

/// Structures: their generated `render` is found beside them.
template <class Structure>
void append(pugi::xml_node to, const char* name, const Structure& value)
{
    render(value, to.append_child(name));
}

template <class Value>
void append(pugi::xml_node to, const char* name, const std::optional<Value>& value)
{
    if (value) {
        append(to, name, *value);
    }
}

template <class Value>
void append_list(pugi::xml_node to, const char* name, const std::vector<Value>& values,
                 const char* item, Empty empty)
{
    if (values.empty() && empty == Empty::kWhenFilled) {
        return;
    }
    const auto list = to.append_child(name);
    for (const Value& value : values) {
        append(list, item, value);
    }
}

template <class Value>
void append_list(pugi::xml_node to, const char* name,
                 const std::optional<std::vector<Value>>& values, const char* item, Empty)
{
    if (values) {
        append_list(to, name, *values, item, Empty::kAlways);
    }
}

/// Makes `document` an answer of the ec2 or the query protocol. Returns the element that its
/// members belong into.
using BeginResponse = pugi::xml_node (*)(pugi::xml_document& document, const ServiceSchema& service,
                                         const OperationSchema& operation,
                                         std::string_view request_id);
pugi::xml_node begin_ec2_response(pugi::xml_document& document, const ServiceSchema& service,
                                  const OperationSchema& operation, std::string_view request_id);
pugi::xml_node begin_query_response(pugi::xml_document& document, const ServiceSchema& service,
                                    const OperationSchema& operation, std::string_view request_id);
/// Begins it as the protocol of its service does.
pugi::xml_node begin_response(pugi::xml_document& document, const ServiceSchema& service,
                              const OperationSchema& operation, std::string_view request_id);
/// Puts the document into the namespace that the service has in that version.
void use_version(pugi::xml_document& document, const ServiceSchema& service,
                 std::string_view version);
/// What a document begins with.
constexpr std::string_view kXmlDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
/// The document as text, with the XML declaration, on one line after it.
std::string to_text(const pugi::xml_document& document);
/// A part of a document as text.
std::string to_text(pugi::xml_node node);

/// The body of a successful answer.
template <class Response>
std::string render_response(const ServiceSchema& service, const OperationSchema& operation,
                            const Response& response, std::string_view request_id)
{
    pugi::xml_document document;
    render(response, begin_response(document, service, operation, request_id));
    return to_text(document);
}

// The body of a refusal. Source: both forms observed.
std::string render_ec2_error(const ApiError& error, std::string_view request_id);
/// Of S3.
std::string render_rest_xml_error(const ApiError& error, std::string_view request_id);
std::string render_query_error(const ServiceSchema& service, const ApiError& error,
                               std::string_view request_id);

}  // namespace amilab::wire
