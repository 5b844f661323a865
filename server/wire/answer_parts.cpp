#include "server/wire/answer_parts.h"

#include <fmt/format.h>

#include "server/wire/xml.h"

namespace amilab::wire {

namespace {

std::string open_tag(pugi::xml_node element)
{
    auto tag = fmt::format("<{}", element.name());
    for (const auto& attribute : element.attributes()) {
        tag += fmt::format(" {}=\"{}\"", attribute.name(), attribute.value());
    }
    return tag + ">";
}

std::string children_text(pugi::xml_node element)
{
    std::string text;
    for (const auto& child : element.children()) {
        text += to_text(child);
    }
    return text;
}

}  // namespace

std::string AnswerParts::add(const pugi::xml_document& document, const char* list, bool is_last)
{
    if (!has_begun_ && is_last) {
        return to_text(document);
    }
    const auto root = document.document_element();
    const auto items = root.child(list);
    std::string part;
    if (!has_begun_) {
        has_begun_ = true;
        part = std::string(kXmlDeclaration) + open_tag(root);
        for (auto before = root.first_child(); before != items; before = before.next_sibling()) {
            part += to_text(before);
        }
        part += open_tag(items);
        end_ = fmt::format("</{}>", list);
        for (auto after = items.next_sibling(); after; after = after.next_sibling()) {
            end_ += to_text(after);
        }
        end_ += fmt::format("</{}>", root.name());
    }
    part += children_text(items);
    return is_last ? part + end_ : part;
}

}  // namespace amilab::wire
