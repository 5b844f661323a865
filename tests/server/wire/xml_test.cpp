#include "server/wire/xml.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "server/wire/ec2/images/images.h"
#include "server/wire/ec2/schema.h"
#include "server/wire/ec2/snapshots/snapshots.h"
#include "server/wire/sample/others.h"
#include "server/wire/sample/schema.h"
#include "server/wire/sample/things.h"
#include "server/wire/sts/identity.h"
#include "server/wire/sts/schema.h"

namespace amilab::wire {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

std::string body(std::string_view rest)
{
    return std::string(kDeclaration) + std::string(rest);
}

TEST(RenderResponse, WritesTheEc2Form)
{
    EXPECT_EQ(render_response(ec2::kService, ec2::kRegisterImage,
                              ec2::RegisterImageResponse{.image_id = "ami-12345678"}, "r-1"),
              body("<RegisterImageResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
                   "<requestId>r-1</requestId><imageId>ami-12345678</imageId>"
                   "</RegisterImageResponse>"));
}

TEST(RenderResponse, SaysReturnTrueWhereThereIsNothingElse)
{
    EXPECT_EQ(
        render_response(ec2::kService, ec2::kDeleteSnapshot, ec2::DeleteSnapshotResponse{}, "r-1"),
        body("<DeleteSnapshotResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
             "<requestId>r-1</requestId><return>true</return></DeleteSnapshotResponse>"));
}

TEST(RenderResponse, WritesTheQueryForm)
{
    EXPECT_EQ(render_response(sts::kService, sts::kGetCallerIdentity,
                              sts::GetCallerIdentityResponse{
                                  .account = "123456789012", .arn = "arn", .user_id = "AIDA"},
                              "r-1"),
              body("<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
                   "<GetCallerIdentityResult><Account>123456789012</Account><Arn>arn</Arn>"
                   "<UserId>AIDA</UserId></GetCallerIdentityResult>"
                   "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>"
                   "</GetCallerIdentityResponse>"));
}

/// What stands between the request id and the end.
std::string members_of(const sample::Thing& thing)
{
    const auto text = render_response(sample::kService, sample::kMakeThing, thing, "");
    const std::string start = "<requestId/>";
    const auto from = text.find(start) + start.size();
    return text.substr(from, text.find("</MakeThingResponse>") - from);
}

TEST(RenderResponse, WritesEveryType)
{
    EXPECT_EQ(members_of({.bytes = Blob{std::string("\0\xFF", 2)},
                          .count = -5,
                          .default_value = false,
                          .inner = {},
                          .name = "n",
                          .notes = {},
                          .ratio = 0.5,
                          .tags = {"t"},
                          .when = Timestamp{0}}),
              "<bytes>AP8=</bytes><count>-5</count><default>false</default><name>n</name>"
              "<ratio>0.5</ratio><tagSet><item>t</item></tagSet>"
              "<when>1970-01-01T00:00:00.000Z</when>");
}

TEST(RenderResponse, LeavesOutWhatIsAbsentButNotWhatIsEmpty)
{
    EXPECT_EQ(members_of({}), "<tagSet/>");
    EXPECT_EQ(members_of({.name = "", .notes = std::vector<std::string>{}}),
              "<name/><noteSet/><tagSet/>");
}

TEST(RenderResponse, WritesListsOfStructuresThatHoldThemselves)
{
    EXPECT_EQ(members_of({.inner = {{.inner = {{.name = "b"}}, .name = "a"}}}),
              "<innerSet><thing><innerSet><thing><name>b</name><tagSet/></thing></innerSet>"
              "<name>a</name><tagSet/></thing></innerSet><tagSet/>");
}

TEST(RenderResponse, WritesEmptyListsAtTheTop)
{
    EXPECT_EQ(
        render_response(sample::kService, sample::kListThings, sample::ListThingsResponse{}, "i"),
        body("<ListThingsResponse xmlns=\"http://sample.example/doc/2020-01-01/\">"
             "<requestId>i</requestId><thingSet/></ListThingsResponse>"));
}

TEST(RenderResponse, EscapesMarkup)
{
    EXPECT_EQ(members_of({.name = "<a href=\"x\">&'\r\n\t é"}),
              "<name>&lt;a href=\"x\"&gt;&amp;'&#13;\n\t é</name><tagSet/>");
}

TEST(RenderResponse, IsADocumentWhateverTheTextHolds)
{
    std::string name;
    for (int c = 1; c < 256; ++c) {
        name += static_cast<char>(c);
    }
    for (const auto& text :
         {name, std::string("a\x01\x1F z"), std::string("\xEF\xBF\xBE\xEF\xBF\xBF"),
          std::string("\0x", 2), std::string("\xEF\xBB\xBF")}) {
        const auto answer =
            render_response(sample::kService, sample::kMakeThing, sample::Thing{.name = text}, "");
        pugi::xml_document document;
        ASSERT_TRUE(document.load_string(answer.c_str())) << answer;
        EXPECT_TRUE(is_utf8(answer));
        EXPECT_TRUE(std::none_of(answer.begin(), answer.end(), [](char c) {
            return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n';
        })) << answer;
    }
    EXPECT_EQ(members_of({.name = "a\x01z\xEF\xBF\xBF!"}),
              "<name>a\xEF\xBF\xBDz\xEF\xBF\xBD!</name><tagSet/>");
    EXPECT_EQ(members_of({.name = "a\xFFz"}), "<name>a\xEF\xBF\xBDz</name><tagSet/>");
}

TEST(RenderError, WritesTheEc2Form)
{
    EXPECT_EQ(render_ec2_error(ApiError("InvalidAMIID.NotFound", "No <image>"), "r-1"),
              body("<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code>"
                   "<Message>No &lt;image&gt;</Message></Error></Errors>"
                   "<RequestID>r-1</RequestID></Response>"));
}

TEST(RenderError, WritesTheQueryFormAndSaysWhoseFaultItIs)
{
    EXPECT_EQ(render_query_error(sts::kService, ApiError("InvalidAction", "No"), "r-1"),
              body("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>"
                   "<Type>Sender</Type><Code>InvalidAction</Code><Message>No</Message></Error>"
                   "<RequestId>r-1</RequestId></ErrorResponse>"));
    EXPECT_NE(render_query_error(sts::kService, ApiError("Unavailable", "No", 503), "r-1")
                  .find("<Type>Receiver</Type>"),
              std::string::npos);
}

}  // namespace
}  // namespace amilab::wire
