#include "server/services/iam/roles.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/iam/roles_support.h"
#include "tests/support/s3_caller.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

const std::string kMade = "CreateRoleResult/Role/";
const std::string kFound = "GetRoleResult/Role/";

std::string code(TestEmulator& aws, std::string_view action, const Parameters& parameters,
                 std::string_view account = kAccount)
{
    return ask_iam(aws, action, parameters, account).code;
}

TEST(CreateRole, AnswersTheRoleAsItIsFound)
{
    TestEmulator aws;
    const auto made = create_role(aws, "vmimport",
                                  {{"Path", "/images/"},
                                   {"Description", "imports"},
                                   {"MaxSessionDuration", "7200"},
                                   {"Tags.member.1.Key", "of"},
                                   {"Tags.member.1.Value", "test"}});
    const auto found = ask_iam(aws, "GetRole", {{"RoleName", "vmimport"}});
    for (const auto& [answer, at] : {std::pair(&made, kMade), std::pair(&found, kFound)}) {
        EXPECT_EQ(answer->text(at + "Arn"), "arn:aws:iam::123456789012:role/images/vmimport");
        EXPECT_EQ(answer->text(at + "Path"), "/images/");
        EXPECT_EQ(answer->text(at + "Description"), "imports");
        EXPECT_EQ(answer->text(at + "CreateDate"), "2026-01-02T03:04:05.000Z");
        EXPECT_THAT(answer->text(at + "RoleId"), StartsWith("AROA"));
        EXPECT_EQ(answer->text(at + "RoleId").size(), 21U);
        EXPECT_THAT(answer->text(at + "AssumeRolePolicyDocument"),
                    StartsWith("%7B%22Version%22%3A%20%222012-10-17%22"));
        EXPECT_EQ(answer->text(at + "Tags/member/Value"), "test");
    }
    EXPECT_THAT(made.text(kMade + "MaxSessionDuration"), IsEmpty());
    EXPECT_EQ(found.text(kFound + "MaxSessionDuration"), "7200");
}

TEST(CreateRole, RefusesANameThatIsTaken)
{
    TestEmulator aws;
    create_role(aws, "vmimport");
    const auto refused = ask_iam(
        aws, "CreateRole", {{"RoleName", "VmImport"}, {"AssumeRolePolicyDocument", kTrustPolicy}});
    EXPECT_EQ(refused.status, 409);
    EXPECT_EQ(refused.code, "EntityAlreadyExists");
    create_role(aws, "vmimport", {}, kOtherAccount);
}

TEST(CreateRole, SaysAllThatIsWrongAtOnce)
{
    TestEmulator aws;
    const auto refused =
        ask_iam(aws, "CreateRole", {{"RoleName", "a role"}, {"MaxSessionDuration", "60"}});
    EXPECT_EQ(refused.code, "ValidationError");
    EXPECT_THAT(refused.message, StartsWith("3 validation errors detected: "));
    for (const auto* path : {"roleName", "maxSessionDuration", "assumeRolePolicyDocument"}) {
        EXPECT_THAT(refused.message, HasSubstr(std::string("'") + path + "'"));
    }
}

TEST(CreateRole, RefusesWhatIsNoPolicyPathOrSetOfTags)
{
    TestEmulator aws;
    const Parameters role{{"RoleName", "x"}, {"AssumeRolePolicyDocument", kTrustPolicy}};
    EXPECT_EQ(code(aws, "CreateRole", merged(role, {{"AssumeRolePolicyDocument", "{"}})),
              "MalformedPolicyDocument");
    EXPECT_EQ(code(aws, "CreateRole", merged(role, {{"AssumeRolePolicyDocument", "{}"}})),
              "MalformedPolicyDocument");
    EXPECT_EQ(code(aws, "CreateRole", merged(role, {{"Path", "images"}})), "ValidationError");
    EXPECT_EQ(code(aws, "CreateRole",
                   merged(role, {{"Tags.member.1.Key", "a"},
                                 {"Tags.member.1.Value", "1"},
                                 {"Tags.member.2.Key", "A"},
                                 {"Tags.member.2.Value", "2"}})),
              "InvalidInput");
    EXPECT_EQ(code(aws, "GetRole", {{"RoleName", "x"}}), "NoSuchEntity");
}

TEST(GetRole, RefusesARoleThatTheCallerHasNot)
{
    TestEmulator aws;
    create_role(aws, "vmimport");
    const auto refused = ask_iam(aws, "GetRole", {{"RoleName", "vmimport"}}, kOtherAccount);
    EXPECT_EQ(refused.status, 404);
    EXPECT_EQ(refused.message, "The role with name vmimport cannot be found.");
    EXPECT_EQ(code(aws, "GetRole", {}), "ValidationError");
}

TEST(ListRoles, AnswersThoseBelowAPathAPageAtATime)
{
    TestEmulator aws;
    create_role(aws, "vmimport", {{"Path", "/images/"}, {"MaxSessionDuration", "7200"}});
    create_role(aws, "builder", {{"Tags.member.1.Key", "of"}, {"Tags.member.1.Value", "test"}});
    const std::string at = "ListRolesResult/";
    const auto list = [&](const Parameters& more) { return ask_iam(aws, "ListRoles", more); };
    const auto names = at + "Roles/member/RoleName";
    const auto all = list({});
    EXPECT_THAT(all.texts(names), ElementsAre("builder", "vmimport"));
    EXPECT_THAT(all.texts(at + "Roles/member/MaxSessionDuration"), ElementsAre("3600", "7200"));
    EXPECT_EQ(all.count(at + "Roles/member/Tags"), 0U);
    EXPECT_EQ(all.count(at + "Roles/member/RoleLastUsed"), 0U);
    EXPECT_EQ(all.text(at + "IsTruncated"), "false");
    EXPECT_THAT(list({{"PathPrefix", "/images/"}}).texts(names), ElementsAre("vmimport"));
    const auto first = list({{"MaxItems", "1"}});
    EXPECT_EQ(first.text(at + "IsTruncated"), "true");
    EXPECT_THAT(list({{"Marker", first.text(at + "Marker")}}).texts(names),
                ElementsAre("vmimport"));
    for (const Parameters& wrong : {Parameters{{"MaxItems", "0"}},
                                    {{"PathPrefix", "images"}},
                                    {{"Marker", "bm90IG91cnM="}}}) {
        EXPECT_EQ(list(wrong).code, "ValidationError");
    }
    EXPECT_THAT(ask_iam(aws, "ListRoles", {}, kOtherAccount).texts(names), IsEmpty());
}

TEST(UpdateRole, ChangesWhatItNames)
{
    TestEmulator aws;
    create_role(aws, "vmimport", {{"Description", "imports"}, {"MaxSessionDuration", "7200"}});
    const Parameters named{{"RoleName", "vmimport"}};
    const auto found = [&](const std::string& member) {
        return ask_iam(aws, "GetRole", named).text(kFound + member);
    };
    EXPECT_EQ(code(aws, "UpdateRole", merged(named, {{"MaxSessionDuration", "3600"}})), "");
    EXPECT_EQ(found("MaxSessionDuration"), "3600");
    EXPECT_EQ(found("Description"), "imports");
    EXPECT_EQ(code(aws, "UpdateRole", merged(named, {{"Description", "more"}})), "");
    EXPECT_EQ(found("MaxSessionDuration"), "3600");
    EXPECT_EQ(found("Description"), "more");
    EXPECT_EQ(code(aws, "UpdateRole", merged(named, {{"Description", ""}})), "");
    EXPECT_THAT(found("Description"), IsEmpty());
    EXPECT_EQ(code(aws, "UpdateRole", named), "");
}

TEST(UpdateRole, RefusesWhatNoRoleHas)
{
    TestEmulator aws;
    create_role(aws, "vmimport");
    const Parameters named{{"RoleName", "vmimport"}};
    for (const auto* seconds : {"3599", "43201"}) {
        EXPECT_EQ(code(aws, "UpdateRole", merged(named, {{"MaxSessionDuration", seconds}})),
                  "ValidationError");
    }
    EXPECT_EQ(code(aws, "UpdateRole", merged(named, {{"Description", std::string(1001, 'x')}})),
              "ValidationError");
    EXPECT_EQ(code(aws, "UpdateRole", {{"RoleName", "none"}}), "NoSuchEntity");
    EXPECT_EQ(code(aws, "UpdateRole", {}), "ValidationError");
}

TEST(UpdateRoleDescription, AnswersTheRole)
{
    TestEmulator aws;
    create_role(aws, "vmimport", {{"MaxSessionDuration", "7200"}});
    const Parameters named{{"RoleName", "vmimport"}};
    const auto answer =
        ask_iam(aws, "UpdateRoleDescription", merged(named, {{"Description", "imports"}}));
    const std::string at = "UpdateRoleDescriptionResult/Role/";
    EXPECT_EQ(answer.text(at + "Description"), "imports");
    EXPECT_EQ(answer.text(at + "MaxSessionDuration"), "7200");
    EXPECT_EQ(ask_iam(aws, "GetRole", named).text(kFound + "Description"), "imports");
    EXPECT_EQ(code(aws, "UpdateRoleDescription", named), "ValidationError");
    EXPECT_EQ(code(aws, "UpdateRoleDescription", {{"RoleName", "none"}, {"Description", "x"}}),
              "NoSuchEntity");
}

TEST(UpdateAssumeRolePolicy, ReplacesTheTrustPolicy)
{
    TestEmulator aws;
    create_role(aws, "vmimport");
    const Parameters named{{"RoleName", "vmimport"}};
    EXPECT_EQ(
        code(aws, "UpdateAssumeRolePolicy", merged(named, {{"PolicyDocument", kEmptyPolicy}})), "");
    EXPECT_EQ(ask_iam(aws, "GetRole", named).text("GetRoleResult/Role/AssumeRolePolicyDocument"),
              "%7B%22Statement%22%3A%20%5B%5D%7D");
    EXPECT_EQ(code(aws, "UpdateAssumeRolePolicy", merged(named, {{"PolicyDocument", "{"}})),
              "MalformedPolicyDocument");
    EXPECT_EQ(code(aws, "UpdateAssumeRolePolicy",
                   {{"RoleName", "none"}, {"PolicyDocument", kEmptyPolicy}}),
              "NoSuchEntity");
    EXPECT_EQ(code(aws, "UpdateAssumeRolePolicy", named), "ValidationError");
}

TEST(DeleteRole, WaitsForTheRolesPolicies)
{
    TestEmulator aws;
    create_role(aws, "vmimport", {{"Tags.member.1.Key", "of"}, {"Tags.member.1.Value", "test"}});
    put_policy(aws, "vmimport", "disks");
    EXPECT_EQ(code(aws, "DeleteRole", {{"RoleName", "vmimport"}}), "DeleteConflict");
    ask_iam(aws, "DeleteRolePolicy", {{"RoleName", "vmimport"}, {"PolicyName", "disks"}});
    EXPECT_EQ(code(aws, "DeleteRole", {{"RoleName", "vmimport"}}), "");
    EXPECT_EQ(code(aws, "DeleteRole", {{"RoleName", "vmimport"}}), "NoSuchEntity");
    create_role(aws, "vmimport");
}

// What a service takes on

TEST(ServiceRole, IsLookedAtWhereRolesAreStrict)
{
    TestEmulator aws(Emulator::Options{.has_strict_roles = true});
    const S3Caller s3(aws);
    s3.must("PUT", "/disks");
    s3.must("PUT", "/disks/disk.raw", "boot");
    const auto import = [&](const Parameters& more = {}) {
        return aws.call("ImportSnapshot", merged({{"DiskContainer.UserBucket.S3Bucket", "disks"},
                                                  {"DiskContainer.UserBucket.S3Key", "disk.raw"}},
                                                 more));
    };
    EXPECT_EQ(import().code, "InvalidParameter");
    EXPECT_EQ(import().message,
              "The service role vmimport provided does not exist or does not have sufficient "
              "permissions");
    create_role(aws, "vmimport", {{"AssumeRolePolicyDocument", kEmptyPolicy}});
    EXPECT_EQ(import().code, "InvalidParameter") << "it trusts nobody";
    create_role(aws, "importer");
    EXPECT_EQ(import({{"RoleName", "importer"}}).code, "");
    EXPECT_EQ(import({{"RoleName", "other"}}).code, "InvalidParameter");
    create_role(aws, "denier",
                {{"AssumeRolePolicyDocument",
                  R"({"Statement": [{"Effect": "Deny", "Action": "sts:AssumeRole",)"
                  R"( "Principal": {"Service": "vmie.amazonaws.com"}}]})"}});
    create_role(aws, "namesake",
                {{"AssumeRolePolicyDocument",
                  R"({"Statement": [{"Sid": "vmie.amazonaws.com", "Effect": "Allow",)"
                  R"( "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]})"}});
    for (const auto* role : {"denier", "namesake"}) {
        EXPECT_EQ(import({{"RoleName", role}}).code, "InvalidParameter") << role;
    }
}

TEST(ServiceRole, IsLookedAtByExportsOfImagesToo)
{
    TestEmulator aws(Emulator::Options{.has_strict_roles = true});
    const auto send = [&](const Parameters& more = {}) {
        return aws.call("ExportImage", merged({{"ImageId", "ami-0123456789abcdef0"},
                                               {"DiskImageFormat", "RAW"},
                                               {"S3ExportLocation.S3Bucket", "disks"}},
                                              more));
    };
    EXPECT_EQ(send().code, "InvalidParameter");
    EXPECT_EQ(send({{"RoleName", "exporter"}}).message,
              "The service role exporter provided does not exist or does not have sufficient "
              "permissions");
    create_role(aws, "vmimport");
    EXPECT_EQ(send().code, "InvalidAMIID.NotFound") << "what is asked next";
    EXPECT_EQ(send({{"RoleName", ""}}).code, "InvalidAMIID.NotFound") << "none is named";
    EXPECT_EQ(send({{"RoleName", "exporter"}}).code, "InvalidParameter");
}

}  // namespace
}  // namespace amilab::test
