#include "server/services/ec2/common/service_role.h"

#include <fmt/format.h>

#include "server/calls/ports.h"
#include "server/calls/request_values.h"
#include "server/calls/services.h"
#include "server/services/ec2/common/errors.h"

namespace amilab::ec2 {

std::string service_role_of(const std::optional<std::string>& name)
{
    return is_given(name) ? *name : "vmimport";
}

void require_service_role(Session& session, const std::optional<std::string>& name)
{
    const auto& ports = session.services().ports();
    const auto role = service_role_of(name);
    if (ports.has_strict_roles && !ports.trusts_service(session, role, "vmie.amazonaws.com")) {
        throw invalid_parameter(
            fmt::format("The service role {} provided does not exist or does not have sufficient "
                        "permissions",
                        role));
    }
}

}  // namespace amilab::ec2
