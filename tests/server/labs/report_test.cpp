#include "server/labs/report.h"

#include <gtest/gtest.h>
#include <boost/json.hpp>
#include <pugixml.hpp>

namespace amilab::labs {
namespace {

Lab lab()
{
    Lab made;
    made.name = "first";
    made.sheet.title = "A first image";
    made.sheet.steps = {{.title = "Launch", .commands = {}}, {.title = "Look", .commands = {}}};
    return made;
}

std::vector<CheckOutcome> outcomes()
{
    return {{.step = 1,
             .title = "An instance",
             .is_right = true,
             .points = 2,
             .hint = "no",
             .fault = {}},
            {.step = 2,
             .title = "A <tag>",
             .is_right = false,
             .points = 1,
             .hint = "Tag & look.",
             .fault = "DescribeTags was refused: AuthFailure"}};
}

const Student kStudent{.account = "111111111111", .region = "us-east-1"};

TEST(LabReport, TextHasALineForEachStepAndHintsOfWhatIsNotRight)
{
    EXPECT_EQ(text_report(lab(), kStudent, outcomes()),
              "first: A first image\naccount 111111111111, us-east-1\n"
              "   1  right     2/2   Launch\n"
              "   2  not yet   0/1   Look\n"
              "      A <tag>: Tag & look.\n"
              "      (DescribeTags was refused: AuthFailure)\n"
              "points: 2 of 3\n");
}

TEST(LabReport, JsonHasNoHintOfWhatIsRight)
{
    const auto report = boost::json::parse(json_report(lab(), kStudent, outcomes()));
    EXPECT_EQ(report.at("points").to_number<int>(), 2);
    EXPECT_EQ(report.at("of").to_number<int>(), 3);
    const auto& checks = report.at("steps").at(0).at("checks").at(0).as_object();
    EXPECT_FALSE(checks.contains("hint"));
    EXPECT_EQ(report.at("steps").at(1).at("checks").at(0).at("hint").as_string(), "Tag & look.");
}

TEST(LabReport, HasNothingThatATerminalObeysOrXmlCannotHold)
{
    const std::vector<CheckOutcome> damaged = {{.step = 1,
                                                .title = "A\x1b[31m disk",
                                                .is_right = false,
                                                .points = 1,
                                                .hint = "Look\x07",
                                                .fault = "\x1b]0;x\x07\xff: damaged\n"}};
    for (const auto& report :
         {text_report(lab(), kStudent, damaged), json_report(lab(), kStudent, damaged),
          junit_report(lab(), kStudent, damaged)}) {
        EXPECT_EQ(report.find_first_of("\x1b\x07\xff"), std::string::npos) << report;
        EXPECT_NE(report.find(" ]0;x ?: damaged "), std::string::npos) << report;
    }
}

TEST(LabReport, JUnitHasATestForEachCheck)
{
    const auto report = junit_report(lab(), kStudent, outcomes());
    // A lenient parser would take them as they are.
    EXPECT_NE(report.find("A &lt;tag"), std::string::npos) << report;
    EXPECT_NE(report.find("Tag &amp; look."), std::string::npos) << report;
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(report.c_str()));
    const auto suite = document.child("testsuites").child("testsuite");
    EXPECT_STREQ(suite.attribute("tests").value(), "2");
    EXPECT_STREQ(suite.attribute("failures").value(), "1");
    const auto failed = suite.find_child_by_attribute("testcase", "name", "step 2: A <tag>");
    EXPECT_STREQ(failed.child("failure").attribute("message").value(), "Tag & look.");
    EXPECT_FALSE(suite.child("testcase").child("failure"));
}

}  // namespace
}  // namespace amilab::labs
