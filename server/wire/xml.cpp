#include "server/wire/xml.h"

#include <algorithm>

#include <fmt/format.h>

namespace amilab::wire {
namespace {

// Texts are escaped where they are appended: pugixml leaves carriage returns as they are.
constexpr unsigned kFormat =
    pugi::format_raw | pugi::format_no_declaration | pugi::format_no_escapes;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/// U+FFFE and U+FFFF, which XML 1.0 excludes beside the control characters.
bool is_noncharacter(std::string_view text, std::size_t at)
{
    const auto three = text.substr(at, 3);
    return three == "\xEF\xBF\xBE" || three == "\xEF\xBF\xBF";
}

/// Whether `text` can stand between tags as it is; so it is in nearly every case.
bool is_plain(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n') || c == '&' ||
               c == '<' || c == '>' || (c & 0x80) != 0;
    });
}

/// What stands for one character. A carriage return would be read back as a line end.
std::string_view escaped(char c)
{
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '\r':
            return "&#13;";
        default:
            return is_control(c) ? kReplacement : std::string_view();
    }
}

std::string escaped(std::string_view text)
{
    // Only what never came through the wire, which checks, can be something else.
    const bool readable = is_utf8(text);
    std::string safe;
    safe.reserve(text.size() + 16);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto stands_for = escaped(text[at]);
        if (!stands_for.empty()) {
            safe += stands_for;
        } else if ((text[at] & 0x80) != 0 && !readable) {
            safe += kReplacement;
        } else if (is_noncharacter(text, at)) {
            safe += kReplacement;
            at += 2;
        } else {
            safe += text[at];
        }
    }
    return safe;
}

void set_text(pugi::xml_node node, std::string_view text)
{
    if (!text.empty()) {
        node.append_child(pugi::node_pcdata).set_value(text.data(), text.size());
    }
}

struct TextWriter : pugi::xml_writer {
    std::string text;
    void write(const void* data, std::size_t size) override
    {
        text.append(static_cast<const char*>(data), size);
    }
};

void append_error(pugi::xml_node to, const ApiError& error)
{
    append(to, "Code", error.code);
    append(to, "Message", std::string_view(error.what()));
}

pugi::xml_node begin_root(pugi::xml_document& document, const ServiceSchema& service,
                          const OperationSchema& operation)
{
    const std::string name = fmt::format("{}Response", operation.name);
    auto root = document.append_child(name.c_str());
    root.append_attribute("xmlns").set_value(std::string(service.xml_namespace).c_str());
    return root;
}

}  // namespace

void append(pugi::xml_node to, const char* name, std::string_view value)
{
    const auto node = to.append_child(name);
    set_text(node, is_plain(value) ? value : std::string_view(escaped(value)));
}

void append(pugi::xml_node to, const char* name, bool value)
{
    set_text(to.append_child(name), value ? "true" : "false");
}

void append(pugi::xml_node to, const char* name, std::int64_t value)
{
    const fmt::format_int text(value);
    set_text(to.append_child(name), {text.data(), text.size()});
}

void append(pugi::xml_node to, const char* name, double value)
{
    set_text(to.append_child(name), fmt::format("{}", value));
}

void append(pugi::xml_node to, const char* name, Timestamp value)
{
    set_text(to.append_child(name), format_timestamp(value));
}

void append(pugi::xml_node to, const char* name, const Blob& value)
{
    set_text(to.append_child(name), encode_base64(value.bytes));
}

pugi::xml_node begin_ec2_response(pugi::xml_document& document, const ServiceSchema& service,
                                  const OperationSchema& operation, std::string_view request_id)
{
    auto root = begin_root(document, service, operation);
    append(root, "requestId", request_id);
    return root;
}

pugi::xml_node begin_query_response(pugi::xml_document& document, const ServiceSchema& service,
                                    const OperationSchema& operation, std::string_view request_id)
{
    auto root = begin_root(document, service, operation);
    const auto result = operation.result_wrapper.empty()
                            ? root
                            : root.append_child(std::string(operation.result_wrapper).c_str());
    append(root.append_child("ResponseMetadata"), "RequestId", request_id);
    return result;
}

void use_version(pugi::xml_document& document, const ServiceSchema& service,
                 std::string_view version)
{
    std::string name(service.xml_namespace);
    const auto at = name.find(service.version);
    if (at != std::string::npos) {
        name.replace(at, service.version.size(), version);
        document.document_element().attribute("xmlns").set_value(name.c_str());
    }
}

std::string to_text(const pugi::xml_document& document)
{
    TextWriter writer;
    writer.text = kXmlDeclaration;
    document.save(writer, "", kFormat, pugi::encoding_utf8);
    return std::move(writer.text);
}

std::string to_text(pugi::xml_node node)
{
    TextWriter writer;
    node.print(writer, "", kFormat, pugi::encoding_utf8);
    return std::move(writer.text);
}

std::string render_ec2_error(const ApiError& error, std::string_view request_id)
{
    pugi::xml_document document;
    auto root = document.append_child("Response");
    append_error(root.append_child("Errors").append_child("Error"), error);
    append(root, "RequestID", request_id);
    return to_text(document);
}

std::string render_rest_xml_error(const ApiError& error, std::string_view request_id)
{
    pugi::xml_document document;
    auto root = document.append_child("Error");
    append_error(root, error);
    for (const auto& [name, value] : error.elements) {
        append(root, std::string(name).c_str(), std::string_view(value));
    }
    append(root, "RequestId", request_id);
    append(root, "HostId", request_id);
    return to_text(document);
}

std::string render_query_error(const ServiceSchema& service, const ApiError& error,
                               std::string_view request_id)
{
    pugi::xml_document document;
    auto root = document.append_child("ErrorResponse");
    root.append_attribute("xmlns").set_value(std::string(service.xml_namespace).c_str());
    auto element = root.append_child("Error");
    append(element, "Type", std::string_view(error.http_status < 500 ? "Sender" : "Receiver"));
    append_error(element, error);
    append(root, "RequestId", request_id);
    return to_text(document);
}

}  // namespace amilab::wire
