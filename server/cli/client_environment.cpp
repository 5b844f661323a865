#include "server/cli/client_environment.h"

#include <array>

namespace amilab::cli {

Variables client_variables(const std::string& endpoint, const std::string& access_key,
                           const std::string& region)
{
    return {{"AWS_ENDPOINT_URL", endpoint},      {"AWS_ACCESS_KEY_ID", access_key},
            {"AWS_SECRET_ACCESS_KEY", "amilab"}, {"AWS_REGION", region},
            {"AWS_DEFAULT_REGION", region},      {"AWS_EC2_METADATA_DISABLED", "true"}};
}

std::span<const std::string_view> misleading_variables()
{
    static constexpr std::array<std::string_view, 15> kUnset = {
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_SECURITY_TOKEN",
        "AWS_CREDENTIAL_EXPIRATION",  // of other keys: behind it clients refuse these
        "AWS_ENDPOINT_URL_EBS",
        "AWS_ENDPOINT_URL_EC2",
        "AWS_ENDPOINT_URL_IAM",
        "AWS_ENDPOINT_URL_RBIN",
        "AWS_ENDPOINT_URL_S3",
        "AWS_ENDPOINT_URL_SSM",
        "AWS_ENDPOINT_URL_STS",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
        "AWS_USE_DUALSTACK_ENDPOINT",  // clients refuse these two beside an endpoint
        "AWS_USE_FIPS_ENDPOINT"};
    return kUnset;
}

}  // namespace amilab::cli
