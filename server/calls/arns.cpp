#include "server/calls/arns.h"

#include <fmt/format.h>

#include "server/calls/secrets.h"
#include "storage/metadata/regions/partitions.h"

namespace amilab {

std::string arn_of(std::string_view service, std::string_view region, std::string_view account,
                   std::string_view resource)
{
    return fmt::format("arn:{}:{}:{}:{}:{}", partition_of(region), service, region, account,
                       resource);
}

std::string iam_arn_of(std::string_view region, std::string_view account, std::string_view resource)
{
    return fmt::format("arn:{}:iam::{}:{}", partition_of(region), account, resource);
}

std::string iam_id(std::string_view kind, std::string_view digest)
{
    constexpr std::size_t kLetters = 17;
    return std::string(kind) + encode_base32(digest).substr(0, kLetters);
}

std::string role_id(std::string_view account, std::string_view name)
{
    return iam_id("AROA", sign(account, name));
}

bool is_of_partition(std::string_view arn, std::string_view region)
{
    return arn.starts_with(fmt::format("arn:{}:", partition_of(region)));
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

std::string principal_arn(std::string_view region, std::string_view account,
                          const Principal& principal)
{
    return principal.is_root() ? iam_arn_of(region, account, "root")
                               : fmt::format("arn:{}:sts::{}:{}", partition_of(region), account,
                                             principal.resource);
}

std::string caller_arn(const Session& session)
{
    return principal_arn(session.region(), session.account(), session.caller().principal);
}

std::string caller_user_id(const Session& session)
{
    const auto& principal = session.caller().principal;
    return principal.is_root() ? session.account() : principal.user_id;
}

}  // namespace amilab
