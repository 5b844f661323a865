#include "server/services/ec2/images/image_names.h"

#include "server/calls/request_values.h"
#include "server/services/ec2/images/errors.h"

namespace amilab::ec2 {

bool is_image_name(std::string_view name)
{
    constexpr std::size_t kShortest = 3;
    constexpr std::size_t kLongest = 128;
    constexpr std::string_view kMarks = "()[] ./-'@_";
    return name.size() >= kShortest && name.size() <= kLongest && has_only(name, kMarks);
}

void check_image_name(std::string_view name)
{
    if (!is_image_name(name)) {
        throw image_name_malformed();
    }
}

}  // namespace amilab::ec2
