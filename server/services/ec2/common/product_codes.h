#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/calls/session.h"
#include "server/wire/ec2/shared.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/tags/product_code_rows.h"
#include "storage/metadata/volumes/volume_ids.h"

/// Marketplace product codes: they travel from image to instance and volume, from volume to
/// snapshot, and back. storage/metadata/tags/product_code_rows.h copies them.
/// Source: EC2 API Reference, RegisterImage and AttachVolume; AWS Marketplace Seller Guide
/// (documented).
namespace amilab {

enum class InstanceStateName : std::uint8_t;

}  // namespace amilab

namespace amilab::ec2 {

std::vector<ProductCode> product_code_answers(Session& session, std::string_view resource_id);

/// The product codes of the resources of a page, by one statement or two.
class PageProductCodes {
public:
    PageProductCodes(Session& session, const std::vector<std::string>& resource_ids);
    /// The product codes of one resource, as answers have them.
    std::vector<ProductCode> of(const std::string& resource_id) const;

private:
    std::vector<std::pair<std::string, ProductCodeRow>> codes_;  // sorted by id
};

/// Throws OptInRequired unless the caller has subscribed to every product of the resource.
void require_subscribed(Session& session, std::string_view resource_id);

/// Whether a volume's product codes let it be attached.
/// Source: to a stopped instance, by a subscriber (documented).
void require_product_attachable(Session& session, const VolumeId& volume,
                                const InstanceId& instance, InstanceStateName instance_state);

}  // namespace amilab::ec2
