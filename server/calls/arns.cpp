#include "server/calls/arns.h"

#include <fmt/format.h>

#include "storage/metadata/regions/partitions.h"

namespace amilab {

std::string arn_of(std::string_view service, std::string_view region, std::string_view account,
                   std::string_view resource)
{
    return fmt::format("arn:{}:{}:{}:{}:{}", partition_of(region), service, region, account,
                       resource);
}

std::string resource_arn(const Session& session, std::string_view resource, std::string_view id)
{
    return arn_of("ec2", session.region(), session.account(), fmt::format("{}/{}", resource, id));
}

std::string parameter_arn(std::string_view region, std::string_view account, std::string_view name)
{
    return arn_of("ssm", region, account,
                  fmt::format("parameter{}{}", name.starts_with('/') ? "" : "/", name));
}

std::string root_user_arn(const Session& session)
{
    return fmt::format("arn:{}:iam::{}:root", partition_of(session.region()), session.account());
}

}  // namespace amilab
