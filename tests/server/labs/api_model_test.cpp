#include "server/labs/api_model.h"

#include <gtest/gtest.h>

#include "server/labs/client.h"
#include "server/labs/lab_error.h"

namespace amilab::labs {
namespace {

namespace json = boost::json;

ModelCall call_of(std::string service, std::string operation, std::string_view parameters = "{}")
{
    return {.service = std::move(service),
            .operation = std::move(operation),
            .parameters = json::parse(parameters).as_object(),
            .region = {}};
}

json::value answered(const ModelCall& call, unsigned status, std::string body,
                     wire::Headers headers = {})
{
    return built_in_model()
        .answer(call, {.status = status, .headers = std::move(headers), .body = std::move(body)})
        .members;
}

TEST(ApiModel, FormsHaveTheirWireNames)
{
    const auto question =
        built_in_model().question(call_of("ec2", "DescribeImages",
                                          R"({"Owners": ["self"], "IncludeDeprecated": true,
            "Filters": [{"Name": "name", "Values": ["a b", "c"]}]})"));
    EXPECT_EQ(question.method, "POST");
    EXPECT_EQ(question.body,
              "Action=DescribeImages&Version=2016-11-15&Owner.1=self&IncludeDeprecated=true"
              "&Filter.1.Name=name&Filter.1.Value.1=a%20b&Filter.1.Value.2=c");
}

TEST(ApiModel, JsonAndPathsAsTheirServicesWantThem)
{
    const auto parameter =
        built_in_model().question(call_of("ssm", "GetParameter", R"({"Name": "/a"})"));
    EXPECT_EQ(parameter.body, R"({"Name":"/a"})");
    EXPECT_EQ(parameter.headers.back().second, "AmazonSSM.GetParameter");
    const auto blocks = built_in_model().question(
        call_of("ebs", "ListSnapshotBlocks", R"({"SnapshotId": "snap-1", "MaxResults": 100})"));
    EXPECT_EQ(blocks.method, "GET");
    EXPECT_EQ(blocks.target, "/snapshots/snap-1/blocks?maxResults=100");
    const auto object = built_in_model().question(
        call_of("s3", "HeadObject", R"({"Bucket": "b", "Key": "a/b c"})"));
    EXPECT_EQ(object.method + " " + object.target, "HEAD /b/a/b%20c");
}

TEST(ApiModel, AnswersHaveTheModelsNamesAndKinds)
{
    const auto members = answered(
        call_of("ec2", "DescribeImages"), 200,
        "<DescribeImagesResponse><requestId>1</requestId><imagesSet><item><imageId>ami-1</imageId>"
        "<imageState>available</imageState><isPublic>true</isPublic><tagSet/><blockDeviceMapping>"
        "<item><deviceName>/dev/xvda</deviceName><ebs><volumeSize>8</volumeSize></ebs></item>"
        "</blockDeviceMapping></item></imagesSet></DescribeImagesResponse>");
    EXPECT_EQ(members, json::parse(R"({"Images": [{"ImageId": "ami-1", "State": "available",
        "Public": true, "Tags": [], "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 8}}]}]})"));
}

TEST(ApiModel, AnswersOfQueryServicesStandInAWrapper)
{
    const auto members =
        answered(call_of("sts", "GetCallerIdentity"), 200,
                 "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1"
                 "</Account></GetCallerIdentityResult></GetCallerIdentityResponse>");
    EXPECT_EQ(members, json::parse(R"({"Account": "1"})"));
}

TEST(ApiModel, ListsOfS3AreListsWithOneElementToo)
{
    const auto members = answered(
        call_of("s3", "ListObjectsV2", R"({"Bucket": "b"})"), 200,
        "<ListBucketResult><Name>b</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>"
        "<Contents><Key>k</Key><Size>3</Size></Contents></ListBucketResult>",
        {{"content-type", "application/xml"}});
    EXPECT_EQ(members, json::parse(R"({"Name": "b", "KeyCount": 1, "IsTruncated": false,
        "Contents": [{"Key": "k", "Size": 3}]})"));
    const auto head = answered(call_of("s3", "HeadObject", R"({"Bucket": "b", "Key": "k"})"), 200,
                               "", {{"Content-Length", "3"}, {"x-amz-meta-owner", "me"}});
    EXPECT_EQ(head, json::parse(R"({"ContentLength": 3, "Metadata": {"owner": "me"}})"));
}

TEST(ApiModel, RefusalsAreCodesInEveryProtocol)
{
    const auto refusal = [](const ModelCall& call, std::string body, wire::Headers headers = {}) {
        return built_in_model()
            .answer(call, {.status = 400, .headers = std::move(headers), .body = std::move(body)})
            .refusal;
    };
    EXPECT_EQ(refusal(call_of("ec2", "DescribeImages"),
                      "<Response><Errors><Error><Code>A.B</Code><Message>m</Message></Error>"
                      "</Errors></Response>"),
              "A.B");
    EXPECT_EQ(refusal(call_of("ssm", "GetParameter"), R"({"__type": "com.amazon#NotThere"})"),
              "NotThere");
    EXPECT_EQ(refusal(call_of("ebs", "ListSnapshotBlocks"), R"({"Message": "m"})",
                      {{"X-Amzn-ErrorType", "Gone:http://x"}}),
              "Gone");
    EXPECT_EQ(refusal(call_of("s3", "HeadObject"), ""), "400");
}

TEST(LabClient, SaysWhoseItIsAndForWhere)
{
    HttpQuestion asked;
    const LabClient client(built_in_model(), {.access_key = "111111111111", .region = "eu-west-1"},
                           [&](const HttpQuestion& question) {
                               asked = question;
                               return HttpReply{.status = 200, .headers = {}, .body = "<R/>"};
                           });
    client.call(call_of("ec2", "DescribeImages"));
    EXPECT_EQ(asked.headers.back().second,
              "AWS4-HMAC-SHA256 Credential=111111111111/20260101/eu-west-1/ec2/aws4_request, "
              "SignedHeaders=host, Signature=none");
}

}  // namespace
}  // namespace amilab::labs
