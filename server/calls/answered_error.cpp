#include "server/calls/answered_error.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "server/calls/request_values.h"
#include "server/calls/shown_parameters.h"
#include "server/wire/wire_errors.h"

namespace amilab {

namespace {

/// Shorter texts stand in messages by chance.
constexpr std::size_t kFewestTelling = 4;

/// Where `word` stands in `text` with no letter or digit beside it.
std::size_t find_word(std::string_view text, std::string_view word, std::size_t from = 0)
{
    for (auto at = text.find(word, from); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        const bool begins = at == 0 || !is_letter_or_digit(text[at - 1]);
        if (begins && (end == text.size() || !is_letter_or_digit(text[end]))) {
            return at;
        }
    }
    return std::string_view::npos;
}

/// Longer values are left out wherever they are, also with something of the message beside them.
void leave_out(std::string& message, std::string_view value)
{
    const auto quoted = value.substr(0, wire::kMostQuotedBytes - kFewestTelling);
    const auto find = [&](std::size_t from) {
        return quoted.size() < 2 * kFewestTelling ? find_word(message, quoted, from)
                                                  : message.find(quoted, from);
    };
    const auto shown = hidden_value(value);
    for (auto at = find(0); at != std::string::npos; at = find(at + shown.size())) {
        auto end = at + quoted.size();
        // A long one goes on for as long as it is quoted.
        for (auto next = quoted.size();
             end < message.size() && next < value.size() && message[end] == value[next]; ++next) {
            ++end;
        }
        message.replace(at, end - at, shown);
    }
}

class Blame {
public:
    explicit Blame(std::string_view message) : message_(message) {}

    void look_at(const wire::ParameterNode& node)
    {
        consider(node, node.value, by_value_);
        consider(node, node.name, by_name_);
        if (node.name.empty()) {
            return;
        }
        std::string small(node.name);  // as EC2 spells it in messages
        small[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(small[0])));
        const bool is_telling = std::any_of(small.begin(), small.end(), [](char c) {
            return std::isupper(static_cast<unsigned char>(c)) != 0;
        });
        if (is_telling) {
            consider(node, small, by_name_);
        }
    }
    std::string_view path() const { return by_value_.size > 0 ? by_value_.path : by_name_.path; }

private:
    /// The longest text wins.
    struct Found {
        std::string_view path;
        std::size_t size = 0;
    };

    void consider(const wire::ParameterNode& node, std::string_view text, Found& found) const
    {
        if (text.size() >= kFewestTelling && text.size() > found.size &&
            find_word(message_, text) != std::string_view::npos) {
            found = {node.path, text.size()};
        }
    }

    std::string_view message_;
    Found by_value_;
    Found by_name_;
};

}  // namespace

AnsweredError shown_error(AnsweredError error, const wire::Parameters* parameters)
{
    if (error.code.empty() || parameters == nullptr) {
        return error;
    }
    if (error.parameter.empty()) {
        Blame blame(error.message);
        visit_parameters(*parameters,
                         [&](const wire::ParameterNode& node, bool) { blame.look_at(node); });
        error.parameter = blame.path();
    }
    visit_parameters(*parameters, [&](const wire::ParameterNode& node, bool is_secret) {
        if (is_secret && !node.value.empty()) {
            leave_out(error.message, node.value);
        }
    });
    return error;
}

}  // namespace amilab
