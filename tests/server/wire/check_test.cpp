#include "server/wire/check.h"

#include <string>

#include <gtest/gtest.h>

#include "server/wire/ec2/images/images.h"
#include "server/wire/ec2/instances/instances.h"
#include "server/wire/ec2/instances/launches.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/volumes/volumes.h"
#include "server/wire/request.h"
#include "server/wire/sample/others.h"
#include "server/wire/sample/schema.h"
#include "server/wire/sample/things.h"
#include "server/wire/sts/schema.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"
#include "tests/server/wire/refusal.h"

namespace amilab::wire {
namespace {

template <class Request>
Request parsed(std::string_view form)
{
    const Parameters parameters(form);
    return parse_request<Request>(parameters.root());
}

/// Of a MakeThing request with all that is required.
sample::MakeThingRequest thing(std::string_view rest)
{
    return parsed<sample::MakeThingRequest>("Action=MakeThing&Version=2020-01-01&Strict=1&" +
                                            std::string(rest));
}

std::string thing_refusal(std::string_view rest)
{
    return refusal([&] { thing(rest); });
}

TEST(Parse, FillsEveryType)
{
    const auto request = thing(
        "Bytes=AP8%3D&Long=9000000000&Name=abc&On=true&Ratio=2.5&Size=large"
        "&When=1970-01-01T00:00:01Z&Judged=anything%20long&ClientToken=t");
    EXPECT_EQ(request.bytes, Blob{std::string("\0\xFF", 2)});
    EXPECT_EQ(request.long_value, 9'000'000'000);
    EXPECT_EQ(request.name, "abc");
    EXPECT_EQ(request.on, true);
    EXPECT_EQ(request.ratio, 2.5);
    EXPECT_EQ(request.size, "large");
    EXPECT_EQ(request.when, Timestamp{1000});
    EXPECT_EQ(request.judged, "anything long");
    EXPECT_EQ(request.client_token, "t");
    EXPECT_EQ(request.strict, 1);
    EXPECT_EQ(request.lax, std::nullopt);
}

TEST(Parse, FillsListsInTheOrderOfTheirNumbers)
{
    const auto request = thing(
        "Part.20.Operator=b&Part.3.Operator=a&Part.3.Part.1.Operator=c"
        "&Grid.2.1=z&Grid.1.2=y&Grid.1.1=x");
    ASSERT_EQ(request.parts.size(), 2U);
    EXPECT_EQ(request.parts[0].operator_value, "a");
    EXPECT_EQ(request.parts[0].parts.at(0).operator_value, "c");
    EXPECT_EQ(request.parts[1].operator_value, "b");
    EXPECT_EQ(request.grid, (std::vector<std::vector<std::string>>{{"x", "y"}, {"z"}}));
}

TEST(Parse, EqualRequestsCompareEqual)
{
    EXPECT_EQ(thing("Part.1.Operator=a&On=1"), thing("On=TRUE&Part.7.Operator=a"));
    EXPECT_NE(thing("Part.1.Operator=a"), thing("Part.1.Operator=b"));
}

TEST(Parse, TakesAnEmptyListAndAnEmptyText)
{
    EXPECT_TRUE(thing("Part=").parts.empty());
    EXPECT_EQ(thing("Lax=").lax, "");
}

TEST(Parse, IgnoresWhatBelongsToTheProtocol)
{
    EXPECT_EQ(thing("X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&AWSAccessKeyId=d"
                    "&Signature=e&SignatureMethod=f&SignatureVersion=g&Timestamp=h&Expires=i"
                    "&SecurityToken=j&PresignedUrl=k"),
              thing(""));
}

TEST(Check, NamesTheUnknownPart)
{
    EXPECT_EQ(thing_refusal("Nope=1"), "UnknownParameter: The parameter Nope is not recognized");
    EXPECT_EQ(thing_refusal("Part.1.Operator=a&Part.1.Colours=1"),
              "UnknownParameter: The parameter Colours is not recognized");
    EXPECT_EQ(thing_refusal("name=abc"), "UnknownParameter: The parameter name is not recognized");
    EXPECT_EQ(thing_refusal("Name.1=abc"),
              "UnknownParameter: The parameter Name.1 is not recognized");
    EXPECT_EQ(thing_refusal("Name.First=abc"),
              "UnknownParameter: The parameter First is not recognized");
    EXPECT_EQ(thing_refusal("Exotic.Nope=1"),
              "UnknownParameter: The parameter Nope is not recognized");
}

TEST(Check, TakesOnlyPlainNumbersAsListMembers)
{
    for (const auto* name :
         {"Part.00.Operator", "Part.01.Operator", "Part.-1.Operator", "Part.item.Operator",
          "Part.Operator", "Part..Operator", "Part.9999999999.Operator"}) {
        EXPECT_EQ(refusal_code([&] { thing(std::string(name) + "=a"); }), "UnknownParameter")
            << name;
    }
    EXPECT_EQ(refusal_code([] { thing("Part.member.1.Operator=a"); }), "UnknownParameter");
}

TEST(Check, RefusesATextWhereAListOrAStructureBelongs)
{
    EXPECT_EQ(refusal_code([] { thing("Part=a"); }), "InvalidParameterValue");
    EXPECT_EQ(refusal_code([] { thing("Part.1=a"); }), "InvalidParameterValue");
    EXPECT_EQ(refusal_code([] { thing("Exotic=a"); }), "InvalidParameterValue");
}

TEST(Check, NamesTheMissingParameter)
{
    EXPECT_EQ(refusal([] { parsed<sample::MakeThingRequest>(""); }),
              "MissingParameter: The request must contain the parameter Strict");
    EXPECT_EQ(thing_refusal("Part.2.Part.1.Operator=a"),
              "MissingParameter: The request must contain the parameter Part.2.Operator");
    EXPECT_EQ(refusal([] { parsed<sample::DropThingRequest>("Action=DropThing"); }),
              "MissingParameter: The request must contain the parameter ThingId");
    EXPECT_EQ(refusal_code([] { parsed<sample::DropThingRequest>("ThingId="); }),
              "MissingParameter");
    EXPECT_EQ(refusal([] { parsed<ec2::RegisterImageRequest>("Action=RegisterImage"); }),
              "MissingParameter: The request must contain the parameter Name");
}

TEST(Check, RefusesWhatIsNoNumber)
{
    for (const auto* text : {"", "a", "1a", "1.5", "%201", "0x1", "--1", "%2B-1", "1e3",
                             "99999999999999999999", "2147483648", "-2147483649"}) {
        EXPECT_EQ(
            refusal_code([&] { parsed<sample::MakeThingRequest>(std::string("Strict=") + text); }),
            "InvalidParameterValue")
            << text;
    }
    EXPECT_EQ(parsed<sample::MakeThingRequest>("Strict=-2147483648").strict, -2147483648LL);
    EXPECT_EQ(parsed<sample::MakeThingRequest>("Strict=%2B7").strict, 7);
    EXPECT_EQ(refusal([] { parsed<sample::MakeThingRequest>("Strict=x"); }),
              "InvalidParameterValue: Value ( x ) for parameter strict is invalid. Expecting an "
              "integer.");
    for (const auto* text : {"", "a", "nan", "inf", "1,5"}) {
        EXPECT_EQ(refusal_code([&] { thing(std::string("Ratio=") + text); }),
                  "InvalidParameterValue")
            << text;
    }
}

TEST(Check, RefusesNumbersOutOfRange)
{
    EXPECT_EQ(refusal([] { parsed<sample::ListThingsRequest>("MaxResults=4"); }),
              "InvalidParameterValue: Value ( 4 ) for parameter maxResults is invalid. Expecting a "
              "value greater than 5.");
    EXPECT_EQ(refusal([] { parsed<sample::ListThingsRequest>("MaxResults=11"); }),
              "InvalidParameterValue: Value ( 11 ) for parameter maxResults is invalid. Expecting "
              "a value less than 10.");
    EXPECT_EQ(parsed<sample::ListThingsRequest>("MaxResults=5").max_results, 5);
    EXPECT_EQ(parsed<sample::ListThingsRequest>("MaxResults=10").max_results, 10);
    EXPECT_EQ(refusal_code([] { thing("Ratio=-0.1"); }), "InvalidParameterValue");
    EXPECT_EQ(refusal_code([] { thing("Ratio=10.1"); }), "InvalidParameterValue");
}

TEST(Check, CountsCharactersNotBytes)
{
    EXPECT_EQ(thing("Name=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9").name, "ééééé");
    EXPECT_EQ(refusal_code([] { thing("Name=abcdef"); }), "InvalidParameterValue");
    EXPECT_EQ(refusal_code([] { thing("Name=%C3%A9"); }), "InvalidParameterValue");
}

TEST(Check, RefusesOtherBooleansTimesBlobsAndEnums)
{
    for (const auto* form : {"On=", "On=yes", "On=2", "On=truee", "When=now", "When=", "Bytes=a",
                             "Bytes=AP8", "Size=medium", "Size=", "Size=LARGE"}) {
        EXPECT_EQ(refusal_code([&] { thing(form); }), "InvalidParameterValue") << form;
    }
    EXPECT_EQ(thing_refusal("Size=medium"),
              "InvalidParameterValue: Value ( medium ) for parameter size is invalid.");
    EXPECT_EQ(thing("On=False").on, false);
}

TEST(Check, RefusesMoreListMembersThanAllowed)
{
    EXPECT_EQ(thing("Part.1.Operator=a&Part.5.Operator=b&Part.9.Operator=c").parts.size(), 3U);
    EXPECT_EQ(refusal_code([] {
                  thing("Part.1.Operator=a&Part.2.Operator=b&Part.3.Operator=c&Part.4.Operator=d");
              }),
              "InvalidParameterValue");
}

TEST(Check, RefusesByNameWhatIsNotOffered)
{
    const std::string why =
        "amilab does not offer the parameter {} yet; see `amilab help coverage`";
    EXPECT_EQ(thing_refusal("Part.1.Operator=a&Part.1.Secret=x"),
              "UnsupportedOperation: " + fmt::format(fmt::runtime(why), "Part.1.Secret"));
    EXPECT_EQ(thing_refusal("Exotic.Speed=1"),
              "UnsupportedOperation: " + fmt::format(fmt::runtime(why), "Exotic.Speed"));
    EXPECT_EQ(thing_refusal("Number.1=1"),
              "UnsupportedOperation: " + fmt::format(fmt::runtime(why), "Number.1"));
    EXPECT_EQ(refusal_code([] { thing("Number.1=x"); }), "InvalidParameterValue");
    EXPECT_EQ(refusal_code([] { thing("Part.1.Operator=a&Part.1.Colour=blue"); }),
              "UnsupportedOperation");
}

TEST(Check, TakesTheDocumentedDefaultOfWhatIsNotOffered)
{
    EXPECT_EQ(thing("Part.1.Operator=a&Part.1.Colour=red"), thing("Part.1.Operator=a"));
    EXPECT_EQ(parsed<ec2::RunInstancesRequest>(
                  "MinCount=1&MaxCount=1&BlockDeviceMapping.1.Ebs.EbsCardIndex=0"),
              parsed<ec2::RunInstancesRequest>("MinCount=1&MaxCount=1&BlockDeviceMapping.1.Ebs="));
    EXPECT_EQ(refusal_code([] {
                  parsed<ec2::RunInstancesRequest>(
                      "MinCount=1&MaxCount=1&BlockDeviceMapping.1.Ebs.EbsCardIndex=1");
              }),
              "UnsupportedOperation");
    EXPECT_EQ(refusal_code([] {
                  parsed<ec2::RunInstancesRequest>("MinCount=1&MaxCount=1&AdditionalInfo=x");
              }),
              "UnsupportedOperation");
}

TEST(Check, ReadsARealRunInstancesRequest)
{
    const auto request = parsed<ec2::RunInstancesRequest>(
        "Action=RunInstances&Version=2016-11-15&ImageId=ami-12345678&InstanceType=t3.micro"
        "&MaxCount=2&MinCount=1&UserData=IyEvYmluL3No&SecurityGroupId.1=sg-12345678"
        "&Placement.AvailabilityZone=us-east-1a&ClientToken=token"
        "&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fsda1&BlockDeviceMapping.1.Ebs.VolumeSize=20"
        "&BlockDeviceMapping.1.Ebs.DeleteOnTermination=false"
        "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=Name"
        "&TagSpecification.1.Tag.1.Value=a+b");
    EXPECT_EQ(request.image_id, "ami-12345678");
    EXPECT_EQ(request.min_count, 1);
    EXPECT_EQ(request.max_count, 2);
    EXPECT_EQ(request.user_data, "IyEvYmluL3No");
    EXPECT_EQ(request.security_group_ids, std::vector<std::string>{"sg-12345678"});
    EXPECT_EQ(request.placement->availability_zone, "us-east-1a");
    const auto& mapping = request.block_device_mappings.at(0);
    EXPECT_EQ(mapping.device_name, "/dev/sda1");
    EXPECT_EQ(mapping.ebs->volume_size, 20);
    EXPECT_EQ(mapping.ebs->delete_on_termination, false);
    EXPECT_EQ(request.tag_specifications.at(0).tags.at(0).value, "a b");
}

TEST(ActionOf, TakesVersionsThatTheServiceHasHad)
{
    const auto action = [](std::string_view form, const ServiceSchema& service) {
        const Parameters parameters(form);
        return std::string(action_of(parameters, service));
    };
    EXPECT_EQ(action("Action=DescribeImages&Version=2016-11-15", ec2::kService), "DescribeImages");
    EXPECT_EQ(action("Action=DescribeImages&Version=2014-10-01", ec2::kService), "DescribeImages");
    EXPECT_EQ(action("Action=DescribeImages&Version=2006-06-26", ec2::kService), "DescribeImages");
    EXPECT_EQ(action("Action=DescribeImages", ec2::kService), "DescribeImages");
    EXPECT_EQ(action("Action=GetCallerIdentity&Version=2011-06-15", sts::kService),
              "GetCallerIdentity");
    EXPECT_EQ(refusal([&] { action("Action=A&Version=2017-01-17", ec2::kService); }),
              "NoSuchVersion: The requested version (2017-01-17) of service AmazonEC2 does not "
              "exist");
    for (const auto* version :
         {"", "2016", "2016-13-01", "latest", "2016-11-15T00:00:00Z", "2014-10-02", "1999-01-01"}) {
        EXPECT_EQ(refusal_code(
                      [&] { action(std::string("Action=A&Version=") + version, ec2::kService); }),
                  "NoSuchVersion")
            << version;
    }
    EXPECT_EQ(refusal_code([&] { action("Version=2016-11-15", ec2::kService); }), "MissingAction");
    EXPECT_EQ(refusal_code([&] { action("Action=", ec2::kService); }), "MissingAction");
}

TEST(WireErrors, HaveAwssCodesAndStatus400)
{
    EXPECT_EQ(refusal([] { throw invalid_action("Nope"); }),
              "InvalidAction: The action Nope is not valid for this web service.");
    EXPECT_EQ(refusal([] { throw invalid_filter("tags"); }),
              "InvalidParameterValue: The filter 'tags' is invalid");
    EXPECT_EQ(refusal([] { throw unsupported_operation("CreateFleet"); }),
              "UnsupportedOperation: amilab does not offer the action CreateFleet yet; see "
              "`amilab help coverage`");
    EXPECT_EQ(unknown_parameter("x").http_status, 400);
}

TEST(WireErrors, RefuseEc2ClassicInAwssWords)
{
    EXPECT_STREQ(unsupported_operation("DescribeVpcClassicLinkDnsSupport").what(),
                 "The functionality you requested is not available in this region.");
}

TEST(WireErrors, CutLongValuesBetweenCharacters)
{
    std::string value(255, 'x');
    value += "é" + std::string(1000, 'y');
    const std::string message = invalid_parameter_value("a", value, "").what();
    EXPECT_LT(message.size(), 400U);
    EXPECT_TRUE(is_utf8(message));
}

}  // namespace
}  // namespace amilab::wire
