#include "server/calls/answered_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace amilab::test {
namespace {

AnsweredError shown(std::string_view form, std::string message, std::string parameter = {})
{
    const wire::Parameters parameters(form);
    return shown_error({"Code", std::move(message), std::move(parameter)}, &parameters);
}

TEST(ShownError, KeepsTheParameterThatItsMakerNames)
{
    EXPECT_EQ(shown("ImageId=ami-1234&Name=x", "no ami-1234", "Name").parameter, "Name");
}

TEST(ShownError, BlamesTheParameterWhoseValueTheMessageQuotes)
{
    EXPECT_EQ(shown("InstanceId=i-5678&ImageId.1=ami-0&ImageId.2=ami-1234",
                    "The image id '[ami-1234]' does not exist")
                  .parameter,
              "ImageId.2");
    // The longer value, and no part of a word.
    EXPECT_EQ(shown("Name=test&ImageId=ami-12345678", "testing ami-12345678 for test").parameter,
              "ImageId");
    EXPECT_EQ(shown("Name=test", "testing").parameter, "");
}

TEST(ShownError, BlamesElseTheParameterThatTheMessageNames)
{
    EXPECT_EQ(shown("Encrypted=false&Size=1", "Encrypted snapshots must be used").parameter,
              "Encrypted");
    EXPECT_EQ(shown("KeyName=%20a&Size=1", "Invalid value for keyName").parameter, "KeyName");
    EXPECT_EQ(shown("Type=a", "The type is wrong").parameter, "");
}

TEST(ShownError, BlamesNothingWhereParametersCouldNotBeRead)
{
    const auto error = shown_error({"Code", "The image id ami-1", ""}, nullptr);
    EXPECT_EQ(error.parameter, "");
    EXPECT_EQ(error.message, "The image id ami-1");
}

TEST(ShownError, LeavesOutSecretsThatTheMessageQuotes)
{
    const auto error = shown("UserData=c2VjcmV0&ImageId=ami-1",
                             "Value ( c2VjcmV0 ) for parameter userData is invalid.");
    EXPECT_EQ(error.message, "Value ( (8 bytes) ) for parameter userData is invalid.");
    EXPECT_EQ(error.parameter, "UserData");
    EXPECT_EQ(shown("Value=ab", "Value 'ab' at 'value' failed, as absent").message,
              "Value '(2 bytes)' at 'value' failed, as absent");
    EXPECT_EQ(shown("ClientToken=abcdefghij", "twice: abcdefghijabcdefghij").message,
              "twice: (10 bytes)(10 bytes)");
}

TEST(ShownError, LeavesOutLongSecretsOfWhichTheMessageHasTheBeginning)
{
    const std::string secret(1000, 's');
    EXPECT_EQ(shown("UserData=" + secret, "Value ( " + secret.substr(0, 256) + " ) is").message,
              "Value ( (1000 bytes) ) is");
}

}  // namespace
}  // namespace amilab::test
