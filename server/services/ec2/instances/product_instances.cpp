#include "server/services/ec2/instances/product_instances.h"
#include "server/wire/ec2/instances/product_instances.h"
#include "server/wire/ec2/schema.h"

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/instances/errors.h"
#include "storage/metadata/instances/instance_rows.h"
#include "storage/metadata/settings/account_rows.h"
#include "storage/metadata/tags/product_code_rows.h"

namespace amilab::ec2 {

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

namespace {

constexpr Operation kOperations[] = {
    read<confirm_product_instance>(kConfirmProductInstance),
};

}  // namespace

constinit const Family kProductInstances{.operations = kOperations};

}  // namespace amilab::ec2
