#include "tests/server/services/ec2/settings/settings_trials.h"

#include "tests/server/services/trial_makers.h"

namespace amilab::test {

namespace {

void add_encryption(TrialTable& table)
{
    for (const char* alone :
         {"EnableEbsEncryptionByDefault", "DisableEbsEncryptionByDefault",
          "GetEbsEncryptionByDefault", "GetEbsDefaultKmsKeyId", "ResetEbsDefaultKmsKeyId"}) {
        table[alone] = {};
    }
    table["ModifyEbsDefaultKmsKeyId"] = either_of("KmsKeyId", "alias/one", "alias/two");
}

void add_public_access(TrialTable& table)
{
    table["EnableImageBlockPublicAccess"] = {
        {{"ImageBlockPublicAccessState", "block-new-sharing"}},
        same("ImageBlockPublicAccessState", "block-new-sharing")};
    table["EnableSnapshotBlockPublicAccess"] =
        either_of("State", "block-new-sharing", "block-all-sharing");
    for (const char* alone :
         {"DisableImageBlockPublicAccess", "DisableSnapshotBlockPublicAccess",
          "GetImageBlockPublicAccessState", "GetSnapshotBlockPublicAccessState"}) {
        table[alone] = {};
    }
}

TrialTable trials()
{
    TrialTable table;
    add_encryption(table);
    add_public_access(table);
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"EnableImageBlockPublicAccess ImageBlockPublicAccessState", "it has one value"},
};

std::vector<Telling> tellings()
{
    return {{"ebs_encryption", "owner", "GetEbsEncryptionByDefault", {}},
            {"ebs_encryption", "owner", "GetEbsDefaultKmsKeyId", {}},
            {"account_setting", "name", "GetImageBlockPublicAccessState", {}},
            {"account_setting", "name", "GetSnapshotBlockPublicAccessState", {}}};
}

}  // namespace

constinit const TrialSet kSettingsTrials{
    .trials = trials, .without_effect = kWithoutEffect, .tellings = tellings};

}  // namespace amilab::test
