#include <fmt/format.h>

#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {
namespace {

class Tagging : public S3World {
protected:
    Tagging() { s3.must("PUT", "/disks/a", "x"); }

    static std::string tagging(const Parameters& tags)
    {
        std::string text = "<Tagging><TagSet>";
        for (const auto& [key, value] : tags) {
            text += fmt::format("<Tag><Key>{}</Key><Value>{}</Value></Tag>", key, value);
        }
        return text + "</TagSet></Tagging>";
    }
};

TEST_F(Tagging, IsPutShownAndDeleted)
{
    for (const auto* target : {"/disks?tagging", "/disks/a?tagging"}) {
        const auto put =
            s3.must("PUT", target, tagging({{"team", "images + disks"}, {"stage", "t=1"}}));
        EXPECT_EQ(put.status, target == std::string("/disks?tagging") ? 204 : 200);
        const auto shown = s3.must("GET", target);
        EXPECT_EQ(shown.texts("TagSet/Tag/Key"), (std::vector<std::string>{"team", "stage"}));
        EXPECT_EQ(shown.texts("TagSet/Tag/Value"),
                  (std::vector<std::string>{"images + disks", "t=1"}));
        EXPECT_EQ(s3.must("DELETE", target).status, 204);
    }
    EXPECT_TRUE(s3.must("GET", "/disks/a?tagging").texts("TagSet/Tag/Key").empty());
    const auto none = s3.call("GET", "/disks?tagging");
    EXPECT_EQ(none.status, 404);
    EXPECT_EQ(none.code, "NoSuchTagSet");
}

TEST_F(Tagging, IsWithinItsBounds)
{
    const auto put = [&](const Parameters& tags) {
        return s3.call("PUT", "/disks/a?tagging", tagging(tags)).code;
    };
    Parameters many;
    for (int number = 0; number < 11; ++number) {
        many.emplace_back(fmt::format("key{}", number), "x");
    }
    EXPECT_EQ(put(many), "BadRequest");
    s3.must("PUT", "/disks?tagging", tagging(many));
    EXPECT_EQ(put({{"a", "1"}, {"a", "2"}}), "InvalidTag");
    EXPECT_EQ(put({{"", "1"}}), "InvalidTag");
    EXPECT_EQ(put({{std::string(129, 'k'), "1"}}), "InvalidTag");
    EXPECT_EQ(put({{"k", std::string(257, 'v')}}), "InvalidTag");
    EXPECT_EQ(put({{"aws:k", "v"}}), "InvalidTag");
    EXPECT_EQ(s3.call("PUT", "/disks/a?tagging", "<Tagging/>").code, "MalformedXML");
    EXPECT_EQ(s3.call("PUT", "/disks/a?tagging", "no document").code, "MalformedXML");
    EXPECT_EQ(s3.call("PUT", "/disks/absent?tagging", tagging({{"a", "b"}})).code, "NoSuchKey");
}

TEST_F(Tagging, HasCertainCharacters)
{
    s3.must("PUT", "/disks/a?tagging", tagging({{"a+b-c=d._e:/@ ü", "f+g-h=i._j:/@ ü"}}));
    for (const auto* wrong : {"a!b", "a#b", "a%20", "a*b", "a?b", "a`b", "a,b", "a;b", "(a)"}) {
        for (const auto* target : {"/disks?tagging", "/disks/a?tagging"}) {
            EXPECT_EQ(s3.call("PUT", target, tagging({{wrong, "v"}})).code, "InvalidTag") << wrong;
            EXPECT_EQ(s3.call("PUT", target, tagging({{"k", wrong}})).code, "InvalidTag") << wrong;
        }
    }
}

TEST_F(Tagging, MayBeInAHeader)
{
    const auto put = [&](const char* header) {
        return s3.call("PUT", "/disks/b", "x", {{"x-amz-tagging", header}});
    };
    for (const auto* none : {"", "&", "&&&"}) {
        EXPECT_TRUE(put(none).ok()) << none;
        EXPECT_TRUE(s3.must("GET", "/disks/b?tagging").texts("TagSet/Tag/Key").empty()) << none;
    }
    EXPECT_TRUE(put("key&team=a+b&stage=t%2F1&").ok());
    const auto shown = s3.must("GET", "/disks/b?tagging");
    EXPECT_EQ(shown.texts("TagSet/Tag/Key"), (std::vector<std::string>{"key", "team", "stage"}));
    EXPECT_EQ(shown.texts("TagSet/Tag/Value"), (std::vector<std::string>{"", "a b", "t/1"}));
    for (const auto* wrong : {"=", "=v", "k%", "a=1&a=2", "a=1&%61=2"}) {
        EXPECT_EQ(put(wrong).code, "InvalidArgument") << wrong;
    }
    EXPECT_EQ(put("k%21=v").code, "InvalidTag");
}

}  // namespace
}  // namespace amilab::test
