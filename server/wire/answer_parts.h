#pragma once

#include <string>

#include <pugixml.hpp>

namespace amilab::wire {

/// Joins the documents that an operation answers its parts with, as they come, to one: the first
/// with its list open, what is in the others' lists, the end of the first. So an answer with a list
/// of any length takes bounded memory, and no transaction is open while it is sent.
class AnswerParts {
public:
    /// What to send of one more document, the items of whose `list`, a child of its root, go on
    /// where those before ended.
    std::string add(const pugi::xml_document& document, const char* list, bool is_last);

private:
    bool has_begun_ = false;
    /// The end of the first document, from the end of its list on.
    std::string end_;
};

}  // namespace amilab::wire
