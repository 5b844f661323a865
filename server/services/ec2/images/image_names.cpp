#include "server/services/ec2/images/image_names.h"

#include <algorithm>

#include "server/services/ec2/images/errors.h"

namespace amilab::ec2 {

bool is_image_name(std::string_view name)
{
    constexpr std::size_t kShortest = 3;
    constexpr std::size_t kLongest = 128;
    constexpr std::string_view kMarks = "()[] ./-'@_";
    const bool is_good = std::all_of(name.begin(), name.end(), [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               kMarks.find(c) != std::string_view::npos;
    });
    return name.size() >= kShortest && name.size() <= kLongest && is_good;
}

void check_image_name(std::string_view name)
{
    if (!is_image_name(name)) {
        throw image_name_malformed();
    }
}

}  // namespace amilab::ec2
