#include <fmt/format.h>

#include "storage/metadata/s3/object_list_rows.h"
#include "tests/server/services/s3/s3_world.h"

namespace amilab::test {
namespace {

using Texts = std::vector<std::string>;

class ObjectLists : public S3World {
protected:
    void put(const Texts& keys)
    {
        for (const auto& key : keys) {
            s3.must("PUT", "/disks/" + url_encoded(key), "x");
        }
    }
    Texts keys(const std::string& query) const
    {
        return s3.must("GET", "/disks?" + query).texts("Contents/Key");
    }
    Texts prefixes(const std::string& query) const
    {
        return s3.must("GET", "/disks?" + query).texts("CommonPrefixes/Prefix");
    }
};

TEST_F(ObjectLists, AreInTheOrderOfBytes)
{
    put({"b", "a", "Z", "\xC3\xA4", "a/b", "a b"});
    EXPECT_EQ(keys("list-type=2"), (Texts{"Z", "a", "a b", "a/b", "b", "\xC3\xA4"}));
    EXPECT_EQ(keys(""), (Texts{"Z", "a", "a b", "a/b", "b", "\xC3\xA4"}));
    EXPECT_EQ(keys("list-type=2&encoding-type=url"),
              (Texts{"Z", "a", "a%20b", "a/b", "b", "%C3%A4"}));
}

TEST_F(ObjectLists, TellWhatKeysHaveInCommonUpToADelimiter)
{
    put({"a", "a/1", "a/2", "b/1/2", "b/1/3", "c"});
    EXPECT_EQ(keys("list-type=2&delimiter=/"), (Texts{"a", "c"}));
    EXPECT_EQ(prefixes("list-type=2&delimiter=/"), (Texts{"a/", "b/"}));
    EXPECT_EQ(keys("list-type=2&delimiter=/&prefix=a/"), (Texts{"a/1", "a/2"}));
    EXPECT_EQ(prefixes("list-type=2&delimiter=/&prefix=b/"), (Texts{"b/1/"}));
    EXPECT_EQ(prefixes("list-type=2&delimiter=/&prefix=b"), (Texts{"b/"}));
    EXPECT_EQ(prefixes("list-type=2&delimiter=1/"), (Texts{"b/1/"}));
}

TEST_F(ObjectLists, GoOnWhereTheLastEnded)
{
    put({"a/1", "a/2", "b", "c/1", "d"});
    for (const auto* delimiter : {"", "&delimiter=/"}) {
        Texts paged;
        std::string token;
        for (int page = 0; page < 9; ++page) {
            const auto answer =
                s3.must("GET", fmt::format("/disks?list-type=2&max-keys=1{}{}", delimiter, token));
            for (const auto* path : {"Contents/Key", "CommonPrefixes/Prefix"}) {
                const auto some = answer.texts(path);
                paged.insert(paged.end(), some.begin(), some.end());
            }
            EXPECT_EQ(answer.text("KeyCount"), "1");
            if (answer.text("IsTruncated") == "false") {
                break;
            }
            token = "&continuation-token=" + url_encoded(answer.text("NextContinuationToken"));
        }
        EXPECT_EQ(paged, *delimiter == '\0' ? (Texts{"a/1", "a/2", "b", "c/1", "d"})
                                            : (Texts{"a/", "b", "c/", "d"}));
    }
}

TEST_F(ObjectLists, OfTheOlderKindHaveMarkers)
{
    put({"a/1", "a/2", "b", "c"});
    const auto first = s3.must("GET", "/disks?max-keys=1&delimiter=/");
    EXPECT_EQ(first.text("NextMarker"), "a/");
    EXPECT_EQ(keys("marker=a/&delimiter=/"), (Texts{"b", "c"}));
    EXPECT_EQ(keys("marker=a/1"), (Texts{"a/2", "b", "c"}));
    EXPECT_EQ(s3.must("GET", "/disks?max-keys=1").text("NextMarker"), "");
    EXPECT_EQ(keys("list-type=2&start-after=b"), (Texts{"c"}));
}

TEST_F(ObjectLists, TellNoMoreThanIsAsked)
{
    put({"a", "b"});
    const auto none = s3.must("GET", "/disks?list-type=2&max-keys=0");
    EXPECT_EQ(none.text("KeyCount"), "0");
    EXPECT_EQ(none.text("IsTruncated"), "false");
    EXPECT_EQ(s3.must("GET", "/disks?list-type=2&max-keys=2").text("IsTruncated"), "false");
    EXPECT_EQ(s3.must("GET", "/disks?list-type=2&max-keys=5000").text("MaxKeys"), "1000");
    EXPECT_EQ(s3.must("GET", "/disks?list-type=2&max-keys=2147483647").text("MaxKeys"), "1000");
    for (const auto* list : {"/disks?", "/disks?list-type=2&", "/disks?versions&"}) {
        for (const auto* most : {"-1", "-2147483648"}) {
            const auto refused = s3.call("GET", fmt::format("{}max-keys={}", list, most));
            EXPECT_EQ(refused.code, "InvalidArgument");
            EXPECT_EQ(refused.message,
                      "Argument maxKeys must be an integer between 0 and 2147483647");
        }
        for (const auto* most :
             {"many", "1.5", "2147483648", "-2147483649", "99999999999999999999"}) {
            const auto refused = s3.call("GET", fmt::format("{}max-keys={}", list, most));
            EXPECT_EQ(refused.code, "InvalidArgument");
            EXPECT_EQ(refused.message, "Provided max-keys not an integer or within integer range")
                << most;
        }
    }
    EXPECT_EQ(s3.call("GET", "/disks?list-type=2&continuation-token=%21").code, "InvalidArgument");
    EXPECT_EQ(s3.call("GET", "/disks?list-type=2&encoding-type=hex").code, "InvalidArgument");
    EXPECT_EQ(s3.call("GET", "/disks?list-type=2&sort=size").code, "NotImplemented");
}

TEST_F(ObjectLists, TellOfEachObjectWhatItIs)
{
    put({"a"});
    const auto answer = s3.must("GET", "/disks?list-type=2&fetch-owner=true");
    EXPECT_EQ(answer.text("Contents/Size"), "1");
    EXPECT_EQ(answer.text("Contents/ETag"), "\"9dd4e461268c8034f5c8564e155c67a6\"");
    EXPECT_EQ(answer.text("Contents/LastModified"), "2026-01-02T03:04:05.000Z");
    EXPECT_EQ(answer.text("Contents/StorageClass"), "STANDARD");
    EXPECT_EQ(answer.text("Contents/ChecksumAlgorithm"), "CRC64NVME");
    EXPECT_EQ(answer.text("Contents/Owner/ID").size(), 64U);
    EXPECT_EQ(s3.must("GET", "/disks?list-type=2").text("Contents/Owner/ID"), "");
}

TEST_F(ObjectLists, OfVersionsHaveOneOfEachObject)
{
    put({"a/1", "a/2", "b", "c"});
    const auto all = s3.must("GET", "/disks?versions");
    EXPECT_EQ(all.texts("Version/Key"), (Texts{"a/1", "a/2", "b", "c"}));
    EXPECT_EQ(all.texts("Version/VersionId"), (Texts{"null", "null", "null", "null"}));
    EXPECT_EQ(all.text("Version/IsLatest"), "true");
    EXPECT_EQ(all.text("Version/Owner/ID").size(), 64U);
    EXPECT_EQ(all.text("IsTruncated"), "false");
    const auto first = s3.must("GET", "/disks?versions&max-keys=1");
    EXPECT_EQ(first.text("NextKeyMarker"), "a/1");
    EXPECT_EQ(first.text("NextVersionIdMarker"), "null");
    const auto next = s3.must("GET", "/disks?versions&key-marker=a/1&version-id-marker=null");
    EXPECT_EQ(next.texts("Version/Key"), (Texts{"a/2", "b", "c"}));
    const auto folders = s3.must("GET", "/disks?versions&delimiter=/&max-keys=1");
    EXPECT_EQ(folders.texts("CommonPrefixes/Prefix"), (Texts{"a/"}));
    EXPECT_EQ(folders.text("NextKeyMarker"), "a/");
    EXPECT_EQ(folders.text("NextVersionIdMarker"), "");
}

TEST_F(ObjectLists, OfVersionsGoOnAtOneThatIsThere)
{
    EXPECT_EQ(s3.call("GET", "/disks?versions&version-id-marker=null").code, "InvalidArgument");
    EXPECT_EQ(s3.call("GET", "/disks?versions&key-marker=a&version-id-marker=7").code,
              "InvalidArgument");
    EXPECT_EQ(s3.call("GET", "/disks?versions&max-keys=-1").code, "InvalidArgument");
    EXPECT_EQ(other.call("GET", "/disks?versions").code, "AccessDenied");
    EXPECT_EQ(s3.call("GET", "/nobodys?versions").code, "NoSuchBucket");
}

TEST(KeyLists, EndBehindAllThatBeginAlike)
{
    EXPECT_EQ(end_of_prefix("a"), "b");
    EXPECT_EQ(end_of_prefix("a/"), "a0");
    EXPECT_EQ(end_of_prefix("a\xFF"), "b");
    EXPECT_EQ(end_of_prefix("\xFF"), "");
    EXPECT_EQ(end_of_prefix(""), "");
}

// Each prefix costs a search, whatever has it.
TEST_F(ObjectLists, LookAtOneKeyOfThoseWithACommonPrefix)
{
    for (int folder = 0; folder < 3; ++folder) {
        for (int file = 0; file < 50; ++file) {
            put({fmt::format("{}/{:02}", folder, file)});
        }
    }
    EXPECT_EQ(prefixes("list-type=2&delimiter=/"), (Texts{"0/", "1/", "2/"}));
    EXPECT_EQ(keys("list-type=2&delimiter=/&prefix=1/").size(), 50U);
}

}  // namespace
}  // namespace amilab::test
