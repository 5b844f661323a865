#include "server/services/s3/request_documents.h"

#include <gtest/gtest.h>

namespace amilab::s3 {
namespace {

/// The code of the refusal; empty where there is none.
template <class Read>
std::string code_of(const Read& read, const std::string& body)
{
    try {
        read(body);
        return {};
    } catch (const ApiError& error) {
        return error.code;
    }
}

TEST(RequestDocuments, AreReadWhateverStandsAroundTheirText)
{
    const auto deletions = read_deletions(
        "<?xml version='1.0' encoding='UTF-8'?>\n<!-- two -->\n"
        "<Delete xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>\n"
        "  <Object>\n <Key>a&amp;b<![CDATA[<c>]]></Key>\n </Object>\n"
        "  <Object><Key> </Key><ETag>\"x\"</ETag></Object>\n"
        "  <Quiet>1</Quiet>\n</Delete>\n");
    ASSERT_EQ(deletions.all.size(), 2U);
    EXPECT_EQ(deletions.all.at(0).key, "a&b<c>");
    EXPECT_EQ(deletions.all.at(1).key, " ") << "a key may be blanks alone";
    EXPECT_EQ(deletions.all.at(1).etag, "\"x\"");
    EXPECT_TRUE(deletions.is_quiet);
}

TEST(RequestDocuments, AreRefusedThatAreNone)
{
    for (const auto* body :
         {"", "x", "<Delete", "<Delete><Object></Delete>", "<Tagging/>",
          "<Delete><Object/></Delete>", "<Delete>\xFF</Delete>",
          "<Delete><Object><Key>a</Key></Object><Quiet>maybe</Quiet></Delete>"}) {
        EXPECT_EQ(code_of(read_deletions, body), "MalformedXML") << body;
    }
    EXPECT_EQ(code_of(read_tagging, "<Tagging/>"), "MalformedXML");
    EXPECT_EQ(code_of(read_configuration,
                      "<CreateBucketConfiguration><Region/>"
                      "</CreateBucketConfiguration>"),
              "MalformedXML");
    EXPECT_EQ(code_of(read_ownership,
                      "<OwnershipControls><Rule><ObjectOwnership>Everybody"
                      "</ObjectOwnership></Rule></OwnershipControls>"),
              "MalformedXML");
}

TEST(RequestDocuments, AreRefusedByNameWithWhatIsNotOffered)
{
    const auto object = [](const std::string& more) {
        return code_of(read_deletions,
                       "<Delete><Object><Key>a</Key>" + more + "</Object></Delete>");
    };
    EXPECT_EQ(object("<VersionId>null</VersionId>"), "");
    EXPECT_EQ(object("<VersionId>7</VersionId>"), "NotImplemented");
    EXPECT_EQ(object("<Size>7</Size>"), "NotImplemented");
    EXPECT_EQ(code_of(read_configuration,
                      "<CreateBucketConfiguration><Bucket/>"
                      "</CreateBucketConfiguration>"),
              "NotImplemented");
    EXPECT_EQ(code_of(read_versioning,
                      "<VersioningConfiguration><Status>Enabled</Status>"
                      "</VersioningConfiguration>"),
              "NotImplemented");
}

TEST(RequestDocuments, NamePartsInTheirOrder)
{
    const auto parts = [](const std::string& first, const std::string& second) {
        const auto part = [](const std::string& number) {
            return "<Part><PartNumber>" + number + "</PartNumber><ETag>\"e\"</ETag></Part>";
        };
        return "<CompleteMultipartUpload>" + part(first) + part(second) +
               "</CompleteMultipartUpload>";
    };
    const auto named = read_named_parts(parts("1", "10000"));
    EXPECT_EQ(named.at(1).number, 10'000);
    EXPECT_EQ(named.at(0).etag, "e") << "without quotes";
    EXPECT_EQ(code_of(read_named_parts, parts("2", "1")), "InvalidPartOrder");
    for (const auto* number : {"0", "10001", "-1", "one", ""}) {
        EXPECT_EQ(code_of(read_named_parts, parts(number, "10000")), "MalformedXML") << number;
    }
    EXPECT_EQ(code_of(read_named_parts, "<CompleteMultipartUpload/>"), "MalformedXML");
}

TEST(RequestDocuments, OfAccessListsAmountToOneWithAName)
{
    const auto grant = [](const std::string& grantee, const std::string& permission) {
        return "<Grant><Grantee>" + grantee + "</Grantee><Permission>" + permission +
               "</Permission></Grant>";
    };
    const auto list = [](const std::string& grants) {
        return "<AccessControlPolicy><Owner><ID>me</ID></Owner><AccessControlList>" + grants +
               "</AccessControlList></AccessControlPolicy>";
    };
    const auto read = [](const std::string& body) { return read_access_list(body, "me"); };
    const auto everybody = "<URI>" + std::string(kAllUsers) + "</URI>";
    const auto known = "<URI>" + std::string(kAuthenticatedUsers) + "</URI>";
    const auto mine = grant("<ID>me</ID>", "FULL_CONTROL");
    EXPECT_EQ(read(list(mine)), CannedAcl::kPrivate);
    EXPECT_EQ(read(list(mine + grant(everybody, "READ"))), CannedAcl::kPublicRead);
    EXPECT_EQ(read(list(grant(everybody, "WRITE") + mine + grant(everybody, "READ"))),
              CannedAcl::kPublicReadWrite);
    EXPECT_EQ(read(list(mine + grant(known, "READ"))), CannedAcl::kAuthenticatedRead);
    for (const auto& without_name :
         {std::string(), grant(everybody, "READ"), mine + grant(everybody, "WRITE"),
          mine + grant(everybody, "READ") + grant(known, "READ"), grant("<ID>me</ID>", "READ"),
          mine + grant("<ID>another</ID>", "FULL_CONTROL"), mine + grant(known, "WRITE"),
          mine + grant("<EmailAddress>a@b.org</EmailAddress>", "READ")}) {
        EXPECT_EQ(code_of(read, list(without_name)), "NotImplemented") << without_name;
    }
    for (const auto& malformed : {mine + grant(everybody, "LOOK"), mine + grant("", "READ"),
                                  mine + grant("<ID/>", "READ"), mine + "<Grant/>"}) {
        EXPECT_EQ(code_of(read, list(malformed)), "MalformedACLError") << malformed;
    }
    EXPECT_EQ(code_of(read, "<AccessControlPolicy/>"), "MalformedACLError");
    EXPECT_EQ(code_of([](const std::string& body) { return read_access_list(body, "another"); },
                      list(mine)),
              "AccessDenied");
}

}  // namespace
}  // namespace amilab::s3
