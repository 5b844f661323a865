#include "server/services/ec2/common/product_codes.h"

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/settings/account_rows.h"

namespace amilab::ec2 {

std::vector<ProductCode> product_code_answers(Session& session, std::string_view resource_id)
{
    std::vector<ProductCode> answers;
    for (auto& row : select_product_codes(session.db(), resource_id)) {
        ProductCode answer;
        answer.product_code_id = std::move(row.code);
        answer.product_code_type = std::move(row.type);
        answers.push_back(std::move(answer));
    }
    return answers;
}

void require_subscribed(Session& session, std::string_view resource_id)
{
    for (const auto& row : select_product_codes(session.db(), resource_id)) {
        if (row.type == "marketplace" &&
            !is_subscribed(session.db(), session.account(), row.code)) {
            throw opt_in_required(row.code);
        }
    }
}

void require_product_attachable(Session& session, const VolumeId& volume,
                                const InstanceId& instance, std::string_view instance_state)
{
    if (select_product_codes(session.db(), volume.text()).empty()) {
        return;
    }
    if (instance_state != "stopped") {
        throw product_needs_stopped_instance(volume, instance);
    }
    require_subscribed(session, volume.text());
}

// Source: EC2 API Reference, ConfirmProductInstance (documented): for the owner of the product
// code, of anybody's instance. The refusal of another's code is assumed to be AuthFailure; an
// instance without the code is an answer of false without an owner.
ConfirmProductInstanceResponse confirm_product_instance(
    Session& session, const ConfirmProductInstanceRequest& request)
{
    const auto id = parse_id<InstanceId>(request.instance_id);
    stop_if_dry_run(request);
    if (!owns_product(session.db(), session.account(), request.product_code)) {
        throw product_not_owned(request.product_code);
    }
    const auto owner = select_instance_owner(session.db(), session.region(), id);
    if (!owner) {
        throw not_found(id);
    }
    ConfirmProductInstanceResponse response;
    response.return_value = has_product_code(session.db(), id.text(), request.product_code);
    if (*response.return_value) {
        response.owner_id = *owner;
    }
    return response;
}

}  // namespace amilab::ec2
