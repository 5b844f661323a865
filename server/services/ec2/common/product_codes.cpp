#include "server/services/ec2/common/product_codes.h"

#include "server/services/ec2/common/errors.h"
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

}  // namespace amilab::ec2
