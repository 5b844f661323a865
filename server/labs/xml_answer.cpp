#include "server/labs/xml_answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include <boost/beast/core/string.hpp>
#include <pugixml.hpp>

#include "server/wire/read.h"

namespace amilab::labs {

namespace json = boost::json;

namespace {

json::value number_or_text(std::string_view text)
{
    if (const auto number = wire::parse_integer(text)) {
        return *number;
    }
    return json::string(text);
}

json::value scalar_of(std::string_view type, std::string_view text)
{
    if (type == "integer" || type == "long") {
        return number_or_text(text);
    }
    if (type == "boolean") {
        return wire::parse_boolean(text).value_or(false);
    }
    if (type == "double") {
        return wire::parse_double(text).value_or(0);
    }
    return json::string(text);
}

class XmlReader {
public:
    explicit XmlReader(const json::object& shapes) : shapes_(shapes) {}

    json::object structure(const json::object& shape, const pugi::xml_node& node) const
    {
        json::object object;
        for (const auto& [name, member] : shape.at("members").as_object()) {
            const auto& facts = member.as_object();
            const auto* out = facts.if_contains("out");
            if (out == nullptr) {
                continue;
            }
            if (const auto child = node.child(out->as_string().c_str())) {
                object[name] = value(facts, child);
            }
        }
        return object;
    }

private:
    json::value value(const json::object& facts, const pugi::xml_node& node) const
    {
        const auto* name = facts.if_contains("shape");
        if (name == nullptr) {
            return scalar_of(facts.at("type").as_string(), node.text().get());
        }
        const auto& shape = shapes_.at(name->as_string()).as_object();
        if (shape.at("type").as_string() != "list") {
            return structure(shape, node);
        }
        json::array items;
        for (const auto& child : node.children()) {
            items.push_back(value(shape.at("item").as_object(), child));
        }
        return items;
    }

    const json::object& shapes_;
};

/// The code and the message of the first element Error below a node.
void read_refusal(const pugi::xml_node& document, ModelAnswer& answer)
{
    const auto error = document.find_node(
        [](const pugi::xml_node& node) { return std::string_view(node.name()) == "Error"; });
    answer.refusal = error.child("Code").text().get();
    answer.message = error.child("Message").text().get();
}

// Of S3. Source: its API reference (documented).
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kFlatLists = {
    {{"Contents", "Contents"},
     {"CommonPrefixes", "CommonPrefixes"},
     {"Version", "Versions"},
     {"DeleteMarker", "DeleteMarkers"},
     {"Upload", "Uploads"},
     {"Part", "Parts"}}};
constexpr std::array<std::string_view, 3> kLists = {"Buckets", "TagSet", "AccessControlList"};
constexpr std::array<std::string_view, 4> kNumbers = {"Size", "KeyCount", "MaxKeys", "PartNumber"};
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kObjectHeaders = {
    {{"Content-Length", "ContentLength"},
     {"Content-Type", "ContentType"},
     {"ETag", "ETag"},
     {"x-amz-version-id", "VersionId"}}};

template <class List>
bool is_among(const List& list, std::string_view name)
{
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool has_elements(const pugi::xml_node& node)
{
    return node.first_child().type() == pugi::node_element;
}

json::value s3_value(const pugi::xml_node& node);

json::object s3_structure(const pugi::xml_node& node)
{
    json::object object;
    for (const auto& child : node.children()) {
        const std::string_view name = child.name();
        const auto* const flat = std::find_if(kFlatLists.begin(), kFlatLists.end(),
                                              [&](const auto& one) { return one.first == name; });
        if (flat == kFlatLists.end()) {
            object[name] = s3_value(child);
            continue;
        }
        auto& list = object[flat->second];
        if (!list.is_array()) {
            list.emplace_array();
        }
        list.get_array().push_back(s3_value(child));
    }
    return object;
}

json::value s3_value(const pugi::xml_node& node)
{
    const std::string_view name = node.name();
    const std::string_view text = node.text().get();
    if (is_among(kLists, name)) {
        json::array items;
        for (const auto& child : node.children()) {
            items.push_back(s3_value(child));
        }
        return items;
    }
    if (has_elements(node)) {
        return s3_structure(node);
    }
    if (name == "IsTruncated") {
        return text == "true";
    }
    return is_among(kNumbers, name) ? number_or_text(text) : json::value(json::string(text));
}

void read_object_headers(const wire::Headers& headers, json::object& members)
{
    constexpr std::string_view kMetadata = "x-amz-meta-";
    for (const auto& [header, name] : kObjectHeaders) {
        if (const auto value = find_header(headers, header); !value.empty()) {
            members[name] =
                name == "ContentLength" ? number_or_text(value) : json::value(json::string(value));
        }
    }
    json::object metadata;
    for (const auto& [name, value] : headers) {
        if (name.size() > kMetadata.size() &&
            boost::beast::iequals(name.substr(0, kMetadata.size()), kMetadata)) {
            metadata[name.substr(kMetadata.size())] = json::string(value);
        }
    }
    members["Metadata"] = std::move(metadata);
}

}  // namespace

std::string_view find_header(const wire::Headers& headers, std::string_view name)
{
    for (const auto& [known, value] : headers) {
        if (boost::beast::iequals(known, name)) {
            return value;
        }
    }
    return {};
}

ModelAnswer xml_answer(const json::object& service, const json::object& operation,
                       const HttpReply& reply)
{
    ModelAnswer answer;
    pugi::xml_document document;
    document.load_buffer(reply.body.data(), reply.body.size());
    if (reply.status >= 300) {
        read_refusal(document, answer);
        return answer;
    }
    auto members = document.document_element();
    if (const auto* wrapper = operation.if_contains("result_wrapper")) {
        members = members.child(wrapper->as_string().c_str());
    }
    const auto& shapes = service.at("shapes").as_object();
    if (const auto* output = operation.if_contains("output")) {
        answer.members =
            XmlReader(shapes).structure(shapes.at(output->as_string()).as_object(), members);
    }
    return answer;
}

ModelAnswer s3_answer(const HttpReply& reply)
{
    ModelAnswer answer;
    pugi::xml_document document;
    const bool is_document = document.load_buffer(reply.body.data(), reply.body.size()) &&
                             find_header(reply.headers, "Content-Type") == "application/xml";
    if (reply.status >= 300) {
        read_refusal(document, answer);
        return answer;
    }
    if (is_document) {
        answer.members = s3_structure(document.document_element());
    } else {
        read_object_headers(reply.headers, answer.members);
    }
    return answer;
}

}  // namespace amilab::labs
