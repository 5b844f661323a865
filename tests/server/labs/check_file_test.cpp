#include "server/labs/check_file.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "server/labs/lab_error.h"

namespace amilab::labs {
namespace {

std::vector<LabCheck> parse(const std::string& text)
{
    return parse_checks("x.json", text, built_in_model(), 3);
}

std::string fault_of(const std::string& text)
{
    try {
        parse(text);
    } catch (const LabFault& fault) {
        return fault.what();
    }
    return {};
}

/// A whole check file of one check, which has more members behind these.
std::string with(const std::string& more)
{
    return fmt::format(R"([{{"step": 1, "hint": "look",
        "call": {{"service": "ec2", "operation": "DescribeImages"}}, {}}}])",
                       more);
}

std::string with_call(const std::string& call)
{
    return fmt::format(R"([{{"step": 1, "hint": "look", "call": {},
        "expect": {{"pointer": "/A", "operator": "exists"}}}}])",
                       call);
}

constexpr const char* kExists = R"("expect": {"pointer": "/Images/0", "operator": "exists"})";

TEST(CheckFile, IsReadWhole)
{
    const auto checks = parse(R"([
        {"step": 2, "title": "A tag", "points": 3, "hint": "Tag it.",
         "call": {"service": "ec2", "operation": "DescribeTags", "region": "eu-west-1",
                  "parameters": {"Filters": [{"Name": "key", "Values": ["Owner"]}]}},
         "expect": [{"pointer": "/Tags/*/Value", "operator": "equals", "value": "${ACCOUNT}"},
                    {"pointer": "/Tags", "operator": "length", "value": 1}]},
        {"step": 3, "hint": "Look into it.",
         "call": {"service": "ec2", "operation": "DescribeImages"},
         "file": {"of": "/Images/0/ImageId", "path": "/etc/motd", "text": "hello"}},
        {"step": 3, "hint": "And at what is left.",
         "call": {"service": "ec2", "operation": "DescribeImages"},
         "file": {"of": "/Images/0/ImageId", "free_blocks": {"text": "AKIA"}, "present": false}}])");
    ASSERT_EQ(checks.size(), 3U);
    EXPECT_EQ(checks[0].title, "A tag");
    EXPECT_EQ(checks[0].points, 3U);
    EXPECT_EQ(checks[0].call.region, "eu-west-1");
    EXPECT_EQ(checks[0].expect.size(), 2U);
    EXPECT_EQ(checks[1].title, "DescribeImages");
    EXPECT_EQ(checks[1].points, 1U);
    EXPECT_EQ(checks[1].look->path, "/etc/motd");
    EXPECT_TRUE(checks[1].look->present);
    EXPECT_EQ(checks[2].look->path, "");
    EXPECT_EQ(checks[2].look->text, "AKIA");
    EXPECT_FALSE(checks[2].look->present);
}

TEST(CheckFile, ThatIsNoJsonOrNoListIsOneLine)
{
    EXPECT_EQ(fault_of("{]").substr(0, 25), "x.json: this is no JSON: ");
    EXPECT_EQ(fault_of("{}"), "x.json: this is no list of checks");
    EXPECT_EQ(fault_of("[]"), "x.json: this is no list of checks");
    EXPECT_EQ(fault_of("[1]"), "x.json: check 1: it is no object");
    EXPECT_EQ(fault_of(with(kExists) + " x").substr(0, 25), "x.json: this is no JSON: ");
}

TEST(CheckFile, MembersAreAllKnownAndOfTheirKind)
{
    EXPECT_EQ(fault_of(with(fmt::format(R"({}, "hnit": "x")", kExists))),
              "x.json: check 1: it cannot have hnit");
    EXPECT_EQ(fault_of(with(fmt::format(R"({}, "points": -1)", kExists))),
              "x.json: check 1: points of it is no whole number from 0 to 1000");
    EXPECT_EQ(fault_of(with(R"("points": 1)")), "x.json: check 1: it has neither expect nor file");
    EXPECT_EQ(fault_of(R"([{"step": 4}])"),
              "x.json: check 1: step of it is no whole number from 0 to 3");
    EXPECT_EQ(fault_of(R"([{"step": 1}])"), "x.json: check 1: it has no call");
    EXPECT_EQ(fault_of(R"([{"step": 0, "hint": "x", "points": 1,
                            "call": {"service": "sts", "operation": "GetCallerIdentity"},
                            "expect": {"pointer": "/Account", "operator": "exists"}}])"),
              "x.json: check 1: it is of the start state (step 0), for which there are no points");
}

TEST(CheckFile, NamesOnlyCallsThatThereAre)
{
    EXPECT_EQ(fault_of(with_call(R"({"service": "ec3", "operation": "DescribeImages"})")),
              "x.json: check 1: there is no service ec3 here");
    EXPECT_EQ(fault_of(with_call(R"({"service": "ec2", "operation": "DescribeImage"})")),
              "x.json: check 1: there is no operation DescribeImage of ec2 here");
    EXPECT_EQ(fault_of(with_call(
                  R"({"service": "ec2", "operation": "DescribeImages", "parameters": {"Id": 1}})")),
              "x.json: check 1: DescribeImages takes no parameter Id");
    EXPECT_EQ(
        fault_of(with_call(
            R"({"service": "ec2", "operation": "DescribeImages", "parameters": {"Owners": "me"}})")),
        "x.json: check 1: Owners is no list");
    EXPECT_EQ(fault_of(with_call(
                  R"({"service": "ebs", "operation": "ListSnapshotBlocks", "parameters": {}})")),
              "x.json: check 1: ListSnapshotBlocks lacks a parameter of its path "
              "/snapshots/{snapshotId}/blocks");
}

TEST(CheckFile, ALookIsAtAPathOrAtFreeBlocks)
{
    EXPECT_EQ(fault_of(with(R"("file": {"of": "/Images/0/ImageId"})")),
              "x.json: check 1: file has neither free_blocks nor a path that begins with /");
    EXPECT_EQ(fault_of(with(R"("file": {"of": "/A", "path": "etc"})")),
              "x.json: check 1: file has neither free_blocks nor a path that begins with /");
    EXPECT_EQ(fault_of(with(R"("file": {"of": "/A", "path": "/a\"b"})")),
              "x.json: check 1: path of file has a quote or the end of a line in it");
    EXPECT_EQ(fault_of(with(R"("file": {"of": "/A", "path": "/a", "free_blocks": {"text": "x"}})")),
              "x.json: check 1: file has a path, text or sha256 beside free_blocks");
    EXPECT_EQ(fault_of(with(R"("file": {"of": "/A", "path": "/a", "sha256": "12"})")),
              "x.json: check 1: sha256 of file has not 64 small hexadecimal digits");
    EXPECT_EQ(fault_of(with(R"("file": {"of": "/A", "free_blocks": {"text": ""}})")),
              "x.json: check 1: free_blocks has no text");
}

}  // namespace
}  // namespace amilab::labs
