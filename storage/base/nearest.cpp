#include "storage/base/nearest.h"

#include <algorithm>
#include <cctype>
#include <utility>
#include <vector>

namespace amilab {

namespace {

bool is_same_letter(char one, char other)
{
    return std::tolower(static_cast<unsigned char>(one)) ==
           std::tolower(static_cast<unsigned char>(other));
}

/// How many letters to put in, leave out, replace or swap with their neighbour.
std::size_t distance(std::string_view one, std::string_view other)
{
    std::vector<std::size_t> before;
    std::vector<std::size_t> above(other.size() + 1);
    for (std::size_t j = 0; j <= other.size(); ++j) {
        above[j] = j;
    }
    for (std::size_t i = 1; i <= one.size(); ++i) {
        std::vector<std::size_t> row(other.size() + 1);
        row[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const bool is_same = is_same_letter(one[i - 1], other[j - 1]);
            row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (is_same ? 0 : 1)});
            if (i > 1 && j > 1 && is_same_letter(one[i - 1], other[j - 2]) &&
                is_same_letter(one[i - 2], other[j - 1])) {
                row[j] = std::min(row[j], before[j - 2] + 1);
            }
        }
        before = std::exchange(above, std::move(row));
    }
    return above.back();
}

}  // namespace

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> known)
{
    constexpr std::size_t kLongest = 100;
    if (typed.size() > kLongest) {
        return std::nullopt;
    }
    // A third of the letters, so that short words are not mistaken for one another.
    auto least = typed.size() / 3 + 1;
    std::optional<std::string> found;
    for (const auto& word : known) {
        const bool is_begun = typed.size() >= 2 && word.starts_with(typed);
        const auto steps = is_begun ? 1 : distance(typed, word);
        if (steps < least) {
            least = steps;
            found = word;
        }
    }
    return found;
}

}  // namespace amilab
