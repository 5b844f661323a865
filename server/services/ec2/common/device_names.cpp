#include "server/services/ec2/common/device_names.h"

#include <algorithm>

#include "storage/metadata/images/image_words.h"

namespace amilab::ec2 {

namespace {

bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}
bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// Empty, or 1 to 15.
bool is_partition(std::string_view text)
{
    if (text.empty()) {
        return true;
    }
    if (text.size() > 2 || text.front() == '0' ||
        !std::all_of(text.begin(), text.end(), is_digit)) {
        return false;
    }
    return text.size() == 1 || text <= "15";
}

}  // namespace

std::string_view without_folder(std::string_view name)
{
    constexpr std::string_view kFolder = "/dev/";
    return name.starts_with(kFolder) ? name.substr(kFolder.size()) : name;
}

bool is_device_name_for(std::string_view name, std::string_view virtualization_type)
{
    const auto device = without_folder(name);
    if (virtualization_type != VirtualizationType::kHvm || device == "sda1") {
        return true;
    }
    return !is_digit(device.back()) && device != "sda" && !device.starts_with("hd");
}

bool is_device_name(std::string_view name)
{
    name = without_folder(name);
    const bool is_xen = name.starts_with("xvd");
    if (!is_xen && !name.starts_with("sd") && !name.starts_with("hd")) {
        return false;
    }
    name.remove_prefix(is_xen ? 3 : 2);
    const auto letters = static_cast<std::size_t>(
        std::find_if_not(name.begin(), name.end(), is_lower) - name.begin());
    const bool has_letters = letters == 1 || (is_xen && letters == 2 && name.front() <= 'd');
    return has_letters && is_partition(name.substr(letters));
}

}  // namespace amilab::ec2
