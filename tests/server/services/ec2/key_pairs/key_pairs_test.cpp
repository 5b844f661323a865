#include "server/services/ec2/key_pairs/key_pairs.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/wire/types.h"
#include "storage/metadata/sql/statement.h"
#include "tests/server/services/ec2/common/sharing_support.h"
#include "tests/server/services/ec2/instances/instance_support.h"
#include "tests/support/emulator_fixture.h"
#include "tests/support/told_statements.h"

namespace amilab::test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

constexpr const char* kNames = "keySet/item/keyName";
// A key that was made for these tests; nobody has its private half.
constexpr const char* kImported =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk3mkCOIpgXCS8U1xk2xXbx0UG6dE5mMe8aiCwPOIHI tester";

std::string encoded(const std::string& text)
{
    return wire::encode_base64(text);
}

Parameters import_of(const std::string& name, const std::string& key = kImported)
{
    return {{"KeyName", name}, {"PublicKeyMaterial", encoded(key)}};
}

std::string import_key(TestEmulator& aws, const std::string& name)
{
    return aws.must("ImportKeyPair", import_of(name)).text("keyPairId");
}

std::vector<std::string> names(TestEmulator& aws, const Parameters& parameters = {})
{
    return aws.must("DescribeKeyPairs", parameters).texts(kNames);
}

// CreateKeyPair

/// The statements of a CreateKeyPair that is refused, by this limit of rows.
std::vector<std::string> statements_of_refused(const ToldStatements& told, std::int64_t most_rows,
                                               const Parameters& parameters)
{
    TestEmulator aws(DataDirectory::Options{.path = {},
                                            .seed = test_seed(),
                                            .catalogue = {},
                                            .account_limits = {.rows = most_rows},
                                            .report = {}});
    import_key(aws, "first");
    return told.texts_of(
        [&] { EXPECT_EQ(aws.call("CreateKeyPair", parameters).code, "ResourceLimitExceeded"); });
}

TEST(CreateKeyPair, AsksForRoomBeforeItMakesTheKey)
{
    const ToldStatements told;  // before any connection
    const auto makes_row = Contains(StartsWith("INSERT INTO key_pair"));
    EXPECT_THAT(statements_of_refused(told, 1, {{"KeyName", "second"}}), Not(makes_row));
    // Tags are rows too.
    EXPECT_THAT(statements_of_refused(told, 2,
                                      {{"KeyName", "second"},
                                       {"TagSpecification.1.ResourceType", "key-pair"},
                                       {"TagSpecification.1.Tag.1.Key", "k"},
                                       {"TagSpecification.1.Tag.1.Value", "v"}}),
                Not(makes_row));
    TestEmulator unlimited;
    EXPECT_THAT(told.texts_of([&] {
        unlimited.must("CreateKeyPair", {{"KeyName", "second"}});
    }),
                makes_row);
}

TEST(CreateKeyPair, GivesThePrivateKeyOnceAndKeepsThePublicOne)
{
    TestEmulator aws;
    const auto made = aws.must("CreateKeyPair", {{"KeyName", "mine"}});
    EXPECT_TRUE(KeyPairId::from_text(made.text("keyPairId")));
    EXPECT_EQ(made.text("keyName"), "mine");
    EXPECT_THAT(made.text("keyMaterial"), StartsWith("-----BEGIN RSA PRIVATE KEY-----"));
    EXPECT_EQ(made.text("keyFingerprint").size(), 59U);
    EXPECT_EQ(made.count("keyType"), 0U);
    const auto shown = aws.must("DescribeKeyPairs", {{"IncludePublicKey", "true"}});
    EXPECT_EQ(shown.text("keySet/item/keyFingerprint"), made.text("keyFingerprint"));
    EXPECT_EQ(shown.text("keySet/item/keyType"), "rsa");
    EXPECT_EQ(shown.text("keySet/item/createTime"), "2026-01-02T03:04:05.000Z");
    EXPECT_THAT(shown.text("keySet/item/publicKey"), StartsWith("ssh-rsa "));
    EXPECT_THAT(shown.text("keySet/item/publicKey"), HasSubstr(" mine"));
    EXPECT_THAT(shown.body, Not(HasSubstr("PRIVATE")));
}

TEST(CreateKeyPair, MakesWhatIsAskedFor)
{
    TestEmulator aws;
    const auto material = [&](const std::string& type, const std::string& format) {
        return aws
            .must("CreateKeyPair",
                  {{"KeyName", type + format}, {"KeyType", type}, {"KeyFormat", format}})
            .text("keyMaterial");
    };
    EXPECT_THAT(material("ed25519", "pem"), StartsWith("-----BEGIN OPENSSH PRIVATE KEY-----"));
    EXPECT_THAT(material("ed25519", "ppk"), StartsWith("PuTTY-User-Key-File-2: ssh-ed25519"));
    EXPECT_THAT(material("rsa", "ppk"), StartsWith("PuTTY-User-Key-File-2: ssh-rsa"));
    EXPECT_EQ(aws.call("CreateKeyPair", {{"KeyName", "x"}, {"KeyType", "dsa"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("CreateKeyPair", {{"KeyName", "x"}, {"KeyFormat", "der"}}).code,
              "InvalidParameterValue");
}

TEST(CreateKeyPair, RefusesANameThatIsTaken)
{
    TestEmulator aws;
    import_key(aws, "mine");
    const auto refusal = aws.call("CreateKeyPair", {{"KeyName", "mine"}});
    EXPECT_EQ(refusal.code, "InvalidKeyPair.Duplicate");
    EXPECT_EQ(refusal.message, "The keypair already exists");
    EXPECT_EQ(aws.call("ImportKeyPair", import_of("mine")).code, "InvalidKeyPair.Duplicate");
}

TEST(CreateKeyPair, TakesANameThatAnotherAccountOrRegionHas)
{
    TestEmulator aws;
    import_key(aws, "mine");
    aws.must("ImportKeyPair", import_of("mine"), kOtherAccount);
    aws.must("ImportKeyPair", import_of("mine"), kAccount, "eu-west-1");
    EXPECT_THAT(names(aws), ElementsAre("mine"));
}

TEST(CreateKeyPair, RefusesNamesThatAwsRefuses)
{
    TestEmulator aws;
    const auto message = [&](const std::string& name) {
        return aws.call("CreateKeyPair", {{"KeyName", name}}).message;
    };
    EXPECT_EQ(message(std::string(256, 'a')),
              "Value for parameter KeyName is invalid. Length exceeds maximum of 255.");
    EXPECT_EQ(message("schl\xC3\xBCssel"),
              "Value for parameter KeyName is invalid. Character sets beyond ASCII are not "
              "supported.");
    EXPECT_EQ(message(" mine"), "Invalid value ' mine' for keyName. It should be trimmed");
    EXPECT_EQ(message("mine "), "Invalid value 'mine ' for keyName. It should be trimmed");
    EXPECT_EQ(message("mine\t"), "Invalid value 'mine\t' for keyName. It should be trimmed");
    EXPECT_EQ(message(""), "The request must contain the parameter KeyName");
    EXPECT_EQ(aws.call("CreateKeyPair").code, "MissingParameter");
    aws.must("ImportKeyPair", import_of(std::string(255, 'a')));
}

TEST(CreateKeyPair, MakesNothingOnADryRun)
{
    TestEmulator aws;
    EXPECT_EQ(aws.call("CreateKeyPair", {{"KeyName", "mine"}, {"DryRun", "true"}}).code,
              "DryRunOperation");
    EXPECT_THAT(names(aws), IsEmpty());
}

TEST(CreateKeyPair, PutsTagsOn)
{
    TestEmulator aws;
    auto parameters = import_of("mine");
    for (const auto& more : Parameters{{"TagSpecification.1.ResourceType", "key-pair"},
                                       {"TagSpecification.1.Tag.1.Key", "k"},
                                       {"TagSpecification.1.Tag.1.Value", "v"}}) {
        parameters.push_back(more);
    }
    const auto made = aws.must("ImportKeyPair", parameters);
    EXPECT_EQ(made.text("tagSet/item/value"), "v");
    aws.must(
        "CreateTags",
        {{"ResourceId.1", made.text("keyPairId")}, {"Tag.1.Key", "more"}, {"Tag.1.Value", "x"}});
    EXPECT_THAT(aws.must("DescribeKeyPairs").texts("keySet/item/tagSet/item/key"),
                ElementsAre("k", "more"));
    EXPECT_THAT(names(aws, filter("tag:k", "v")), ElementsAre("mine"));
    aws.must("DeleteKeyPair", {{"KeyName", "mine"}});
    EXPECT_EQ(aws.must("DescribeTags").count("tagSet/item"), 0U);
}

// ImportKeyPair

TEST(ImportKeyPair, ShowsTheFingerprintOfTheKey)
{
    TestEmulator aws;
    const auto made = aws.must("ImportKeyPair", import_of("mine"));
    EXPECT_EQ(made.text("keyFingerprint").size(), 44U);  // SHA-256 in base64
    const auto shown = aws.must("DescribeKeyPairs", {{"IncludePublicKey", "true"}});
    EXPECT_EQ(shown.text("keySet/item/keyType"), "ed25519");
    EXPECT_EQ(shown.text("keySet/item/publicKey"),
              "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk3mkCOIpgXCS8U1xk2xXbx0UG6dE5mMe8aiCwPOIHI"
              " mine");
}

TEST(ImportKeyPair, RefusesMoreThanFiveThousandInARegion)
{
    TestEmulator aws;
    import_key(aws, "first");
    {
        auto writer = aws.generation().writer();
        Statement(writer.db(),
                  "WITH RECURSIVE number (n) AS"
                  " (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 4999)"
                  " INSERT INTO key_pair (id, region, owner, name, type, public_key, fingerprint,"
                  " create_time_ms) SELECT printf('key-%017x', n), k.region, k.owner, 'name-' || n,"
                  " k.type, k.public_key, k.fingerprint, 0 FROM key_pair k, number"
                  " WHERE k.name = ?1")
            .execute("first");
    }
    EXPECT_EQ(aws.call("ImportKeyPair", import_of("more")).code, "KeyPairLimitExceeded");
    EXPECT_EQ(aws.call("ImportKeyPair", import_of("more"), kAccount, "eu-west-1").code, "");
    aws.must("DeleteKeyPair", {{"KeyName", "name-1"}});
    import_key(aws, "more");
}

TEST(ImportKeyPair, RefusesWhatIsNoKey)
{
    TestEmulator aws;
    const auto refusal = aws.call("ImportKeyPair", import_of("mine", "ssh-rsa AAAA"));
    EXPECT_EQ(refusal.code, "InvalidKey.Format");
    EXPECT_EQ(refusal.message, "Key is not in valid OpenSSH public key format");
    EXPECT_EQ(aws.call("ImportKeyPair", import_of("mine", std::string(2049, 'a'))).message,
              "Value for parameter PublicKeyMaterial is invalid. Length exceeds maximum of 2048.");
    EXPECT_EQ(aws.call("ImportKeyPair", import_of("mine", "ssh-rsa \xC3\xBC")).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("ImportKeyPair", {{"KeyName", "mine"}, {"PublicKeyMaterial", "*"}}).code,
              "InvalidParameterValue");
    EXPECT_EQ(aws.call("ImportKeyPair", {{"KeyName", "mine"}}).code, "MissingParameter");
}

// DescribeKeyPairs

TEST(DescribeKeyPairs, FindsByNameByIdAndByBoth)
{
    TestEmulator aws;
    const auto one = import_key(aws, "one");
    import_key(aws, "two");
    import_key(aws, "three");
    EXPECT_THAT(names(aws), UnorderedElementsAre("one", "two", "three"));
    EXPECT_THAT(names(aws, {{"KeyName.1", "two"}}), ElementsAre("two"));
    EXPECT_THAT(names(aws, {{"KeyPairId.1", one}}), ElementsAre("one"));
    EXPECT_THAT(names(aws, {{"KeyPairId.1", one}, {"KeyName.1", "two"}}),
                UnorderedElementsAre("one", "two"));
    EXPECT_EQ(aws.must("DescribeKeyPairs").count("keySet/item/publicKey"), 0U);
}

TEST(DescribeKeyPairs, Filters)
{
    TestEmulator aws;
    const auto one = import_key(aws, "one");
    aws.must("CreateKeyPair", {{"KeyName", "two"}, {"KeyType", "ed25519"}});
    EXPECT_THAT(names(aws, filter("key-name", "t*")), ElementsAre("two"));
    EXPECT_THAT(names(aws, filter("key-pair-id", one)), ElementsAre("one"));
    const auto fingerprint =
        aws.must("DescribeKeyPairs", {{"KeyName.1", "one"}}).text("keySet/item/keyFingerprint");
    EXPECT_THAT(names(aws, filter("fingerprint", fingerprint)), ElementsAre("one"));
    EXPECT_EQ(aws.call("DescribeKeyPairs", filter("key-type", "rsa")).code,
              "InvalidParameterValue");
}

TEST(DescribeKeyPairs, RefusesTheWholeCallForOneThatIsNotThere)
{
    TestEmulator aws;
    const auto one = import_key(aws, "one");
    const auto by_name = aws.call("DescribeKeyPairs", {{"KeyName.1", "one"}, {"KeyName.2", "no"}});
    EXPECT_EQ(by_name.code, "InvalidKeyPair.NotFound");
    EXPECT_EQ(by_name.message, "The key pair 'no' does not exist");
    const Parameters by_id = {{"KeyPairId.1", one}, {"KeyPairId.2", "key-0123456789abcdef0"}};
    EXPECT_EQ(aws.call("DescribeKeyPairs", by_id).code, "InvalidKeyPair.NotFound");
    EXPECT_EQ(aws.call("DescribeKeyPairs", {{"KeyPairId.1", one}}, kOtherAccount).code,
              "InvalidKeyPair.NotFound");
    EXPECT_EQ(aws.call("DescribeKeyPairs", {{"KeyPairId.1", "pair"}}).code,
              "InvalidParameterValue");
}

// DeleteKeyPair

TEST(DeleteKeyPair, TakesANameOrAnId)
{
    TestEmulator aws;
    const auto one = import_key(aws, "one");
    const auto two = import_key(aws, "two");
    EXPECT_EQ(aws.must("DeleteKeyPair", {{"KeyName", "one"}}).text("keyPairId"), one);
    EXPECT_EQ(aws.must("DeleteKeyPair", {{"KeyPairId", two}}).text("return"), "true");
    EXPECT_THAT(names(aws), IsEmpty());
    EXPECT_EQ(aws.call("DeleteKeyPair").code, "MissingParameter");
    EXPECT_EQ(aws.call("DeleteKeyPair", {{"KeyPairId", "x"}}).code, "InvalidParameterValue");
}

TEST(DeleteKeyPair, OfOneThatIsNotThereSucceeds)
{
    TestEmulator aws;
    const auto answer = aws.must("DeleteKeyPair", {{"KeyName", "none"}});
    EXPECT_EQ(answer.text("return"), "true");
    EXPECT_EQ(answer.count("keyPairId"), 0U);
    const auto other = aws.must("ImportKeyPair", import_of("mine"), kOtherAccount);
    aws.must("DeleteKeyPair", {{"KeyPairId", other.text("keyPairId")}});
    EXPECT_EQ(aws.must("DescribeKeyPairs", {}, kOtherAccount).count("keySet/item"), 1U);
}

TEST(DeleteKeyPair, LeavesTheNameForAnother)
{
    TestEmulator aws;
    const auto first = import_key(aws, "mine");
    aws.must("DeleteKeyPair", {{"KeyName", "mine"}, {"DryRun", "false"}});
    EXPECT_NE(import_key(aws, "mine"), first);
}

// RunInstances

TEST(RunInstances, TakesAKeyPairByItsName)
{
    TestEmulator aws;
    import_key(aws, "mine");
    const auto image = own_image(aws, "linux");
    const auto launched = aws.must("RunInstances", launch(image, {{"KeyName", "mine"}}));
    EXPECT_EQ(launched.text("instancesSet/item/keyName"), "mine");
    aws.must("DeleteKeyPair", {{"KeyName", "mine"}});
    const Parameters by_key = {{"Filter.1.Name", "key-name"}, {"Filter.1.Value.1", "mine"}};
    EXPECT_EQ(
        aws.must("DescribeInstances", by_key).text("reservationSet/item/instancesSet/item/keyName"),
        "mine");
    EXPECT_EQ(aws.call("RunInstances", launch(image, {{"KeyName", "mine"}})).message,
              "The key pair 'mine' does not exist");
}

TEST(RunInstances, RefusesAnEd25519KeyForWindows)
{
    TestEmulator aws;
    import_key(aws, "mine");
    const auto image = own_image(aws, "windows");
    run_sql(aws, "UPDATE image SET platform = 'windows'");
    EXPECT_EQ(aws.call("RunInstances", launch(image, {{"KeyName", "mine"}})).code,
              "InvalidParameterCombination");
}

}  // namespace
}  // namespace amilab::test
