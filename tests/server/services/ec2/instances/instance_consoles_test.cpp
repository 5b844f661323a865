#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "server/wire/types.h"
#include "tests/server/services/ec2/instances/instance_support.h"

namespace amilab::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string console_of(TestEmulator& emulator, const std::string& id)
{
    return wire::decode_base64(
               emulator.must("GetConsoleOutput", {{"InstanceId", id}}).text("output"))
        .value();
}

std::string between(const std::string& text, const std::string& begin, const std::string& end)
{
    const auto from = text.find(begin) + begin.size();
    return text.substr(from, text.find(end, from) - from);
}

/// A Windows instance with a key pair, and the pair's private key.
struct WindowsLaunch {
    std::string id;
    std::string material;
};

WindowsLaunch launch_windows(TestEmulator& emulator)
{
    const auto key = emulator.must("CreateKeyPair", {{"KeyName", "mine"}}).text("keyMaterial");
    const auto image =
        emulator
            .must("DescribeImages", merged({{"Owner.1", "amazon"}}, filter("platform", "windows")))
            .text("imagesSet/item/imageId");
    const auto id = emulator
                        .must("RunInstances",
                              launch(image, {{"InstanceType", "m5.large"}, {"KeyName", "mine"}}))
                        .text(kInstanceId);
    return {id, key};
}

std::string password_data(TestEmulator& emulator, const std::string& id)
{
    return emulator.must("GetPasswordData", {{"InstanceId", id}}).text("passwordData");
}

std::string decrypted(const std::string& material, const std::string& bytes)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(material.data(), static_cast<int>(material.size())), &BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr), &EVP_PKEY_CTX_free);
    std::string text(bytes.size(), '\0');
    auto size = text.size();
    EXPECT_EQ(EVP_PKEY_decrypt_init(context.get()), 1);
    EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING), 1);
    EXPECT_EQ(EVP_PKEY_decrypt(context.get(), reinterpret_cast<unsigned char*>(text.data()), &size,
                               reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()),
              1);
    text.resize(size);
    return text;
}

TEST(GetConsoleOutput, HasNothingBeforeTheInstanceRuns)
{
    TestEmulator emulator;
    emulator.set_delay("instance.pending", 1000);
    const auto id = run_one(emulator);
    EXPECT_EQ(emulator.must("GetConsoleOutput", {{"InstanceId", id}}).count("output"), 0U);
    emulator.advance(1000);
    EXPECT_THAT(console_of(emulator, id), HasSubstr("Linux version"));
}

/// The fingerprint of the key of that algorithm, as ssh-keygen makes it.
std::string fingerprint_of(const std::string& console, const std::string& algorithm)
{
    const auto blob =
        wire::decode_base64(between(console, "\n" + algorithm + " ", " root@")).value();
    unsigned char digest[32];
    EXPECT_EQ(EVP_Digest(blob.data(), blob.size(), digest, nullptr, EVP_sha256(), nullptr), 1);
    auto text = wire::encode_base64({reinterpret_cast<const char*>(digest), sizeof digest});
    return text.substr(0, text.find('='));
}

TEST(GetConsoleOutput, ShowsHostKeysThatGoWithTheirFingerprints)
{
    TestEmulator emulator;
    const auto console = console_of(emulator, run_one(emulator));
    EXPECT_THAT(console, HasSubstr("-----BEGIN SSH HOST KEY FINGERPRINTS-----"));
    const std::string keys[][3] = {{"ecdsa-sha2-nistp256", "256", "ECDSA"},
                                   {"ssh-ed25519", "256", "ED25519"},
                                   {"ssh-rsa", "3072", "RSA"}};
    for (const auto& [algorithm, bits, kind] : keys) {
        const auto line =
            "<14>ec2: " + bits + " SHA256:" + fingerprint_of(console, algorithm) + " root@";
        ASSERT_THAT(console, HasSubstr(line));
        EXPECT_THAT(between(console, line, "\r\n"), EndsWith(" (" + kind + ")"));
    }
    EXPECT_NE(console, console_of(emulator, run_one(emulator)));
}

TEST(GetConsoleOutput, ShowsTheKeyPairThatMayLogIn)
{
    TestEmulator emulator;
    constexpr std::string_view kNone = "ci-info: no authorized SSH keys fingerprints found";
    EXPECT_THAT(console_of(emulator, run_one(emulator)), HasSubstr(kNone));
    const auto* const line =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk3mkCOIpgXCS8U1xk2xXbx0UG6dE5mMe8aiCwPOIHI";
    emulator.must("ImportKeyPair",
                  {{"KeyName", "mine"}, {"PublicKeyMaterial", wire::encode_base64(line)}});
    const auto id = run_one(emulator, {{"KeyName", "mine"}});
    const auto console = console_of(emulator, id);
    EXPECT_THAT(console, Not(HasSubstr(kNone)));
    EXPECT_THAT(console, HasSubstr("+Authorized keys from /home/ec2-user/.ssh/authorized_keys for "
                                   "user ec2-user+"));
    EXPECT_THAT(
        console,
        HasSubstr("\r\nci-info: | ssh-ed25519 | 1a:94:89:d7:c0:e0:6a:b1:32:c3:e0:04:a5:80:c5:04:"
                  "28:9a:e9:a8:96:e6:cc:37:0f:e7:9e:c8:78:48:78:dd | "
                  "   -    |   mine  |\r\n"));
    // Its public half is known no longer.
    emulator.must("DeleteKeyPair", {{"KeyName", "mine"}});
    EXPECT_THAT(console_of(emulator, id), Not(HasSubstr("ci-info")));
}

TEST(GetConsoleOutput, ShowsTheLinesOfUserData)
{
    TestEmulator emulator;
    const auto id =
        run_one(emulator, {{"UserData", wire::encode_base64("#!/bin/sh\necho hello\n")}});
    EXPECT_THAT(console_of(emulator, id), HasSubstr("cloud-init[1312]: echo hello\r\n"));
}

TEST(GetConsoleOutput, KeepsTheMostRecent64Kib)
{
    TestEmulator emulator;
    const auto id = run_one(
        emulator, {{"UserData", wire::encode_base64("#!/bin/sh\n" + std::string(16'000, '\n'))}});
    const auto console = console_of(emulator, id);
    EXPECT_THAT(console, SizeIs(65'536));
    EXPECT_THAT(console, HasSubstr("-----BEGIN SSH HOST KEY KEYS-----"));
    EXPECT_THAT(console, EndsWith(" login: "));
}

TEST(GetConsoleOutput, HasTheLatestOfNitroTypesAlone)
{
    TestEmulator emulator;
    const auto nitro = run_one(emulator);
    const auto xen = run_one(emulator, {{"InstanceType", "t2.micro"}});
    EXPECT_TRUE(
        emulator.call("GetConsoleOutput", {{"InstanceId", nitro}, {"Latest", "true"}}).ok());
    EXPECT_EQ(emulator.call("GetConsoleOutput", {{"InstanceId", xen}, {"Latest", "true"}}).code,
              "UnsupportedOperation");
    EXPECT_EQ(emulator.call("GetConsoleOutput", {{"InstanceId", "i-0123456789abcdef0"}}).code,
              "InvalidInstanceID.NotFound");
}

TEST(GetConsoleScreenshot, IsAJpegOfARunningInstance)
{
    TestEmulator emulator;
    const auto id = run_one(emulator);
    const auto image = wire::decode_base64(
        emulator.must("GetConsoleScreenshot", {{"InstanceId", id}}).text("imageData"));
    EXPECT_THAT(image.value(), StartsWith("\xFF\xD8\xFF"));
    EXPECT_THAT(image.value(), ::testing::EndsWith("\xFF\xD9"));
    emulator.must("StopInstances", one_instance(id));
    EXPECT_EQ(emulator.call("GetConsoleScreenshot", {{"InstanceId", id}}).code,
              "IncorrectInstanceState");
}

TEST(GetPasswordData, IsReadByWhoHasThePrivateKey)
{
    TestEmulator emulator;
    const auto [id, material] = launch_windows(emulator);
    const auto data = password_data(emulator, id);
    EXPECT_THAT(decrypted(material, wire::decode_base64(data).value()), SizeIs(32));
    EXPECT_EQ(password_data(emulator, id), data);
}

TEST(GetPasswordData, IsEmptyUntilItsDelayIsOver)
{
    TestEmulator emulator;
    emulator.set_delay("instance.password", 1000);
    const auto id = launch_windows(emulator).id;
    EXPECT_EQ(password_data(emulator, id), "");
    emulator.advance(1000);
    EXPECT_NE(password_data(emulator, id), "");
}

TEST(GetPasswordData, IsEmptyForLinux)
{
    TestEmulator emulator;
    EXPECT_EQ(password_data(emulator, run_one(emulator)), "");
    EXPECT_EQ(emulator.call("GetPasswordData", {{"InstanceId", "i-0123456789abcdef0"}}).code,
              "InvalidInstanceID.NotFound");
}

TEST(SendDiagnosticInterrupt, BootsARunningNitroInstanceAnew)
{
    TestEmulator emulator;
    emulator.set_delay("instance.initializing", 1000);
    const auto id = run_one(emulator);
    emulator.advance(1000);
    const auto status = [&] {
        return emulator.must("DescribeInstanceStatus")
            .text("instanceStatusSet/item/instanceStatus/status");
    };
    EXPECT_EQ(status(), "ok");
    emulator.must("SendDiagnosticInterrupt", {{"InstanceId", id}});
    EXPECT_EQ(status(), "initializing");
}

TEST(SendDiagnosticInterrupt, RefusesWhatCannotTakeIt)
{
    TestEmulator emulator;
    const auto code = [&](const std::string& id) {
        return emulator.call("SendDiagnosticInterrupt", {{"InstanceId", id}}).code;
    };
    const auto old = run_one(emulator, {{"InstanceType", "t2.micro"}});
    EXPECT_EQ(code(old), "UnsupportedOperation");
    emulator.must("StopInstances", {{"InstanceId.1", old}});
    EXPECT_EQ(code(old), "IncorrectInstanceState");
    EXPECT_EQ(code("i-0123456789abcdef0"), "InvalidInstanceID.NotFound");
}

}  // namespace
}  // namespace amilab::test
