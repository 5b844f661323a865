#include "server/services/ec2/volumes/volume_attributes.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/volume_attributes.h"

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/common/ids.h"
#include "server/services/ec2/common/product_codes.h"
#include "server/services/ec2/volumes/volume_answers.h"

namespace amilab {

enum class VolumeAttributeName : std::uint8_t { kAutoEnableIo, kProductCodes };
template <>
inline constexpr auto kWords<VolumeAttributeName> = words("autoEnableIO", "productCodes");

}  // namespace amilab

namespace amilab::ec2 {

// Source: EC2 API Reference, DescribeVolumeAttribute (documented).
DescribeVolumeAttributeResponse describe_volume_attribute(
    Session& session, const DescribeVolumeAttributeRequest& request)
{
    const auto id = parse_id<VolumeId>(request.volume_id);
    stop_if_dry_run(request);
    const auto volume = require_volume(session, id);
    DescribeVolumeAttributeResponse response;
    response.volume_id = id.text();
    if (request.attribute == VolumeAttributeName::kAutoEnableIo) {
        response.auto_enable_io = AttributeBooleanValue{.value = volume.auto_enable_io};
    } else {
        response.product_codes = product_code_answers(session, id.text());
    }
    return response;
}

// Source: EC2 API Reference, ModifyVolumeAttribute (documented); without an attribute it is refused
// as ModifyInstanceAttribute is (assumed).
ModifyVolumeAttributeResponse modify_volume_attribute(Session& session,
                                                      const ModifyVolumeAttributeRequest& request)
{
    const auto id = parse_id<VolumeId>(request.volume_id);
    if (!request.auto_enable_io) {
        throw no_attribute_to_modify();
    }
    if (!request.auto_enable_io->value) {
        throw missing_parameter("Value");
    }
    stop_if_dry_run(request);
    require_volume(session, id);
    set_volume_auto_enable_io(session.db(), id, *request.auto_enable_io->value);
    return {};
}

namespace {

constexpr Operation kOperations[] = {
    read<describe_volume_attribute>(kDescribeVolumeAttribute),
    write<modify_volume_attribute>(kModifyVolumeAttribute),
};

}  // namespace

constinit const Family kVolumeAttributes{.operations = kOperations};

}  // namespace amilab::ec2
