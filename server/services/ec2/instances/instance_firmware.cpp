#include "server/services/ec2/instances/instance_firmware.h"

#include <fmt/format.h>

#include "server/services/ec2/common/describe.h"
#include "server/services/ec2/common/errors.h"
#include "server/services/ec2/instances/endorsement_key.h"
#include "server/services/ec2/instances/errors.h"
#include "server/services/ec2/instances/instances.h"
#include "server/wire/ec2/instances/instance_firmware.h"
#include "server/wire/ec2/schema.h"
#include "storage/metadata/images/image_rows.h"
#include "storage/metadata/images/image_words.h"
#include "storage/metadata/instances/instance_rows.h"

namespace amilab::ec2 {

// Source: EC2 API Reference, GetInstanceTpmEkPub (documented); that an instance without a NitroTPM
// is refused so is assumed.
GetInstanceTpmEkPubResponse get_instance_tpm_ek_pub(Session& session,
                                                    const GetInstanceTpmEkPubRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    if (!row.tpm_support) {
        throw unsupported(fmt::format("The instance '{}' has no NitroTPM.", row.id.text()));
    }
    const auto key = endorsement_key("endorsement key of " + row.id.text(),
                                     *find_word<EndorsementKeyType>(request.key_type),
                                     *find_word<EndorsementKeyFormat>(request.key_format));
    return {.instance_id = row.id.text(),
            .key_format = request.key_format,
            .key_type = request.key_type,
            .key_value = wire::encode_base64(key)};
}

// Source: EC2 API Reference, GetInstanceUefiData (documented): here what the image of the instance
// had; nothing runs that would change it. That an instance without UEFI is refused so is assumed.
GetInstanceUefiDataResponse get_instance_uefi_data(Session& session,
                                                   const GetInstanceUefiDataRequest& request)
{
    const auto id = parse_one_instance_id(request.instance_id);
    stop_if_dry_run(request);
    const auto row = require_instance(session, id);
    if (row.current_boot_mode != BootMode::kUefi) {
        throw unsupported(fmt::format("The instance '{}' does not boot by UEFI.", row.id.text()));
    }
    GetInstanceUefiDataResponse answer;
    answer.instance_id = row.id.text();
    answer.uefi_data = select_image_uefi_data(session.db(), ImageId::trusted(row.image_id));
    return answer;
}

namespace {

constexpr Operation kOperations[] = {
    read<get_instance_tpm_ek_pub>(kGetInstanceTpmEkPub),
    read<get_instance_uefi_data>(kGetInstanceUefiData),
};

}  // namespace

constinit const Family kInstanceFirmware{.operations = kOperations};

}  // namespace amilab::ec2
