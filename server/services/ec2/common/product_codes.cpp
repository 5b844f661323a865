#include "server/services/ec2/common/product_codes.h"

#include <algorithm>

#include "server/services/ec2/common/errors.h"
#include "storage/metadata/instances/instance_state.h"
#include "storage/metadata/settings/account_rows.h"

namespace amilab::ec2 {

namespace {

ProductCode to_answer(const ProductCodeRow& row)
{
    ProductCode answer;
    answer.product_code_id = row.code;
    answer.product_code_type = text_of(row.type);
    return answer;
}

}  // namespace

std::vector<ProductCode> product_code_answers(Session& session, std::string_view resource_id)
{
    std::vector<ProductCode> answers;
    for (const auto& row : select_product_codes(session.db(), resource_id)) {
        answers.push_back(to_answer(row));
    }
    return answers;
}

PageProductCodes::PageProductCodes(Session& session, const std::vector<std::string>& resource_ids)
    : codes_(select_product_codes_on(session.db(), resource_ids))
{
}

std::vector<ProductCode> PageProductCodes::of(const std::string& resource_id) const
{
    std::vector<ProductCode> answers;
    for (const auto& [id, row] : std::ranges::equal_range(
             codes_, resource_id, {}, &std::pair<std::string, ProductCodeRow>::first)) {
        answers.push_back(to_answer(row));
    }
    return answers;
}

void require_subscribed(Session& session, std::string_view resource_id)
{
    for (const auto& row : select_product_codes(session.db(), resource_id)) {
        if (row.type == ProductCodeType::kMarketplace &&
            !is_subscribed(session.db(), session.account(), row.code)) {
            throw opt_in_required(row.code);
        }
    }
}

void require_product_attachable(Session& session, const VolumeId& volume,
                                const InstanceId& instance, InstanceStateName instance_state)
{
    if (select_product_codes(session.db(), volume.text()).empty()) {
        return;
    }
    if (instance_state != InstanceStateName::kStopped) {
        throw product_needs_stopped_instance(volume, instance);
    }
    require_subscribed(session, volume.text());
}

}  // namespace amilab::ec2
