#include "server/calls/shown_parameters.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "server/log/log.h"

namespace amilab {

namespace {

constexpr std::size_t kMostValueBytes = 256;
constexpr std::size_t kMostLineBytes = 8 * 1024;

/// Secret together with all that is below it.
bool is_secret(const wire::ParameterNode& node, bool is_top)
{
    constexpr std::array<std::string_view, 4> kSecrets = {"BlockData", "KmsKeyArn", "PresignedUrl",
                                                          "UserData"};
    constexpr std::array<std::string_view, 2> kParts = {"Password", "Secret"};
    // The value of PutParameter, and user data as ModifyInstanceAttribute takes it too.
    return (is_top && node.name == "Value") ||
           std::find(kSecrets.begin(), kSecrets.end(), node.name) != kSecrets.end() ||
           std::any_of(kParts.begin(), kParts.end(),
                       [&](auto part) { return node.name.find(part) != std::string_view::npos; });
}

class Line {
public:
    void add(const wire::ParameterNode& node, bool is_hidden)
    {
        if (node.has_value && node.children().empty()) {
            line_ += line_.empty() ? "" : " ";
            line_ += log::as_word(node.path);
            line_ += '=';
            line_ += is_hidden ? fmt::format("({} bytes)", node.value.size())
                               : log::as_text(node.value, kMostValueBytes);
        }
        for (const auto& child : node.children()) {
            if (is_full()) {
                return;
            }
            add(child, is_hidden || is_secret(child, false));
        }
    }
    bool is_full() const { return line_.size() >= kMostLineBytes; }
    std::string take() { return is_full() ? line_ + " ..." : std::move(line_); }

private:
    std::string line_;
};

}  // namespace

std::string shown_parameters(const wire::Parameters& parameters)
{
    Line line;
    for (const auto& node : parameters.root().children()) {
        if (!wire::is_common_parameter(node.name)) {
            line.add(node, is_secret(node, true));
        }
    }
    return line.take();
}

}  // namespace amilab
