#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/ebs_encryption.h"

/// EBS encryption by default, and the key that it takes, of an account in a region.
namespace amilab::ec2 {

EnableEbsEncryptionByDefaultResponse enable_ebs_encryption_by_default(
    Session& session, const EnableEbsEncryptionByDefaultRequest& request);
DisableEbsEncryptionByDefaultResponse disable_ebs_encryption_by_default(
    Session& session, const DisableEbsEncryptionByDefaultRequest& request);
GetEbsEncryptionByDefaultResponse get_ebs_encryption_by_default(
    Session& session, const GetEbsEncryptionByDefaultRequest& request);
GetEbsDefaultKmsKeyIdResponse get_ebs_default_kms_key_id(
    Session& session, const GetEbsDefaultKmsKeyIdRequest& request);
ModifyEbsDefaultKmsKeyIdResponse modify_ebs_default_kms_key_id(
    Session& session, const ModifyEbsDefaultKmsKeyIdRequest& request);
ResetEbsDefaultKmsKeyIdResponse reset_ebs_default_kms_key_id(
    Session& session, const ResetEbsDefaultKmsKeyIdRequest& request);

}  // namespace amilab::ec2
