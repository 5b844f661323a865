#include "server/services/ec2/common/licenses.h"

#include <regex>

#include "server/calls/errors.h"

namespace amilab::ec2 {

void check_license(std::string_view arn)
{
    static const std::regex kForm(
        "arn:aws(-[a-z]+)*:license-manager:[a-z0-9-]+:[0-9]{12}:license-configuration[:/]lic-"
        "[0-9a-f]{32}");
    constexpr std::size_t kLongest = 200;
    if (arn.size() > kLongest || !std::regex_match(arn.begin(), arn.end(), kForm)) {
        throw invalid_value(arn, "licenseConfigurationArn",
                            "Expected the ARN of a license configuration.");
    }
}

}  // namespace amilab::ec2
