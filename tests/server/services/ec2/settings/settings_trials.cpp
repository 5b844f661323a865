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

void add_serial_console(TrialTable& table)
{
    for (const char* alone : {"EnableSerialConsoleAccess", "DisableSerialConsoleAccess",
                              "GetSerialConsoleAccessStatus"}) {
        table[alone] = {};
    }
}

std::string user(const std::string& name)
{
    return "arn:aws:iam::123456789012:user/" + name;
}

void add_id_formats(TrialTable& table)
{
    table["DescribeAggregateIdFormat"] = {};
    table["DescribeIdFormat"] = describe_operation(changes("Resource", "image"));
    table["DescribeIdentityIdFormat"] = {
        {{"PrincipalArn", user("one")}},
        same("PrincipalArn", user("two")) + changes("Resource", "image")};
    table["DescribePrincipalIdFormat"] =
        describe_operation(changes("Resource.1", "image") + changes("MaxResults", "1") +
                           refused("NextToken", "bm90IG91cnM="));
    table["ModifyIdFormat"] = {{{"Resource", "vpc"}, {"UseLongIds", "true"}},
                               changes("Resource", "subnet") + refused("UseLongIds", "false")};
    table["ModifyIdentityIdFormat"] = {
        {{"PrincipalArn", user("three")}, {"Resource", "vpc"}, {"UseLongIds", "true"}},
        changes("PrincipalArn", user("four")) + changes("Resource", "subnet") +
            refused("UseLongIds", "false")};
}

void say_id_formats(World& world)
{
    for (const auto& [name, resource] : {std::pair("one", "image"), std::pair("two", "vpc")}) {
        world.must("ModifyIdentityIdFormat",
                   {{"PrincipalArn", user(name)}, {"Resource", resource}, {"UseLongIds", "true"}});
    }
}

TrialTable trials()
{
    TrialTable table;
    add_serial_console(table);
    add_id_formats(table);
    add_encryption(table);
    add_public_access(table);
    return table;
}

constexpr WithoutEffect kWithoutEffect[] = {
    {"EnableImageBlockPublicAccess ImageBlockPublicAccessState", "it has one value"},
    {"DescribeIdentityIdFormat PrincipalArn", "the ids of all are long"},
};

std::vector<Telling> tellings()
{
    return {{"ebs_encryption", "owner", "GetEbsEncryptionByDefault", {}},
            {"ebs_encryption", "owner", "GetEbsDefaultKmsKeyId", {}},
            {"id_format", "principal", "DescribePrincipalIdFormat", {}},
            {"account_setting", "name", "GetSerialConsoleAccessStatus", {}},
            {"account_setting", "name", "GetImageBlockPublicAccessState", {}},
            {"account_setting", "name", "GetSnapshotBlockPublicAccessState", {}}};
}

}  // namespace

constinit const TrialSet kSettingsTrials{.trials = trials,
                                         .without_effect = kWithoutEffect,
                                         .tellings = tellings,
                                         .add_to_world = say_id_formats};

}  // namespace amilab::test
