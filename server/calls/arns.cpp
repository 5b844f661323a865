#include "server/calls/arns.h"

#include <fmt/format.h>

namespace amilab {

std::string resource_arn(const Session& session, std::string_view resource, std::string_view id)
{
    return fmt::format("arn:aws:ec2:{}:{}:{}/{}", session.region(), session.account(), resource,
                       id);
}

std::string parameter_arn(std::string_view region, std::string_view account, std::string_view name)
{
    return fmt::format("arn:aws:ssm:{}:{}:parameter{}{}", region, account,
                       name.starts_with('/') ? "" : "/", name);
}

}  // namespace amilab
