#include "server/services/ec2/settings/ebs_encryption.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/settings/ebs_encryption.h"

#include "server/calls/encryption.h"
#include "server/calls/errors.h"
#include "server/services/ec2/common/describe.h"
#include "storage/metadata/settings/ebs_encryption_rows.h"

namespace amilab::ec2 {

namespace {

// Source: what the documentation's examples answer while no key was chosen (observed).
constexpr const char* kManagedKey = "alias/aws/ebs";

EbsEncryptionRow settled(Session& session)
{
    return select_ebs_encryption(session.db(), session.account(), session.region());
}

bool set_by_default(Session& session, bool by_default)
{
    auto row = settled(session);
    row.by_default = by_default;
    put_ebs_encryption(session.db(), row);
    return by_default;
}

void set_key(Session& session, std::optional<std::string> kms_key_id)
{
    auto row = settled(session);
    row.kms_key_id = std::move(kms_key_id);
    put_ebs_encryption(session.db(), row);
}

}  // namespace

// Source: EC2 API Reference, EnableEbsEncryptionByDefault and its siblings (documented); enabling
// what is enabled is no error (assumed).
EnableEbsEncryptionByDefaultResponse enable_ebs_encryption_by_default(
    Session& session, const EnableEbsEncryptionByDefaultRequest& request)
{
    stop_if_dry_run(request);
    return {.ebs_encryption_by_default = set_by_default(session, true)};
}

DisableEbsEncryptionByDefaultResponse disable_ebs_encryption_by_default(
    Session& session, const DisableEbsEncryptionByDefaultRequest& request)
{
    stop_if_dry_run(request);
    return {.ebs_encryption_by_default = set_by_default(session, false)};
}

GetEbsEncryptionByDefaultResponse get_ebs_encryption_by_default(
    Session& session, const GetEbsEncryptionByDefaultRequest& request)
{
    stop_if_dry_run(request);
    return {.ebs_encryption_by_default = settled(session).by_default, .sse_type = {}};
}

GetEbsDefaultKmsKeyIdResponse get_ebs_default_kms_key_id(
    Session& session, const GetEbsDefaultKmsKeyIdRequest& request)
{
    stop_if_dry_run(request);
    return {.kms_key_id = settled(session).kms_key_id.value_or(kManagedKey)};
}

ModifyEbsDefaultKmsKeyIdResponse modify_ebs_default_kms_key_id(
    Session& session, const ModifyEbsDefaultKmsKeyIdRequest& request)
{
    auto arn = kms_key_arn(session, request.kms_key_id);
    if (!is_key_of_region(arn, session.region())) {
        throw invalid_kms_key(request.kms_key_id, "The key is of another region.");
    }
    stop_if_dry_run(request);
    set_key(session, arn);
    return {.kms_key_id = std::move(arn)};
}

ResetEbsDefaultKmsKeyIdResponse reset_ebs_default_kms_key_id(
    Session& session, const ResetEbsDefaultKmsKeyIdRequest& request)
{
    stop_if_dry_run(request);
    set_key(session, std::nullopt);
    return {.kms_key_id = kManagedKey};
}

namespace {

constexpr Operation kOperations[] = {
    write<enable_ebs_encryption_by_default>(kEnableEbsEncryptionByDefault),
    write<disable_ebs_encryption_by_default>(kDisableEbsEncryptionByDefault),
    read<get_ebs_encryption_by_default>(kGetEbsEncryptionByDefault),
    read<get_ebs_default_kms_key_id>(kGetEbsDefaultKmsKeyId),
    write<modify_ebs_default_kms_key_id>(kModifyEbsDefaultKmsKeyId),
    write<reset_ebs_default_kms_key_id>(kResetEbsDefaultKmsKeyId),
};

}  // namespace

constinit const Family kEbsEncryption{.operations = kOperations};

}  // namespace amilab::ec2
