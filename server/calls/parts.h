#pragma once

#include <cstdint>
#include <string>

/// Answers with a list of any length are made in parts, each of rows of one instant, so that they
/// take bounded memory and hold no transaction open while they are sent.
namespace amilab {

/// What MaxResults is while a part is made; no client's value.
inline constexpr std::int64_t kOnePart = -1;
/// How many rows a part has.
inline constexpr std::int64_t kRowsInPart = 4000;

/// Joins the documents that an operation answers its parts with, as they come, to one document: the
/// first with its list open, what is in the others' lists, the end of the first.
class AnswerParts {
public:
    /// What to send of one more document, whose list is its last element.
    std::string add(std::string document, bool is_last);

private:
    bool has_begun_ = false;
    /// The end of the first document, from the end of its list on.
    std::string end_;
};

}  // namespace amilab
