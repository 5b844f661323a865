#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

namespace json = boost::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// An answer of the json protocol.
struct JsonAnswer {
    int status = 0;
    std::string code;
    json::object body;

    std::string text(std::string_view name) const
    {
        const auto* value = body.if_contains(json::string_view(name));
        return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
    }
    /// A member of the one parameter.
    std::string parameter(std::string_view name) const
    {
        const auto& one = body.at("Parameter").at(json::string_view(name));
        return one.is_string() ? std::string(one.get_string()) : json::serialize(one);
    }
    std::vector<std::string> each(std::string_view list, std::string_view name) const
    {
        std::vector<std::string> all;
        for (const auto& entry : body.at(json::string_view(list)).as_array()) {
            all.emplace_back(entry.at(json::string_view(name)).as_string());
        }
        return all;
    }
    std::vector<std::string> texts(std::string_view list) const
    {
        std::vector<std::string> all;
        for (const auto& entry : body.at(json::string_view(list)).as_array()) {
            all.emplace_back(entry.as_string());
        }
        return all;
    }
};

class ParameterStore : public testing::Test {
protected:
    JsonAnswer call(std::string_view operation, const json::object& request,
                    std::string_view account = kAccount, std::string_view region = kRegion)
    {
        const auto body = json::serialize(request);
        const auto target = fmt::format("AmazonSSM.{}", operation);
        const auto authorization = fmt::format(
            "AWS4-HMAC-SHA256 Credential={}/20260102/{}/ssm/aws4_request, "
            "SignedHeaders=host, Signature=00",
            account, region);
        auto made = aws_.emulator().parse(
            {.method = "POST",
             .content_type = "application/x-amz-json-1.1",
             .authorization = authorization,
             .header = [&](std::string_view name) -> std::optional<std::string_view> {
                 const std::string_view wanted = "x-amz-target";
                 const bool same = std::equal(
                     name.begin(), name.end(), wanted.begin(), wanted.end(), [](char a, char b) {
                         return std::tolower(static_cast<unsigned char>(a)) == b;
                     });
                 return same ? std::optional<std::string_view>(target) : std::nullopt;
             }},
            body);
        const auto answer = made.run();
        JsonAnswer read{.status = answer.status, .code = {}, .body = {}};
        if (!answer.body.empty()) {
            read.body = json::parse(answer.body).as_object();
        }
        if (answer.status != 200) {
            read.code = read.text("__type");
        }
        return read;
    }

    JsonAnswer must(std::string_view operation, const json::object& request,
                    std::string_view account = kAccount, std::string_view region = kRegion)
    {
        auto answer = call(operation, request, account, region);
        EXPECT_EQ(answer.status, 200) << operation << ": " << json::serialize(answer.body);
        return answer;
    }

    std::string get(const std::string& name)
    {
        return must("GetParameter", {{"Name", name}}).parameter("Value");
    }

    JsonAnswer put(const std::string& name, const std::string& value, json::object extra = {})
    {
        json::object request = {{"Name", name}, {"Value", value}, {"Type", "String"}};
        for (const auto& [key, member] : extra) {
            request[key] = member;
        }
        return call("PutParameter", request);
    }

    /// The names that DescribeParameters finds by a filter.
    std::vector<std::string> found(const std::string& key, const char* option, const char* value)
    {
        return must("DescribeParameters",
                    {{"ParameterFilters",
                      {{{"Key", key}, {"Option", option}, {"Values", {value}}}}}})
            .each("Parameters", "Name");
    }

    /// All names below a path, page after page.
    std::vector<std::string> names_below(const std::string& path, bool recursive = true)
    {
        std::vector<std::string> names;
        json::object request = {{"Path", path}, {"Recursive", recursive}};
        for (;;) {
            const auto page = must("GetParametersByPath", request);
            const auto some = page.each("Parameters", "Name");
            EXPECT_LE(some.size(), 10U);
            names.insert(names.end(), some.begin(), some.end());
            if (page.text("NextToken").empty()) {
                return names;
            }
            request["NextToken"] = page.text("NextToken");
        }
    }

    TestEmulator aws_;
};

constexpr const char* kLinux =
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";

TEST_F(ParameterStore, PublicParametersOfEachRegionPointIntoItsCatalogue)
{
    std::set<std::string> ids;
    for (const auto* region : {"us-east-1", "eu-central-1", "ap-southeast-5"}) {
        const auto answer = must("GetParameter", {{"Name", kLinux}}, kAccount, region);
        const auto id = answer.parameter("Value");
        const auto image = aws_.must("DescribeImages", {{"ImageId.1", id}}, kAccount, region);
        EXPECT_THAT(image.text("imagesSet/item/name"), StartsWith("al2023-ami-2023."));
        EXPECT_EQ(answer.parameter("ARN"),
                  fmt::format("arn:aws:ssm:{}::parameter{}", region, kLinux));
        EXPECT_EQ(answer.parameter("Type"), "String");
        EXPECT_EQ(answer.parameter("DataType"), "text");
        ids.insert(id);
    }
    EXPECT_EQ(ids.size(), 3U);
}

TEST_F(ParameterStore, EveryPublicParameterIsAboutAnImageThatDescribeImagesShows)
{
    const auto described = aws_.must("DescribeImages", {{"IncludeDeprecated", "true"}});
    std::map<std::string, std::string> name_of;
    const auto ids = described.texts("imagesSet/item/imageId");
    const auto names = described.texts("imagesSet/item/name");
    for (std::size_t i = 0; i < ids.size(); ++i) {
        name_of[ids[i]] = names[i];
    }
    const auto parameters = names_below("/aws/service");
    EXPECT_GT(parameters.size(), 150U);
    EXPECT_TRUE(std::is_sorted(parameters.begin(), parameters.end()));
    std::size_t pointing = 0;
    for (const auto& name : parameters) {
        const auto value = get(name);
        if (value.starts_with("ami-")) {
            EXPECT_TRUE(name_of.contains(value)) << name << " = " << value;
            ++pointing;
        }
    }
    EXPECT_GT(pointing, 100U);
    // What DescribeImages tells of an image is such a parameter.
    for (const auto& name : described.texts("imagesSet/item/publicSsmParameterName")) {
        EXPECT_TRUE(name_of.contains(get("/" + name))) << name;
    }
}

TEST_F(ParameterStore, EcsAndEksRecommendationsAreJsonAndEachOfItsFactsAParameter)
{
    for (const auto* name :
         {"/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended",
          "/aws/service/ecs/optimized-ami/amazon-linux-2/arm64/recommended",
          "/aws/service/eks/optimized-ami/1.36/amazon-linux-2023/x86_64/standard/recommended"}) {
        const auto facts = json::parse(get(name)).as_object();
        for (const auto& [key, value] : facts) {
            const auto text =
                value.is_string() ? std::string(value.get_string()) : json::serialize(value);
            EXPECT_EQ(get(fmt::format("{}/{}", name, std::string(key))), text);
        }
        const auto image = aws_.must(
            "DescribeImages", {{"ImageId.1", std::string(facts.at("image_id").as_string())}});
        EXPECT_EQ(image.text("imagesSet/item/name"),
                  std::string(facts.at("image_name").as_string()));
    }
}

TEST_F(ParameterStore, EveryPublishersParametersAreThere)
{
    for (const auto* name :
         {"/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
          "/aws/service/canonical/ubuntu/server/jammy/stable/20260731/arm64/hvm/ebs-gp2/ami-id",
          "/aws/service/debian/release/12/latest/amd64",
          "/aws/service/debian/release/trixie/latest/arm64",
          "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base",
          "/aws/service/suse/sles/15-sp7/x86_64/latest"}) {
        EXPECT_THAT(get(name), StartsWith("ami-")) << name;
    }
}

TEST_F(ParameterStore, APathHasOneLevelUnlessAllAreAskedFor)
{
    EXPECT_THAT(names_below("/aws/service", false), IsEmpty());
    EXPECT_THAT(names_below("/aws/service/debian/release/12/latest", false),
                ElementsAre("/aws/service/debian/release/12/latest/amd64",
                            "/aws/service/debian/release/12/latest/arm64"));
    EXPECT_EQ(names_below("/aws/service/debian/release/12/latest/"),
              names_below("/aws/service/debian/release/12/latest"));
    for (const auto* name : {"/app", "/app/a", "/app/b/c", "/apple", "app"}) {
        ASSERT_EQ(put(name, "x").status, 200);
    }
    EXPECT_THAT(names_below("/app", false), ElementsAre("/app/a"));
    EXPECT_THAT(names_below("/app"), ElementsAre("/app/a", "/app/b/c"));
    EXPECT_THAT(names_below("/", false), ElementsAre("/app", "/apple", "app"));
    EXPECT_EQ(call("GetParametersByPath", {{"Path", "app"}}).code, "ValidationException");
    EXPECT_EQ(call("GetParametersByPath", {{"Path", "/a b"}}).code, "ValidationException");
    EXPECT_EQ(call("GetParametersByPath", {{"Path", "/app"}, {"NextToken", "x"}}).code,
              "InvalidNextToken");
    EXPECT_EQ(call("GetParametersByPath", {{"Path", "/app"}, {"MaxResults", 11}}).code,
              "ValidationException");
}

TEST_F(ParameterStore, GivesBackWhatWasPut)
{
    const auto made = put("/app/size", "large", {{"Description", "how big"}});
    EXPECT_EQ(made.body.at("Version").as_int64(), 1);
    EXPECT_EQ(made.text("Tier"), "Standard");
    const auto got = must("GetParameter", {{"Name", " /app/size "}, {"WithDecryption", true}});
    EXPECT_EQ(got.parameter("Value"), "large");
    EXPECT_EQ(got.parameter("Name"), "/app/size");
    EXPECT_EQ(got.parameter("ARN"), "arn:aws:ssm:us-east-1:123456789012:parameter/app/size");
    EXPECT_EQ(get("arn:aws:ssm:us-east-1:123456789012:parameter/app/size"), "large");
    EXPECT_EQ(call("GetParameter", {{"Name", "/app/size"}}, kOtherAccount).code,
              "ParameterNotFound");
    EXPECT_EQ(call("GetParameter", {{"Name", "/app/size"}}, kAccount, "eu-west-1").code,
              "ParameterNotFound");
    const auto listed = must("DescribeParameters", {});
    EXPECT_THAT(listed.each("Parameters", "Name"), ElementsAre("/app/size"));
    EXPECT_THAT(listed.each("Parameters", "Description"), ElementsAre("how big"));
    EXPECT_THAT(listed.each("Parameters", "LastModifiedUser"),
                ElementsAre("arn:aws:iam::123456789012:root"));
}

TEST_F(ParameterStore, OverwritesOnlyWhenToldToAndKeepsTheVersions)
{
    put("p", "one", {{"Type", "StringList"}});
    EXPECT_EQ(put("p", "two").code, "ParameterAlreadyExists");
    EXPECT_EQ(put("p", "two", {{"Overwrite", true}}).code, "HierarchyTypeMismatchException");
    const auto changed =
        must("PutParameter", {{"Name", "p"}, {"Value", "two"}, {"Overwrite", true}});
    EXPECT_EQ(changed.body.at("Version").as_int64(), 2);
    EXPECT_EQ(get("p"), "two");
    EXPECT_EQ(get("p:1"), "one");
    EXPECT_EQ(must("GetParameter", {{"Name", "p:1"}}).parameter("Selector"), ":1");
    EXPECT_EQ(call("GetParameter", {{"Name", "p:3"}}).code, "ParameterVersionNotFound");
    EXPECT_EQ(call("GetParameter", {{"Name", "p:live"}}).code, "ParameterVersionNotFound");
    const auto history = must("GetParameterHistory", {{"Name", "p"}});
    EXPECT_THAT(history.each("Parameters", "Value"), ElementsAre("one", "two"));
    const auto page = must("GetParameterHistory", {{"Name", "p"}, {"MaxResults", 1}});
    const auto rest =
        must("GetParameterHistory", {{"Name", "p"}, {"NextToken", page.text("NextToken")}});
    EXPECT_THAT(rest.each("Parameters", "Value"), ElementsAre("two"));
}

TEST_F(ParameterStore, LabelsNameAVersionAndMove)
{
    put("p", "one");
    put("p", "two", {{"Overwrite", true}});
    const auto labelled =
        must("LabelParameterVersion",
             {{"Name", "p"}, {"ParameterVersion", 1}, {"Labels", {"live", "1st", "aws-x"}}});
    EXPECT_THAT(labelled.texts("InvalidLabels"), ElementsAre("1st", "aws-x"));
    EXPECT_EQ(get("p:live"), "one");
    must("LabelParameterVersion", {{"Name", "p"}, {"Labels", {"live"}}});
    EXPECT_EQ(get("p:live"), "two");
    EXPECT_EQ(
        call("LabelParameterVersion", {{"Name", "p"}, {"ParameterVersion", 9}, {"Labels", {"x"}}})
            .code,
        "ParameterVersionNotFound");
    EXPECT_EQ(call("LabelParameterVersion", {{"Name", "q"}, {"Labels", {"x"}}}).code,
              "ParameterNotFound");
    must("LabelParameterVersion",
         {{"Name", "p"}, {"Labels", {"a", "b", "c", "d", "e", "f", "g", "h", "i"}}});
    EXPECT_EQ(call("LabelParameterVersion", {{"Name", "p"}, {"Labels", {"j"}}}).code,
              "ParameterVersionLabelLimitExceeded");
    EXPECT_EQ(call("GetParameter", {{"Name", "p:j"}}).code, "ParameterVersionNotFound");
}

TEST_F(ParameterStore, KeepsAHundredVersionsUnlessTheOldestHasALabel)
{
    for (int i = 1; i <= 101; ++i) {
        ASSERT_EQ(put("p", std::to_string(i), {{"Overwrite", true}}).status, 200);
    }
    EXPECT_EQ(call("GetParameter", {{"Name", "p:1"}}).code, "ParameterVersionNotFound");
    EXPECT_EQ(get("p:2"), "2");
    must("LabelParameterVersion", {{"Name", "p"}, {"ParameterVersion", 2}, {"Labels", {"kept"}}});
    EXPECT_EQ(put("p", "x", {{"Overwrite", true}}).code, "ParameterMaxVersionLimitExceeded");
    EXPECT_EQ(get("p"), "101");
}

TEST_F(ParameterStore, RefusesNamesThatAreAwssOwnOrMalformed)
{
    for (const auto& [name, code] : std::vector<std::pair<std::string, std::string>>{
             {"/aws/service/mine", "AccessDeniedException"},
             {"aws-mine", "AccessDeniedException"},
             {"ssm-mine", "ValidationException"},
             {"a/b", "ValidationException"},
             {"/a//b", "ValidationException"},
             {"/a/", "ValidationException"},
             {"/", "ValidationException"},
             {"a b", "ValidationException"},
             {"a:1", "ValidationException"},
             {"/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16", "HierarchyLevelLimitExceededException"},
             {std::string(1012, 'a'), "ValidationException"}}) {
        EXPECT_EQ(put(name, "x").code, code) << name;
    }
    EXPECT_EQ(put("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15", "x").status, 200);
}

TEST_F(ParameterStore, RefusesValuesTypesAndTiersThatDoNotFit)
{
    EXPECT_EQ(call("PutParameter", {{"Name", "p"}, {"Value", "x"}}).code, "ValidationException");
    EXPECT_EQ(put("p", "").code, "ValidationException");
    EXPECT_EQ(put("p", std::string(4097, 'x')).code, "ValidationException");
    EXPECT_EQ(put("p", "{{ssm:q}}").code, "ValidationException");
    EXPECT_EQ(put("p", "x", {{"Type", "Number"}}).code, "ValidationException");
    EXPECT_EQ(put("p", "x", {{"KeyId", "alias/x"}}).code, "ValidationException");
    EXPECT_EQ(put("p", "x", {{"Type", "SecureString"}, {"KeyId", "my key"}}).code,
              "ValidationException");
    EXPECT_EQ(put("p", "x", {{"Type", "SecureString"}, {"KeyId", "no-key"}}).code, "InvalidKeyId");
    EXPECT_EQ(put("p", "x", {{"Policies", "[]"}}).code, "UnsupportedOperationException");
    EXPECT_EQ(put("p", "x", {{"DataType", "Text"}}).code, "ValidationException");
    EXPECT_EQ(put("p", "x", {{"DataType", "integer"}}).code, "UnsupportedOperationException");
    EXPECT_EQ(put("p", std::string(8193, 'x'), {{"Tier", "Advanced"}}).code, "ValidationException");
    const auto advanced = put("p", std::string(4097, 'x'), {{"Tier", "Intelligent-Tiering"}});
    EXPECT_EQ(advanced.text("Tier"), "Advanced");
    EXPECT_EQ(put("p", "x", {{"Overwrite", true}, {"Tier", "Standard"}}).code,
              "ValidationException");
    EXPECT_EQ(put("p", "x", {{"Overwrite", true}}).text("Tier"), "Advanced");
}

TEST_F(ParameterStore, ImageParametersTakeImagesOfTheRegionThatTheCallerCanSee)
{
    const json::object image = {{"DataType", "aws:ec2:image"}};
    const auto own = own_image(aws_, "golden");
    EXPECT_EQ(put("golden", own, image).status, 200);
    EXPECT_EQ(must("GetParameter", {{"Name", "golden"}}).parameter("DataType"), "aws:ec2:image");
    EXPECT_EQ(put("wrong", "ami-1", image).code, "ValidationException");
    EXPECT_EQ(put("wrong", "ami-12345678", image).code, "ValidationException");
    EXPECT_EQ(
        call("PutParameter",
             {{"Name", "wrong"}, {"Value", own}, {"Type", "String"}, {"DataType", "aws:ec2:image"}},
             kOtherAccount)
            .code,
        "ValidationException");
    EXPECT_EQ(put("golden", "x", {{"Overwrite", true}, {"DataType", "text"}}).code,
              "ValidationException");
    EXPECT_EQ(put("golden", "x", {{"Overwrite", true}}).code, "ValidationException");
    EXPECT_EQ(get("golden"), own);
}

TEST_F(ParameterStore, SeveralAreGivenByNameAndTheRestAreNamed)
{
    put("b", "2");
    put("/a", "1");
    const auto answer = must("GetParameters", {{"Names", {"b", "/a", "none", "b:9", "b", kLinux}}});
    EXPECT_THAT(answer.each("Parameters", "Name"), ElementsAre("/a", kLinux, "b"));
    EXPECT_THAT(answer.texts("InvalidParameters"), ElementsAre("none", "b:9"));
    EXPECT_EQ(call("GetParameters", {{"Names", json::array()}}).code, "ValidationException");
}

TEST_F(ParameterStore, ANameOutsideHierarchiesIsTheSameWithASlashAndWithout)
{
    put("plain", "1");
    put("/slashed", "2");
    put("/app/deep", "3");
    EXPECT_EQ(get("/plain"), "1");
    EXPECT_EQ(get("slashed"), "2");
    EXPECT_EQ(call("GetParameter", {{"Name", "app/deep"}}).code, "ParameterNotFound");
    EXPECT_THAT(must("GetParameters", {{"Names", {"/plain"}}}).each("Parameters", "Name"),
                ElementsAre("plain"));
    must("LabelParameterVersion", {{"Name", "slashed"}, {"Labels", {"live"}}});
    EXPECT_EQ(get("/slashed:live"), "2");
    put("slashed", "4");
    EXPECT_EQ(get("slashed"), "4") << "as it is written comes first";
    must("DeleteParameter", {{"Name", "/plain"}});
    EXPECT_EQ(call("GetParameter", {{"Name", "plain"}}).code, "ParameterNotFound");
    must("DeleteParameters", {{"Names", {"slashed"}}});
    EXPECT_EQ(get("slashed"), "2");
}

TEST_F(ParameterStore, TheRootHasParametersWithoutASlashToo)
{
    put("plain", "1");
    put("/slashed", "2");
    put("/app/deep", "3");
    EXPECT_THAT(names_below("/", false), ElementsAre("/slashed", "plain"));
    EXPECT_THAT(names_below("/"), ElementsAre("/app/deep", "/slashed", "plain"));
    EXPECT_THAT(names_below("/plain"), IsEmpty());
    EXPECT_THAT(found("Path", "OneLevel", "/"), ElementsAre("/slashed", "plain"));
}

TEST_F(ParameterStore, DeletedParametersAreGoneAndBeginAnew)
{
    put("a", "1");
    put("a", "2", {{"Overwrite", true}});
    must("LabelParameterVersion", {{"Name", "a"}, {"Labels", {"live"}}});
    must("DeleteParameter", {{"Name", "a"}});
    EXPECT_EQ(call("GetParameter", {{"Name", "a"}}).code, "ParameterNotFound");
    EXPECT_EQ(call("DeleteParameter", {{"Name", "a"}}).code, "ParameterNotFound");
    EXPECT_EQ(call("DeleteParameter", {{"Name", kLinux}}).code, "ParameterNotFound");
    EXPECT_EQ(put("a", "3").body.at("Version").as_int64(), 1);
    const auto answer = must("DeleteParameters", {{"Names", {"a", "b"}}});
    EXPECT_THAT(answer.texts("DeletedParameters"), ElementsAre("a"));
    EXPECT_THAT(answer.texts("InvalidParameters"), ElementsAre("b"));
}

TEST_F(ParameterStore, DescribesWhatFiltersLeaveAndPublicOnesWhenTheyAreAskedFor)
{
    put("/app/a", "1");
    put("/app/b", "1,2", {{"Type", "StringList"}});
    put("other", "1");
    EXPECT_THAT(found("Name", "Equals", "other"), ElementsAre("other"));
    EXPECT_THAT(found("Name", "BeginsWith", "/app"), ElementsAre("/app/a", "/app/b"));
    EXPECT_THAT(found("Name", "Contains", "the"), ElementsAre("other"));
    EXPECT_THAT(found("Type", "Equals", "StringList"), ElementsAre("/app/b"));
    EXPECT_THAT(found("Path", "Recursive", "/app"), ElementsAre("/app/a", "/app/b"));
    EXPECT_THAT(found("Tier", "Equals", "Advanced"), IsEmpty());
    EXPECT_THAT(found("tag:x", "Equals", "y"), IsEmpty());
    EXPECT_THAT(found("Path", "Recursive", "/aws/service/debian/release/13/latest"),
                ElementsAre("/aws/service/debian/release/13/latest/amd64",
                            "/aws/service/debian/release/13/latest/arm64"));
    const auto old =
        must("DescribeParameters", {{"Filters", {{{"Key", "Name"}, {"Values", {"/app/"}}}}}});
    EXPECT_THAT(old.each("Parameters", "Name"), ElementsAre("/app/a", "/app/b"));
    const auto page = must("DescribeParameters", {{"MaxResults", 2}});
    EXPECT_THAT(page.each("Parameters", "Name"), ElementsAre("/app/a", "/app/b"));
    const auto rest = must("DescribeParameters", {{"NextToken", page.text("NextToken")}});
    EXPECT_THAT(rest.each("Parameters", "Name"), ElementsAre("other"));
}

TEST_F(ParameterStore, RefusesFiltersThatAnOperationDoesNotHave)
{
    const auto refusal = [&](const char* operation, json::object filter) {
        json::object request = {{"ParameterFilters", json::array{std::move(filter)}}};
        if (std::string_view(operation) == "GetParametersByPath") {
            request["Path"] = "/";
        }
        return call(operation, request).code;
    };
    EXPECT_EQ(refusal("GetParametersByPath", {{"Key", "Name"}, {"Values", {"x"}}}),
              "InvalidFilterKey");
    EXPECT_EQ(refusal("DescribeParameters", {{"Key", "Label"}, {"Values", {"x"}}}),
              "InvalidFilterKey");
    EXPECT_EQ(
        refusal("DescribeParameters", {{"Key", "Type"}, {"Option", "Contains"}, {"Values", {"x"}}}),
        "InvalidFilterOption");
    EXPECT_EQ(refusal("DescribeParameters", {{"Key", "Name"}}), "InvalidFilterValue");
    EXPECT_EQ(
        call("DescribeParameters", {{"Filters", {{{"Key", "Name"}, {"Values", {"x"}}}}},
                                    {"ParameterFilters", {{{"Key", "Name"}, {"Values", {"x"}}}}}})
            .code,
        "ValidationException");
    EXPECT_EQ(call("DescribeParameters", {{"Shared", true}}).code, "UnsupportedOperationException");
}

TEST_F(ParameterStore, ShowsSecretsToWhoAsksForThem)
{
    ASSERT_EQ(put("/app/key", "open sesame", {{"Type", "SecureString"}}).status, 200);
    const auto shown = get("/app/key");
    EXPECT_NE(shown, "open sesame");
    EXPECT_EQ(get("/app/key"), shown) << "it is the same text each time";
    const auto plain = must("GetParameter", {{"Name", "/app/key"}, {"WithDecryption", true}});
    EXPECT_EQ(plain.parameter("Value"), "open sesame");
    EXPECT_EQ(plain.parameter("Type"), "SecureString");
    for (const bool is_open : {false, true}) {
        const auto expected = is_open ? std::string("open sesame") : shown;
        EXPECT_THAT(must("GetParameters", {{"Names", {"/app/key"}}, {"WithDecryption", is_open}})
                        .each("Parameters", "Value"),
                    ElementsAre(expected));
        EXPECT_THAT(must("GetParametersByPath", {{"Path", "/app"}, {"WithDecryption", is_open}})
                        .each("Parameters", "Value"),
                    ElementsAre(expected));
        EXPECT_THAT(must("GetParameterHistory", {{"Name", "/app/key"}, {"WithDecryption", is_open}})
                        .each("Parameters", "Value"),
                    ElementsAre(expected));
    }
}

TEST_F(ParameterStore, NamesTheKeyOfASecret)
{
    put("usual", "x", {{"Type", "SecureString"}});
    put("own", "x", {{"Type", "SecureString"}, {"KeyId", "alias/mine"}});
    must("PutParameter", {{"Name", "own"}, {"Value", "y"}, {"Overwrite", true}});
    EXPECT_THAT(must("DescribeParameters", {}).each("Parameters", "KeyId"),
                ElementsAre("alias/mine", "alias/aws/ssm"));
    EXPECT_THAT(must("GetParameterHistory", {{"Name", "own"}}).each("Parameters", "KeyId"),
                ElementsAre("alias/mine", "alias/mine"));
    EXPECT_EQ(put("own", "z", {{"Overwrite", true}, {"Type", "String"}}).code,
              "HierarchyTypeMismatchException");
    EXPECT_EQ(
        put("image", public_image(aws_), {{"Type", "SecureString"}, {"DataType", "aws:ec2:image"}})
            .code,
        "ValidationException");
}

TEST_F(ParameterStore, HoldsValuesAgainstTheirPattern)
{
    const std::string digits = R"(^\d+$)";
    EXPECT_EQ(put("p", "many", {{"AllowedPattern", digits}}).code,
              "ParameterPatternMismatchException");
    ASSERT_EQ(put("p", "7", {{"AllowedPattern", digits}}).status, 200);
    EXPECT_EQ(put("p", "many", {{"Overwrite", true}}).code, "ParameterPatternMismatchException");
    ASSERT_EQ(put("p", "8", {{"Overwrite", true}}).status, 200);
    EXPECT_THAT(must("DescribeParameters", {}).each("Parameters", "AllowedPattern"),
                ElementsAre(digits));
    EXPECT_EQ(put("q", "x", {{"AllowedPattern", "("}}).code, "InvalidAllowedPatternException");
    EXPECT_EQ(put("q", std::string(4000, 'a') + "b", {{"AllowedPattern", "^(a|aa)+$"}}).status, 400)
        << "whatever it would take to tell";
}

class ResolvedImage : public ParameterStore {
protected:
    std::string image_of(const std::string& reference)
    {
        const auto id = aws_.must("RunInstances", launch(reference)).text(kInstanceId);
        return field_of(aws_, id, "imageId");
    }
    std::string refusal(const std::string& reference, const Parameters& extra = {})
    {
        return aws_.call("RunInstances", launch(reference, extra)).code;
    }
};

TEST_F(ResolvedImage, IsThePublicParametersImage)
{
    EXPECT_EQ(image_of(fmt::format("resolve:ssm:{}", kLinux)), get(kLinux));
    EXPECT_EQ(image_of(fmt::format("resolve:ssm:arn:aws:ssm:us-east-1::parameter{}", kLinux)),
              get(kLinux));
}

TEST_F(ResolvedImage, IsTheAccountsOwnByNameVersionLabelAndArn)
{
    const auto first = own_image(aws_, "golden-v1");
    const auto second = own_image(aws_, "golden-v2");
    put("/golden", first, {{"DataType", "aws:ec2:image"}});
    put("/golden", second, {{"Overwrite", true}});
    must("LabelParameterVersion",
         {{"Name", "/golden"}, {"ParameterVersion", 1}, {"Labels", {"stable"}}});
    EXPECT_EQ(image_of("resolve:ssm:/golden"), second);
    EXPECT_EQ(image_of("resolve:ssm:/golden:1"), first);
    EXPECT_EQ(image_of("resolve:ssm:/golden:stable"), first);
    EXPECT_EQ(image_of("resolve:ssm:arn:aws:ssm:us-east-1:123456789012:parameter/golden:2"),
              second);
}

TEST_F(ResolvedImage, IsRefusedWhenTheParameterIsNotThereOrOfAnotherType)
{
    put("/text", public_image(aws_));
    put("/image", public_image(aws_), {{"DataType", "aws:ec2:image"}});
    for (const auto* reference :
         {"resolve:ssm:", "resolve:ssm:/none", "resolve:ssm:/image:7", "resolve:ssm:/image:live",
          "resolve:ssm:a b", "resolve:ssm:/text",
          "resolve:ssm:arn:aws:ssm:us-east-1:210987654321:parameter/image",
          "resolve:ssm:/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended"}) {
        EXPECT_EQ(refusal(reference), "SsmInvalidParameter") << reference;
    }
    EXPECT_EQ(refusal("resolve:ami:/x"), "InvalidAMIID.Malformed");
}

TEST_F(ResolvedImage, IsLookedUpByADryRunToo)
{
    EXPECT_EQ(refusal(fmt::format("resolve:ssm:{}", kLinux), {{"DryRun", "true"}}),
              "DryRunOperation");
    EXPECT_EQ(refusal("resolve:ssm:/none", {{"DryRun", "true"}}), "SsmInvalidParameter");
}

TEST_F(ResolvedImage, MayBeGoneSinceTheParameterWasPut)
{
    const auto image = own_image(aws_, "gone");
    put("/golden", image, {{"DataType", "aws:ec2:image"}});
    aws_.must("DeregisterImage", {{"ImageId", image}});
    EXPECT_EQ(refusal("resolve:ssm:/golden"), "InvalidAMIID.Unavailable");
}

}  // namespace
}  // namespace amilab::test
