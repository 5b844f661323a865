#include "server/wire/xml.h"

#include <algorithm>

#include <fmt/format.h>

namespace amilab::wire {
namespace {

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

/// A place where `text` may hold what XML cannot; npos in nearly every case.
std::size_t find_suspect(std::string_view text)
{
    const auto found =
        std::find_if(text.begin(), text.end(), [](char c) { return is_control(c) || c == '\xEF'; });
    return found == text.end() ? std::string_view::npos
                               : static_cast<std::size_t>(found - text.begin());
}

std::string without_forbidden(std::string_view text)
{
    if (!is_utf8(text)) {
        // Only what never came through the wire, which checks, can be here.
        std::string ascii(text);
        std::replace_if(
            ascii.begin(), ascii.end(), [](char c) { return is_control(c) || (c & 0x80) != 0; },
            '?');
        return ascii;
    }
    std::string clean;
    clean.reserve(text.size() + kReplacement.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (is_control(text[at])) {
            clean += kReplacement;
        } else if (is_noncharacter(text, at)) {
            clean += kReplacement;
            at += 2;
        } else {
            clean += text[at];
        }
    }
    return clean;
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

}  // namespace

void append(pugi::xml_node to, const char* name, std::string_view value)
{
    const auto node = to.append_child(name);
    const bool is_ascii_safe = find_suspect(value) == std::string_view::npos && is_utf8(value);
    if (is_ascii_safe) {
        set_text(node, value);
    } else {
        set_text(node, without_forbidden(value));
    }
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

pugi::xml_node begin_response(pugi::xml_document& document, const ServiceSchema& service,
                              const OperationSchema& operation, std::string_view request_id)
{
    const std::string name = fmt::format("{}Response", operation.name);
    auto root = document.append_child(name.c_str());
    root.append_attribute("xmlns").set_value(std::string(service.xml_namespace).c_str());
    if (service.protocol == Protocol::kEc2) {
        append(root, "requestId", request_id);
        return root;
    }
    const auto result = operation.result_wrapper.empty()
                            ? root
                            : root.append_child(std::string(operation.result_wrapper).c_str());
    append(root.append_child("ResponseMetadata"), "RequestId", request_id);
    return result;
}

std::string to_text(const pugi::xml_document& document)
{
    TextWriter writer;
    writer.text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    document.save(writer, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
    return std::move(writer.text);
}

std::string render_error(const ServiceSchema& service, const ApiError& error,
                         std::string_view request_id)
{
    pugi::xml_document document;
    if (service.protocol == Protocol::kEc2) {
        auto root = document.append_child("Response");
        append_error(root.append_child("Errors").append_child("Error"), error);
        append(root, "RequestID", request_id);
        return to_text(document);
    }
    auto root = document.append_child("ErrorResponse");
    root.append_attribute("xmlns").set_value(std::string(service.xml_namespace).c_str());
    auto element = root.append_child("Error");
    append(element, "Type", std::string_view(error.http_status < 500 ? "Sender" : "Receiver"));
    append_error(element, error);
    append(root, "RequestId", request_id);
    return to_text(document);
}

}  // namespace amilab::wire
