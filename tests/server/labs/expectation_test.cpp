#include "server/labs/expectation.h"

#include <gtest/gtest.h>

#include "server/labs/lab_error.h"

namespace amilab::labs {
namespace {

namespace json = boost::json;

std::string as_it_is(std::string_view text)
{
    return std::string(text);
}

ModelAnswer answer_of(std::string_view members)
{
    ModelAnswer answer;
    answer.members = json::parse(members).as_object();
    return answer;
}

bool is_held(std::string_view expect, const ModelAnswer& answer)
{
    return holds(parse_expectation(json::parse(expect).as_object()), answer, as_it_is);
}

std::string fault_of(std::string_view expect)
{
    try {
        parse_expectation(json::parse(expect).as_object());
    } catch (const LabFault& fault) {
        return fault.what();
    }
    return {};
}

const auto kImages = answer_of(R"({"Images": [
    {"ImageId": "ami-1", "State": "pending", "Size": 8, "Tags": [{"Key": "a", "Value": "1"}]},
    {"ImageId": "ami-2", "State": "available", "Size": 16, "Tags": []}], "Odd/Name~": true})");

TEST(LabPointer, StarIsAnyElementOfAList)
{
    const json::value root = kImages.members;
    EXPECT_EQ(select(root, "").size(), 1U);
    EXPECT_EQ(select(root, "/Images/*/ImageId").size(), 2U);
    EXPECT_EQ(select(root, "/Images/*/Tags/*/Key").size(), 1U);
    EXPECT_EQ(select(root, "/Images/1/ImageId").front()->as_string(), "ami-2");
    EXPECT_EQ(select(root, "/Odd~1Name~0").size(), 1U);
    EXPECT_TRUE(select(root, "/Images/2").empty());
    EXPECT_TRUE(select(root, "/Images/x").empty());
    EXPECT_TRUE(select(root, "/Images/0/State/deeper").empty());
    EXPECT_THROW(select(root, "Images"), LabFault);
}

TEST(LabOperator, EqualsHoldsForOneOfWhatAStarMeets)
{
    EXPECT_TRUE(is_held(
        R"({"pointer": "/Images/*/State", "operator": "equals", "value": "available"})", kImages));
    EXPECT_FALSE(is_held(
        R"({"pointer": "/Images/0/State", "operator": "equals", "value": "available"})", kImages));
    EXPECT_TRUE(
        is_held(R"({"pointer": "/Images/0/Size", "operator": "equals", "value": 8.0})", kImages));
    EXPECT_FALSE(
        is_held(R"({"pointer": "/Images/0/Size", "operator": "equals", "value": "8"})", kImages));
}

TEST(LabOperator, NotEqualsAndAbsentHoldForAllOfThem)
{
    EXPECT_FALSE(
        is_held(R"({"pointer": "/Images/*/State", "operator": "not_equals", "value": "pending"})",
                kImages));
    EXPECT_TRUE(is_held(
        R"({"pointer": "/Images/*/State", "operator": "not_equals", "value": "failed"})", kImages));
    EXPECT_TRUE(is_held(R"({"pointer": "/Images/*/Name", "operator": "absent"})", kImages));
    EXPECT_FALSE(is_held(R"({"pointer": "/Images/*/Tags/*", "operator": "absent"})", kImages));
}

TEST(LabOperator, ContainsIsOfTextsAndLists)
{
    EXPECT_TRUE(is_held(
        R"({"pointer": "/Images/*/ImageId", "operator": "contains", "value": "mi-2"})", kImages));
    EXPECT_TRUE(is_held(R"({"pointer": "/Images/0/Tags", "operator": "contains",
                           "value": {"Key": "a", "Value": "1"}})",
                        kImages));
    EXPECT_FALSE(
        is_held(R"({"pointer": "/Images/0/Size", "operator": "contains", "value": 8})", kImages));
}

TEST(LabOperator, MatchesTheWholeText)
{
    EXPECT_TRUE(
        is_held(R"({"pointer": "/Images/0/ImageId", "operator": "matches", "value": "ami-[0-9]"})",
                kImages));
    EXPECT_FALSE(is_held(
        R"({"pointer": "/Images/0/ImageId", "operator": "matches", "value": "ami"})", kImages));
}

TEST(LabOperator, LengthAndOrder)
{
    EXPECT_TRUE(is_held(R"({"pointer": "/Images", "operator": "length", "value": 2})", kImages));
    EXPECT_FALSE(is_held(R"({"pointer": "/Images", "operator": "length", "value": 1})", kImages));
    EXPECT_TRUE(
        is_held(R"({"pointer": "/Images/*/Size", "operator": "at_least", "value": 16})", kImages));
    EXPECT_FALSE(
        is_held(R"({"pointer": "/Images/*/Size", "operator": "at_most", "value": 7})", kImages));
    EXPECT_TRUE(is_held(R"({"pointer": "/Images/0/State", "operator": "at_least", "value": "p"})",
                        kImages));
    EXPECT_FALSE(
        is_held(R"({"pointer": "/Images/0/State", "operator": "at_least", "value": 1})", kImages));
}

TEST(LabOperator, ARefusalIsWhatErrorNamesAndNothingElse)
{
    ModelAnswer refused;
    refused.refusal = "InvalidAMIID.NotFound";
    EXPECT_TRUE(is_held(R"({"operator": "error", "value": "InvalidAMIID.NotFound"})", refused));
    EXPECT_FALSE(is_held(R"({"operator": "error", "value": "AuthFailure"})", refused));
    EXPECT_FALSE(is_held(R"({"operator": "error", "value": "AuthFailure"})", kImages));
    EXPECT_FALSE(is_held(R"({"pointer": "/Images/*", "operator": "absent"})", refused));
}

TEST(LabOperator, NamesAreReplacedInValuesAndPointers)
{
    const auto expectation = parse_expectation(
        json::parse(R"({"pointer": "/Images/0/ImageId", "operator": "equals", "value": "X"})")
            .as_object());
    EXPECT_TRUE(holds(expectation, kImages, [](std::string_view text) {
        return text == "X" ? std::string("ami-1") : std::string(text);
    }));
}

TEST(LabOperator, WrongOnesAreFaults)
{
    EXPECT_EQ(fault_of(R"({"pointer": "/A", "operator": "is", "value": 1})"),
              "there is no operator is; there are equals, not_equals, contains, matches, exists, "
              "absent, length, at_least, at_most, error");
    EXPECT_EQ(fault_of(R"({"pointer": "/A"})"), "expect has no operator");
    EXPECT_EQ(fault_of(R"({"operator": "exists"})"),
              "expect wants a pointer, unless its operator is error");
    EXPECT_EQ(fault_of(R"({"pointer": "/A", "operator": "error", "value": "X"})"),
              "expect wants a pointer, unless its operator is error");
    EXPECT_EQ(fault_of(R"({"pointer": "/A", "operator": "equals"})"), "expect has no value");
    EXPECT_EQ(fault_of(R"({"pointer": "/A", "operator": "exists", "value": 1})"),
              "expect cannot have value");
    EXPECT_EQ(fault_of(R"({"pointer": "/A", "operator": "matches", "value": "("})"),
              "\"(\" is no regular expression");
    EXPECT_EQ(fault_of(R"({"pointer": "/A", "operator": "matches", "value": ")" +
                       std::string(200'000, 'a') + R"("})"),
              "a regular expression has at most 1024 characters");
    EXPECT_EQ(fault_of(R"({"pointer": "/A", "operator": "length", "value": -1})"),
              "-1 is no value for this operator");
    EXPECT_EQ(fault_of(R"({"pointer": "A", "operator": "exists"})"),
              "A is no JSON pointer: it does not begin with /");
}

}  // namespace
}  // namespace amilab::labs
