#include "server/calls/parts.h"

#include <string_view>

namespace amilab {

namespace {

/// Where a document's list begins and ends: its items and nothing else. Texts are escaped, so that
/// a tag is a tag.
struct Items {
    std::size_t begin;
    std::size_t end;
};

Items find_items(std::string_view document)
{
    constexpr std::string_view kEnd = "</";
    const auto root_end = document.rfind(kEnd);
    if (document.substr(0, root_end).ends_with("/>")) {
        return {root_end, root_end};
    }
    const auto list_end = document.rfind(kEnd, root_end - 1);
    const auto name = document.substr(list_end + kEnd.size(), root_end - list_end - kEnd.size());
    const auto list_begin = document.find("<" + std::string(name));
    return {list_begin + name.size() + 1, list_end};
}

}  // namespace

std::string AnswerParts::add(std::string document, bool is_last)
{
    if (!has_begun_ && is_last) {
        return document;
    }
    const auto items = find_items(document);
    if (!has_begun_) {
        has_begun_ = true;
        end_ = document.substr(items.end);
        document.resize(items.end);
        return document;
    }
    document.resize(items.end);
    document.erase(0, items.begin);
    return is_last ? document + end_ : document;
}

}  // namespace amilab
