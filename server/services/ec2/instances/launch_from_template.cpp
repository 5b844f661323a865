#include "server/services/ec2/instances/launch_from_template.h"

#include "server/services/ec2/launch_templates/errors.h"
#include "server/services/ec2/launch_templates/launch_parameters.h"
#include "server/services/ec2/launch_templates/launch_templates.h"
#include "server/wire/parameters.h"
#include "server/wire/request.h"

namespace amilab::ec2 {

ToldLaunch told_launch(Session& session, const RunInstancesRequest& request)
{
    if (!request.launch_template) {
        return {request, std::nullopt, {}};
    }
    const auto& named = *request.launch_template;
    const auto row =
        require_launch_template(session, named.launch_template_id, named.launch_template_name);
    auto version = require_version(session, row, named.version);
    auto own = read_parameters(session.fingerprint());
    std::erase_if(own, [](const auto& one) { return one.path.starts_with("LaunchTemplate."); });
    auto base = read_parameters(version.parameters);
    for (auto& one : base) {
        if (one.path.starts_with("InstanceRequirements.")) {
            throw requirements_not_for_launches();
        }
        // The one parameter that launches spell otherwise.
        one.path = one.path == "RamDiskId" ? "RamdiskId" : one.path;
    }
    auto laid = laid_over(base, own);
    const wire::Parameters told(laid);
    auto whole = wire::parse_request<RunInstancesRequest>(told.root());
    whole.client_token = request.client_token;
    whole.dry_run = request.dry_run;
    return {std::move(whole), std::move(version), std::move(laid)};
}

}  // namespace amilab::ec2
