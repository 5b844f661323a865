#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/server/services/iam/roles_support.h"

namespace amilab::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

constexpr const char* kDescribe = "DescribeIamInstanceProfileAssociations";
constexpr const char* kAnswer = "iamInstanceProfileAssociation/";
constexpr const char* kListed = "iamInstanceProfileAssociationSet/item/";
constexpr const char* kArn = "arn:aws:iam::123456789012:instance-profile/";

class InstanceProfiles : public ::testing::Test {
protected:
    std::string run(const Parameters& more = {}) { return run_one(aws, more); }
    Answer associate(const std::string& instance, const std::string& name)
    {
        return aws.call("AssociateIamInstanceProfile",
                        {{"InstanceId", instance}, {"IamInstanceProfile.Name", name}});
    }
    std::vector<std::string> listed(const std::string& member, const Parameters& more = {})
    {
        return aws.must(kDescribe, more).texts(kListed + member);
    }

    TestEmulator aws;
};

TEST_F(InstanceProfiles, ComeWithALaunchByNameOrArn)
{
    const auto one = run({{"IamInstanceProfile.Name", "web"}});
    const auto other = run({{"IamInstanceProfile.Arn", std::string(kArn) + "path/to/worker"}});
    EXPECT_EQ(field_of(aws, one, "iamInstanceProfile/arn"), std::string(kArn) + "web");
    EXPECT_THAT(field_of(aws, one, "iamInstanceProfile/id"), MatchesRegex("AIPA[A-Z2-7]{17}"));
    EXPECT_EQ(field_of(aws, other, "iamInstanceProfile/arn"), std::string(kArn) + "path/to/worker");
    const auto found = [&](const std::string& name, const std::string& value) {
        return aws.must("DescribeInstances", filter(name, value))
            .texts("reservationSet/item/instancesSet/item/instanceId");
    };
    EXPECT_THAT(found("iam-instance-profile.arn", "*/worker"), ElementsAre(other));
    EXPECT_THAT(found("iam-instance-profile.arn", std::string(kArn) + "web"), ElementsAre(one));
    EXPECT_THAT(found("iam-instance-profile.id", field_of(aws, one, "iamInstanceProfile/id")),
                ElementsAre(one));
}

TEST_F(InstanceProfiles, AreNoneWhenALaunchHasThemEmpty)
{
    run({{"IamInstanceProfile.Name", ""}});
    run({{"IamInstanceProfile.Arn", ""}});
    aws.must("CreateLaunchTemplate",
             {{"LaunchTemplateName", "none"}, {"LaunchTemplateData.IamInstanceProfile.Name", ""}});
    run({{"LaunchTemplate.LaunchTemplateName", "none"}});
    EXPECT_THAT(listed("associationId"), IsEmpty());
}

TEST_F(InstanceProfiles, AreWrongWhenACallAboutThemHasThemEmpty)
{
    const auto instance = run();
    const auto with_web = run({{"IamInstanceProfile.Name", "web"}});
    const Parameters association{{"AssociationId", listed("associationId").front()}};
    const Parameters of_instance{{"InstanceId", instance}};
    for (const auto& [name, message] : Parameters{
             {"IamInstanceProfile.Name",
              "Value () for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance "
              "Profile name"},
             {"IamInstanceProfile.Arn",
              "Value () for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance "
              "Profile ARN"}}) {
        const Parameters empty{{name, ""}};
        expect_refused(aws.call("AssociateIamInstanceProfile", merged(of_instance, empty)),
                       "InvalidParameterValue", message);
        expect_refused(aws.call("ReplaceIamInstanceProfileAssociation", merged(association, empty)),
                       "InvalidParameterValue", message);
    }
    EXPECT_EQ(aws.call("AssociateIamInstanceProfile", of_instance).code, "MissingParameter");
    EXPECT_EQ(field_of(aws, with_web, "iamInstanceProfile/arn"), std::string(kArn) + "web");
}

TEST_F(InstanceProfiles, AreRefusedWhenTheyCannotBe)
{
    const auto code = [&](const Parameters& more) {
        return aws.call("RunInstances", merged(launch(public_image(aws)), more)).code;
    };
    EXPECT_EQ(code({{"IamInstanceProfile.Name", "a b"}}), "InvalidParameterValue");
    EXPECT_EQ(code({{"IamInstanceProfile.Arn", "arn:aws:iam::123456789012:role/web"}}),
              "InvalidParameterValue");
    EXPECT_EQ(code({{"IamInstanceProfile.Arn", "arn:aws:iam::999999999999:instance-profile/web"}}),
              "InvalidParameterValue");
    EXPECT_EQ(code({{"IamInstanceProfile.Name", "web"},
                    {"IamInstanceProfile.Arn", std::string(kArn) + "web"}}),
              "InvalidParameterCombination");
}

TEST_F(InstanceProfiles, AreAssociatedOnceWithAnInstance)
{
    const auto instance = run();
    const auto answer = associate(instance, "web");
    EXPECT_EQ(answer.text(std::string(kAnswer) + "state"), "associating");
    EXPECT_EQ(answer.text(std::string(kAnswer) + "instanceId"), instance);
    EXPECT_EQ(answer.text(std::string(kAnswer) + "iamInstanceProfile/arn"),
              std::string(kArn) + "web");
    const auto id = answer.text(std::string(kAnswer) + "associationId");
    EXPECT_THAT(id, MatchesRegex("iip-assoc-[0-9a-f]{17}"));
    EXPECT_THAT(listed("state"), ElementsAre("associated"));
    EXPECT_EQ(associate(instance, "other").code, "IncorrectState");
    EXPECT_THAT(listed("associationId", filter("instance-id", instance)), ElementsAre(id));
    EXPECT_THAT(listed("associationId", filter("state", "associating")), IsEmpty());
    EXPECT_THAT(listed("associationId", {{"AssociationId.1", id}}), ElementsAre(id));
}

TEST_F(InstanceProfiles, AreReplacedUnderAnotherId)
{
    const auto instance = run({{"IamInstanceProfile.Name", "web"}});
    const auto before = listed("associationId").front();
    const Parameters replacement = {{"AssociationId", before}, {"IamInstanceProfile.Name", "new"}};
    const auto answer = aws.must("ReplaceIamInstanceProfileAssociation", replacement);
    EXPECT_EQ(answer.text(std::string(kAnswer) + "state"), "associating");
    EXPECT_NE(answer.text(std::string(kAnswer) + "associationId"), before);
    EXPECT_EQ(field_of(aws, instance, "iamInstanceProfile/arn"), std::string(kArn) + "new");
    EXPECT_EQ(aws.call("ReplaceIamInstanceProfileAssociation", replacement).code,
              "InvalidAssociationID.NotFound");
    aws.must("StopInstances", {{"InstanceId.1", instance}});
    EXPECT_EQ(aws.call("ReplaceIamInstanceProfileAssociation",
                       {{"AssociationId", listed("associationId").front()},
                        {"IamInstanceProfile.Name", "web"}})
                  .code,
              "IncorrectInstanceState");
}

TEST_F(InstanceProfiles, AreDisassociated)
{
    const auto instance = run({{"IamInstanceProfile.Name", "web"}});
    const Parameters id = {{"AssociationId", listed("associationId").front()}};
    EXPECT_EQ(aws.call("DisassociateIamInstanceProfile", id, kOtherAccount).code,
              "InvalidAssociationID.NotFound");
    EXPECT_EQ(aws.must("DisassociateIamInstanceProfile", id).text(std::string(kAnswer) + "state"),
              "disassociating");
    EXPECT_THAT(listed("associationId"), IsEmpty());
    EXPECT_EQ(field_of(aws, instance, "iamInstanceProfile/arn"), "");
    EXPECT_EQ(aws.call("DisassociateIamInstanceProfile", id).code, "InvalidAssociationID.NotFound");
    EXPECT_EQ(aws.call(kDescribe, {{"AssociationId.1", "iip-assoc-0123456789abcdef0"}}).code,
              "InvalidAssociationID.NotFound");
}

TEST_F(InstanceProfiles, AreOfInstancesThatAreThere)
{
    const auto instance = run({{"IamInstanceProfile.Name", "web"}});
    const auto id = listed("associationId").front();
    aws.must("TerminateInstances", {{"InstanceId.1", instance}});
    EXPECT_THAT(listed("associationId"), IsEmpty());
    EXPECT_EQ(aws.call("DisassociateIamInstanceProfile", {{"AssociationId", id}}).code,
              "InvalidAssociationID.NotFound");
    EXPECT_EQ(associate(instance, "web").code, "IncorrectInstanceState");
    EXPECT_EQ(associate("i-0123456789abcdef0", "web").code, "InvalidInstanceID.NotFound");
}

TEST_F(InstanceProfiles, ComeFromALaunchTemplate)
{
    aws.must("CreateLaunchTemplate", {{"LaunchTemplateName", "web"},
                                      {"LaunchTemplateData.IamInstanceProfile.Name", "web"}});
    const auto instance = run({{"LaunchTemplate.LaunchTemplateName", "web"}});
    EXPECT_EQ(field_of(aws, instance, "iamInstanceProfile/arn"), std::string(kArn) + "web");
    EXPECT_EQ(aws.must("GetLaunchTemplateData", {{"InstanceId", instance}})
                  .text("launchTemplateData/iamInstanceProfile/arn"),
              std::string(kArn) + "web");
}

// What IAM has

TEST_F(InstanceProfiles, AreShownAsIamHasThem)
{
    const auto made = create_profile(aws, "web", {{"Path", "/servers/"}});
    const std::string at = "CreateInstanceProfileResult/InstanceProfile/";
    const auto arn = std::string(kArn) + "servers/web";
    ASSERT_EQ(made.text(at + "Arn"), arn);
    for (const Parameters& wish : {Parameters{{"IamInstanceProfile.Name", "web"}},
                                   {{"IamInstanceProfile.Name", "WEB"}},
                                   {{"IamInstanceProfile.Arn", arn}}}) {
        const auto instance = run(wish);
        EXPECT_EQ(field_of(aws, instance, "iamInstanceProfile/arn"), arn);
        EXPECT_EQ(field_of(aws, instance, "iamInstanceProfile/id"),
                  made.text(at + "InstanceProfileId"));
    }
    const auto other = run({{"IamInstanceProfile.Arn", std::string(kArn) + "web"}});
    EXPECT_EQ(field_of(aws, other, "iamInstanceProfile/arn"), std::string(kArn) + "web");
    EXPECT_NE(field_of(aws, other, "iamInstanceProfile/id"), made.text(at + "InstanceProfileId"));
}

TEST_F(InstanceProfiles, KeepTheirIdWhenIamHasThemNoMore)
{
    const auto made = create_profile(aws, "web");
    const auto instance = run({{"IamInstanceProfile.Name", "web"}});
    ask_iam(aws, "DeleteInstanceProfile", {{"InstanceProfileName", "web"}});
    create_profile(aws, "web");
    EXPECT_EQ(field_of(aws, instance, "iamInstanceProfile/id"),
              made.text("CreateInstanceProfileResult/InstanceProfile/InstanceProfileId"));
}

class StrictProfiles : public ::testing::Test {
protected:
    void expect_invalid(const Answer& answer, const std::string& message)
    {
        expect_refused(answer, "InvalidParameterValue", message);
    }
    Answer run(const Parameters& more)
    {
        return aws.call("RunInstances", merged(launch(public_image(aws)), more));
    }

    TestEmulator aws{Emulator::Options{.has_strict_roles = true}};
    const std::string no_web =
        "Value (web) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance "
        "Profile name";
    const std::string web_arn = std::string(kArn) + "web";
    const std::string no_arn = "Value (" + web_arn +
                               ") for parameter iamInstanceProfile.arn is invalid. Invalid IAM "
                               "Instance Profile ARN";
    const std::string no_role =
        "IAM Instance Profile \"" + web_arn + "\" has no associated IAM Roles";
};

TEST_F(StrictProfiles, AreLookedAtByLaunches)
{
    const Parameters by_name{{"IamInstanceProfile.Name", "web"}};
    const Parameters by_arn{{"IamInstanceProfile.Arn", web_arn}};
    expect_invalid(run(by_name), no_web);
    expect_invalid(run(by_arn), no_arn);
    create_profile(aws, "web");
    expect_invalid(run(by_name), no_role);
    expect_invalid(run(by_arn), no_role);
    create_role(aws, "vmimport");
    add_role(aws, "web", "vmimport");
    EXPECT_EQ(run(by_name).code, "");
    EXPECT_EQ(run(by_arn).code, "");
    EXPECT_EQ(run({{"IamInstanceProfile.Arn", std::string(kArn) + "servers/web"}}).code,
              "InvalidParameterValue")
        << "an ARN has the path in it";
    EXPECT_EQ(run({}).code, "") << "no profile is named";
    EXPECT_EQ(run({{"IamInstanceProfile.Name", ""}}).code, "") << "as Packer names none";
}

TEST_F(StrictProfiles, AreTheCallersOwn)
{
    create_profile(aws, "web", {}, kOtherAccount);
    expect_invalid(run({{"IamInstanceProfile.Name", "web"}}), no_web);
}

TEST_F(StrictProfiles, AreLookedAtWhenATemplateIsLaunched)
{
    aws.must("CreateLaunchTemplate", {{"LaunchTemplateName", "web"},
                                      {"LaunchTemplateData.IamInstanceProfile.Name", "web"}});
    const Parameters from_template{{"LaunchTemplate.LaunchTemplateName", "web"}};
    expect_invalid(run(from_template), no_web);
    create_role(aws, "vmimport");
    create_profile(aws, "web");
    add_role(aws, "web", "vmimport");
    EXPECT_EQ(run(from_template).code, "");
}

TEST_F(StrictProfiles, AreLookedAtBySpotRequests)
{
    const auto request = [&] {
        return aws.call("RequestSpotInstances",
                        {{"LaunchSpecification.ImageId", public_image(aws)},
                         {"LaunchSpecification.InstanceType", "t3.micro"},
                         {"LaunchSpecification.IamInstanceProfile.Name", "web"}});
    };
    expect_invalid(request(), no_web);
    create_profile(aws, "web");
    expect_invalid(request(), no_role);
}

TEST_F(StrictProfiles, AreLookedAtByAssociations)
{
    const auto instance = run_one(aws);
    const auto associate = [&](const std::string& name) {
        return aws.call("AssociateIamInstanceProfile",
                        {{"InstanceId", instance}, {"IamInstanceProfile.Name", name}});
    };
    expect_invalid(associate("web"), no_web);
    create_profile(aws, "web");
    expect_invalid(associate("web"), no_role);
    create_role(aws, "vmimport");
    create_profile(aws, "first");
    add_role(aws, "first", "vmimport");
    const auto first = associate("first");
    ASSERT_EQ(first.code, "") << first.message;
    const Parameters replacement{
        {"AssociationId", first.text(std::string(kAnswer) + "associationId")},
        {"IamInstanceProfile.Arn", web_arn}};
    expect_invalid(aws.call("ReplaceIamInstanceProfileAssociation", replacement), no_role);
    EXPECT_EQ(field_of(aws, instance, "iamInstanceProfile/arn"), std::string(kArn) + "first")
        << "as it was";
    add_role(aws, "web", "vmimport");
    aws.must("ReplaceIamInstanceProfileAssociation", replacement);
    EXPECT_EQ(field_of(aws, instance, "iamInstanceProfile/arn"), web_arn);
}

}  // namespace
}  // namespace amilab::test
