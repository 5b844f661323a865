#include "server/services/ec2/key_pairs/key_material.h"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <type_traits>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "server/wire/types.h"
#include "tests/storage/files/temporary_directory.h"
#include "tests/support/seed.h"

namespace amilab::ec2 {
namespace {

// Made by ssh-keygen; the fingerprints by `openssl md5 -c` and `openssl sha256`.
const std::string kRsaBlob =
    "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDbakRYy6ajiXLWg2OPMviMP4dJqtrazWdtbzC5J7Sa+n7KbmpHBqR1e1id8vLc"
    "TIHIWGBBXVUGFMCvrVOOxLEjnUN76OsMbjkFeRZ4u+Gr9YO33irIef+iINBggw1KoylXjo3hfYae8YYAqj42t+k5aW/6"
    "j8L1cL78Rh6+HIMQTQ==";
const std::string kRsaLine = "ssh-rsa " + kRsaBlob;
const std::string kRsaDer =
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDbakRYy6ajiXLWg2OPMviMP4dJ\n"
    "qtrazWdtbzC5J7Sa+n7KbmpHBqR1e1id8vLcTIHIWGBBXVUGFMCvrVOOxLEjnUN7\n"
    "6OsMbjkFeRZ4u+Gr9YO33irIef+iINBggw1KoylXjo3hfYae8YYAqj42t+k5aW/6\n"
    "j8L1cL78Rh6+HIMQTQIDAQAB\n";
const std::string kRsaSsh2 =
    "---- BEGIN SSH2 PUBLIC KEY ----\n"
    "Comment: \"1024-bit RSA, converted from OpenSSH, with a comment \\\n"
    "that goes on: in a second line\"\n"
    "x-command: /bin/true\n"
    "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDbakRYy6ajiXLWg2OPMviMP4dJqtrazWdtbzC5J7\n"
    "Sa+n7KbmpHBqR1e1id8vLcTIHIWGBBXVUGFMCvrVOOxLEjnUN76OsMbjkFeRZ4u+Gr9YO3\n"
    "3irIef+iINBggw1KoylXjo3hfYae8YYAqj42t+k5aW/6j8L1cL78Rh6+HIMQTQ==\n"
    "---- END SSH2 PUBLIC KEY ----\n";
const std::string kRsaMd5 = "e8:9b:11:37:a6:e8:dc:fa:4d:d2:b5:c0:8f:02:c6:5d";
const std::string kEd25519Blob =
    "AAAAC3NzaC1lZDI1NTE5AAAAIMt8w3xhDP2it48nfOcr+IPqu3p7yk4uYGY5sNbzinak";
const std::string kEd25519Line = "ssh-ed25519 " + kEd25519Blob;
const std::string kEd25519Sha256 = "IybDB5PH9w7hblnA0HeQxguOS11PhC3TAZxZVBHzlVc=";

std::string ssh_string(std::string_view bytes)
{
    std::string string;
    for (const int shift : {24, 16, 8, 0}) {
        string += static_cast<char>(bytes.size() >> shift & 0xFFU);
    }
    return string + std::string(bytes);
}

/// The bytes of an odd number of so many bits, with a zero in front as an mpint has it.
std::string odd_number(std::size_t bits)
{
    std::string bytes(bits / 8, '\x5A');
    bytes.front() = '\x80';
    bytes.back() = '\x01';
    return std::string(1, '\0') + bytes;
}

const std::string kUsualExponent("\1\0\1", 3);

std::string line_of(const std::string& algorithm, const std::string& blob)
{
    return algorithm + " " + wire::encode_base64(blob);
}

/// An RSA key's line, whatever its numbers are.
std::string rsa_line(const std::string& exponent, const std::string& modulus)
{
    return line_of("ssh-rsa", ssh_string("ssh-rsa") + ssh_string(exponent) + ssh_string(modulus));
}

std::string ssh2(const std::string& base64)
{
    return "---- BEGIN SSH2 PUBLIC KEY ----\n" + base64 + "\n---- END SSH2 PUBLIC KEY ----\n";
}

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

std::string base64_der(EVP_PKEY* key)
{
    unsigned char* der = nullptr;
    const auto size = i2d_PUBKEY(key, &der);
    const std::string bytes(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return wire::encode_base64(bytes);
}

bool is_key(const std::string& material)
{
    return import_public_key(material).has_value();
}

std::string sha1_of_pkcs8(std::string_view pem)
{
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
    const Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
    const std::unique_ptr<PKCS8_PRIV_KEY_INFO, decltype(&PKCS8_PRIV_KEY_INFO_free)> pkcs8(
        EVP_PKEY2PKCS8(key.get()), &PKCS8_PRIV_KEY_INFO_free);
    unsigned char* der = nullptr;
    const auto size = i2d_PKCS8_PRIV_KEY_INFO(pkcs8.get(), &der);
    std::array<unsigned char, 20> digest;
    EVP_Digest(der, static_cast<std::size_t>(size), digest.data(), nullptr, EVP_sha1(), nullptr);
    OPENSSL_free(der);
    return fmt::format("{:02x}", fmt::join(digest, ":"));
}

std::vector<std::string> lines_of(std::string_view text)
{
    std::istringstream stream{std::string(text)};
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) {
        lines.push_back(line);
    }
    return lines;
}

TEST(CreateKey, RsaPemIsPkcs1OfTwoThousandAndFortyEightBits)
{
    const auto created = create_key(KeyType::kRsa, KeyFormat::kPem, "lab");
    const auto text = created.material.text();
    EXPECT_TRUE(text.starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
    EXPECT_TRUE(text.ends_with("\n-----END RSA PRIVATE KEY-----"));
    EXPECT_EQ(created.public_key.type, KeyType::kRsa);
    // The algorithm, the exponent and a modulus of 257 bytes with its zero in front.
    EXPECT_TRUE(created.public_key.openssh.starts_with("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ"));
}

TEST(CreateKey, Ed25519PemIsOpenSshsWithoutPassphraseAndComment)
{
    const auto created = create_key(KeyType::kEd25519, KeyFormat::kPem, "lab");
    const auto lines = lines_of(created.material.text());
    ASSERT_EQ(lines.size(), 7U);
    EXPECT_EQ(lines.front(), "-----BEGIN OPENSSH PRIVATE KEY-----");
    EXPECT_EQ(lines.back(), "-----END OPENSSH PRIVATE KEY-----");
    EXPECT_EQ(lines[1].size(), 70U);
    EXPECT_TRUE(lines[1].starts_with("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB"));
    EXPECT_EQ(created.material.text().back(), '\n');
    EXPECT_EQ(created.public_key.type, KeyType::kEd25519);
}

TEST(CreateKey, FingerprintOfRsaIsTheSha1OfItsPkcs8)
{
    const auto created = create_key(KeyType::kRsa, KeyFormat::kPem, "lab");
    EXPECT_EQ(created.public_key.fingerprint, sha1_of_pkcs8(created.material.text()));
}

TEST(CreateKey, FingerprintOfAnEd25519KeyIsTheSameWhenItIsImported)
{
    const auto created = create_key(KeyType::kEd25519, KeyFormat::kPem, "lab").public_key;
    const auto imported = import_public_key(created.openssh);
    ASSERT_TRUE(imported);
    EXPECT_EQ(created.fingerprint, imported->fingerprint);
    EXPECT_EQ(created.openssh, imported->openssh);
}

TEST(CreateKey, FingerprintOfAnRsaKeyIsAnotherWhenItIsImported)
{
    const auto created = create_key(KeyType::kRsa, KeyFormat::kPem, "lab").public_key;
    const auto imported = import_public_key(created.openssh);
    ASSERT_TRUE(imported);
    EXPECT_EQ(created.openssh, imported->openssh);
    EXPECT_EQ(created.fingerprint.size(), 20U * 3 - 1);
    EXPECT_EQ(imported->fingerprint.size(), 16U * 3 - 1);
}

TEST(CreateKey, PpkIsOfVersionTwoAndHasTheNameForItsComment)
{
    const auto lines =
        lines_of(create_key(KeyType::kEd25519, KeyFormat::kPpk, "lab").material.text());
    ASSERT_EQ(lines.size(), 9U);
    EXPECT_EQ(lines[0], "PuTTY-User-Key-File-2: ssh-ed25519");
    EXPECT_EQ(lines[1], "Encryption: none");
    EXPECT_EQ(lines[2], "Comment: lab");
    EXPECT_EQ(lines[3], "Public-Lines: 2");
    EXPECT_EQ(lines[6], "Private-Lines: 1");
}

TEST(CreateKey, NoTwoKeysAreTheSame)
{
    for (const auto type : {KeyType::kRsa, KeyType::kEd25519}) {
        EXPECT_NE(create_key(type, KeyFormat::kPem, "lab").public_key.openssh,
                  create_key(type, KeyFormat::kPem, "lab").public_key.openssh);
    }
}

TEST(CreateKey, ALineEndInANameBeginsNoLineOfItsOwn)
{
    const std::string name = "lab\r\nPrivate-Lines: 0\x7F";
    const auto created = create_key(KeyType::kEd25519, KeyFormat::kPpk, name);
    EXPECT_EQ(lines_of(created.material.text())[2], "Comment: lab  Private-Lines: 0 ");
    EXPECT_EQ(public_key_line(created.public_key, name),
              created.public_key.openssh + " lab  Private-Lines: 0 ");
}

TEST(KeyMaterial, IsMovedAndNeverCopied)
{
    static_assert(std::is_nothrow_move_constructible_v<KeyMaterial>);
    static_assert(std::is_nothrow_move_assignable_v<KeyMaterial>);
    static_assert(!std::is_copy_constructible_v<KeyMaterial>);
    static_assert(!std::is_copy_assignable_v<KeyMaterial>);
    KeyMaterial first = create_key(KeyType::kEd25519, KeyFormat::kPem, "lab").material;
    const KeyMaterial second = std::move(first);
    EXPECT_TRUE(second.text().starts_with("-----BEGIN"));
}

TEST(PublicKeyLine, HasTheNameForItsComment)
{
    const auto key = import_public_key(kRsaLine + " user@host");
    ASSERT_TRUE(key);
    EXPECT_EQ(public_key_line(*key, "lab"), kRsaLine + " lab");
}

TEST(ImportPublicKey, TakesAnOpenSshLineOfRsa)
{
    for (const auto* rest :
         {"", " user@host", " a comment of words", "\n", " user@host\r\n", "\t x", "  \n\n"}) {
        const auto key = import_public_key(kRsaLine + rest);
        ASSERT_TRUE(key) << rest;
        EXPECT_EQ(key->type, KeyType::kRsa);
        EXPECT_EQ(key->openssh, kRsaLine);
        EXPECT_EQ(key->fingerprint, kRsaMd5);
    }
}

TEST(ImportPublicKey, TakesAnOpenSshLineOfEd25519)
{
    for (const auto* rest : {"", " user@host", "\n"}) {
        const auto key = import_public_key(kEd25519Line + rest);
        ASSERT_TRUE(key) << rest;
        EXPECT_EQ(key->type, KeyType::kEd25519);
        EXPECT_EQ(key->openssh, kEd25519Line);
        EXPECT_EQ(key->fingerprint, kEd25519Sha256);
    }
}

TEST(ImportPublicKey, TakesTheFormOfRfc4716)
{
    auto with_other_line_ends = kRsaSsh2;
    for (std::size_t at = 0; (at = with_other_line_ends.find('\n', at)) != std::string::npos;) {
        with_other_line_ends.replace(at, 1, "\r\n");
        at += 2;
    }
    for (const auto& material : {kRsaSsh2, with_other_line_ends, ssh2(kRsaBlob)}) {
        const auto key = import_public_key(material);
        ASSERT_TRUE(key) << material;
        EXPECT_EQ(key->openssh, kRsaLine);
        EXPECT_EQ(key->fingerprint, kRsaMd5);
    }
}

TEST(ImportPublicKey, TakesTheBase64OfItsDer)
{
    auto in_one_line = kRsaDer;
    std::erase(in_one_line, '\n');
    for (const auto& material : {kRsaDer, in_one_line}) {
        const auto key = import_public_key(material);
        ASSERT_TRUE(key) << material;
        EXPECT_EQ(key->openssh, kRsaLine);
        EXPECT_EQ(key->fingerprint, kRsaMd5);
    }
}

TEST(ImportPublicKey, TakesRsaOfSomeLengthsOnly)
{
    for (const std::size_t bits : {1024, 2048, 3072, 4096, 8192}) {
        EXPECT_TRUE(is_key(rsa_line(kUsualExponent, odd_number(bits)))) << bits;
    }
    for (const std::size_t bits : {512, 768, 1016, 1032, 1536, 2040}) {
        EXPECT_FALSE(is_key(rsa_line(kUsualExponent, odd_number(bits)))) << bits;
    }
}

TEST(ImportPublicKey, TakesExponentsOfSixtyFourBits)
{
    const auto modulus = odd_number(2048);
    EXPECT_TRUE(is_key(rsa_line("\x03", modulus)));
    EXPECT_TRUE(is_key(rsa_line("\x25", modulus)));
    EXPECT_TRUE(is_key(rsa_line(odd_number(64), modulus)));
    EXPECT_FALSE(is_key(rsa_line(odd_number(72), modulus)));
    EXPECT_FALSE(is_key(rsa_line(odd_number(2048), modulus)));
}

TEST(ImportPublicKey, RefusesNumbersThatMakeNoRsaKey)
{
    const auto modulus = odd_number(2048);
    auto even = modulus;
    even.back() = '\x02';
    for (const auto& exponent : {std::string(), std::string("\1"), std::string("\1\0", 2)}) {
        EXPECT_FALSE(is_key(rsa_line(exponent, modulus)));
    }
    EXPECT_FALSE(is_key(rsa_line(kUsualExponent, even)));
    EXPECT_FALSE(is_key(rsa_line(kUsualExponent, "")));
    // Negative, and with a needless zero in front.
    EXPECT_FALSE(is_key(rsa_line(kUsualExponent, modulus.substr(1))));
    EXPECT_FALSE(is_key(rsa_line(kUsualExponent, std::string(1, '\0') + modulus)));
    EXPECT_FALSE(is_key(rsa_line(std::string(1, '\0') + kUsualExponent, modulus)));
}

TEST(ImportPublicKey, RefusesOtherAlgorithms)
{
    const auto number = odd_number(1024);
    const auto dsa = ssh_string("ssh-dss") + ssh_string(number) + ssh_string(number) +
                     ssh_string(number) + ssh_string(number);
    const std::string p256 = "ecdsa-sha2-nistp256";
    const auto ecdsa =
        ssh_string(p256) + ssh_string("nistp256") + ssh_string(std::string(65, '\4'));
    EXPECT_FALSE(is_key(line_of("ssh-dss", dsa)));
    EXPECT_FALSE(is_key(ssh2(wire::encode_base64(dsa))));
    EXPECT_FALSE(is_key(line_of(p256, ecdsa)));
    EXPECT_FALSE(is_key(line_of("rsa-sha2-256", wire::decode_base64(kRsaBlob).value())));
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    EXPECT_FALSE(is_key(base64_der(key.get())));
}

TEST(ImportPublicKey, RefusesEd25519InOtherFormsThanALine)
{
    const auto bytes = wire::decode_base64(kEd25519Blob).value().substr(19);
    const Key key(EVP_PKEY_new_raw_public_key_ex(
                      nullptr, "ED25519", nullptr,
                      reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()),
                  &EVP_PKEY_free);
    EXPECT_FALSE(is_key(base64_der(key.get())));
    EXPECT_FALSE(is_key(ssh2(kEd25519Blob)));
}

TEST(ImportPublicKey, RefusesPem)
{
    EXPECT_FALSE(is_key("-----BEGIN PUBLIC KEY-----\n" + kRsaDer + "-----END PUBLIC KEY-----\n"));
    EXPECT_FALSE(
        is_key(std::string(create_key(KeyType::kRsa, KeyFormat::kPem, "lab").material.text())));
}

TEST(ImportPublicKey, RefusesWhatIsMoreThanOneKey)
{
    EXPECT_FALSE(is_key(kEd25519Line + "\n" + kEd25519Line));
    EXPECT_FALSE(is_key(kEd25519Line + "\rx"));
    EXPECT_FALSE(is_key(ssh2(kRsaBlob) + ssh2(kRsaBlob)));
    EXPECT_FALSE(is_key(kRsaDer + kRsaDer));
}

TEST(ImportPublicKey, RefusesOptionsBeforeTheLine)
{
    EXPECT_FALSE(is_key("no-pty " + kEd25519Line));
    EXPECT_FALSE(is_key("command=\"/bin/true\" " + kEd25519Line));
}

TEST(ImportPublicKey, RefusesANameThatIsNotThatOfTheBlob)
{
    EXPECT_FALSE(is_key("ssh-rsa " + kEd25519Blob));
    EXPECT_FALSE(is_key("ssh-ed25519 " + kRsaBlob));
    EXPECT_FALSE(is_key("SSH-ED25519 " + kEd25519Blob));
    EXPECT_FALSE(is_key(kEd25519Blob));
}

TEST(ImportPublicKey, RefusesEveryTruncatedBlob)
{
    for (const auto* line : {&kRsaLine, &kEd25519Line}) {
        const auto algorithm = line->substr(0, line->find(' '));
        const auto blob = wire::decode_base64(line->substr(algorithm.size() + 1)).value();
        for (std::size_t size = 0; size < blob.size(); ++size) {
            EXPECT_FALSE(is_key(line_of(algorithm, blob.substr(0, size)))) << algorithm << size;
        }
    }
    const auto der = wire::decode_base64(kRsaDer).value();
    for (std::size_t size = 0; size < der.size(); ++size) {
        EXPECT_FALSE(is_key(wire::encode_base64(der.substr(0, size)))) << size;
    }
}

TEST(ImportPublicKey, RefusesBytesBehindTheKey)
{
    const auto rsa = wire::decode_base64(kRsaBlob).value();
    const auto ed25519 = wire::decode_base64(kEd25519Blob).value();
    EXPECT_FALSE(is_key(line_of("ssh-rsa", rsa + '\0')));
    EXPECT_FALSE(is_key(line_of("ssh-rsa", rsa + ssh_string("more"))));
    EXPECT_FALSE(is_key(line_of("ssh-ed25519", ed25519 + '\0')));
    EXPECT_FALSE(is_key(wire::encode_base64(wire::decode_base64(kRsaDer).value() + '\0')));
}

TEST(ImportPublicKey, RefusesLengthsBeyondTheBlob)
{
    const auto name = ssh_string("ssh-ed25519");
    for (const auto* length : {"\0\0\0\x21", "\xFF\xFF\xFF\xFF", "\x80\0\0\0", "\0\0\1\0"}) {
        EXPECT_FALSE(
            is_key(line_of("ssh-ed25519", name + std::string(length, 4) + std::string(32, 'k'))));
    }
}

TEST(ImportPublicKey, RefusesBrokenFormsOfRfc4716)
{
    const std::string begin = "---- BEGIN SSH2 PUBLIC KEY ----";
    const std::string end = "---- END SSH2 PUBLIC KEY ----";
    for (const auto& material :
         {begin, begin + "\n", begin + end, begin + "\n" + end, begin + "\n" + kRsaBlob,
          begin + "\n" + kRsaBlob + end, begin + "\nComment: x\\\n" + kRsaBlob + "\n" + end,
          begin + "\n" + kRsaBlob + "\nComment: x\n" + end, begin + kRsaBlob + "\n" + end,
          kRsaBlob + "\n" + end, "x\n" + ssh2(kRsaBlob)}) {
        EXPECT_FALSE(is_key(material)) << material;
    }
}

TEST(ImportPublicKey, RefusesWhatIsNoBase64)
{
    for (const auto& material :
         {std::string(), std::string(" \n"), std::string("garbage"), std::string("ssh-rsa"),
          std::string("ssh-rsa "), std::string("ssh-rsa ===="), "ssh-rsa" + kRsaBlob,
          kRsaLine.substr(0, kRsaLine.size() - 1), "ssh-rsa *" + kRsaBlob.substr(1)}) {
        EXPECT_FALSE(is_key(material)) << material;
    }
}

TEST(ImportPublicKey, RefusesBytesThatAreNoText)
{
    EXPECT_FALSE(is_key(kEd25519Line + " us\xC3\xA9r"));
    EXPECT_FALSE(is_key(kEd25519Line + std::string(1, '\0')));
    EXPECT_FALSE(is_key(kEd25519Line + " \x1B[2J"));
    EXPECT_FALSE(is_key("\xEF\xBB\xBF" + kEd25519Line));
}

TEST(ImportPublicKey, TakesTwoThousandAndFortyEightBytesAndNoMore)
{
    const auto comment = [](std::size_t total) {
        return " " + std::string(total - kEd25519Line.size() - 1, 'x');
    };
    EXPECT_TRUE(is_key(kEd25519Line + comment(kMaxPublicKeyMaterialBytes)));
    EXPECT_FALSE(is_key(kEd25519Line + comment(kMaxPublicKeyMaterialBytes + 1)));
    EXPECT_FALSE(is_key(std::string(std::size_t{16} << 20, 'A')));
}

std::size_t below(std::mt19937_64& random, std::size_t bound)
{
    return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

/// One byte changed, put in or left out, or a part of the bytes repeated or left out.
void mutate(std::string& bytes, std::mt19937_64& random)
{
    const auto at = below(random, bytes.size() + 1);
    const auto size = below(random, 8);
    switch (below(random, 5)) {
        case 0:
            bytes.insert(at, 1, static_cast<char>(below(random, 256)));
            break;
        case 1:
            bytes.erase(at, 1);
            break;
        case 2:
            bytes.erase(at, size);
            break;
        case 3:
            bytes.insert(at, bytes.substr(at, size));
            break;
        default:
            if (at < bytes.size()) {
                bytes[at] = static_cast<char>(below(random, 256));
            }
    }
}

/// A valid key's material with its text changed, or the bytes that its base64 stands for.
std::string mutant(std::mt19937_64& random)
{
    static const std::array<std::string, 4> kTexts = {kRsaLine, kEd25519Line, kRsaSsh2, kRsaDer};
    static const std::array<std::pair<std::string, std::string>, 3> kBytes = {
        {{"ssh-rsa ", kRsaBlob}, {"ssh-ed25519 ", kEd25519Blob}, {"", kRsaDer}}};
    const auto changes = 1 + below(random, 3);
    if (below(random, 2) == 0) {
        auto text = kTexts[below(random, kTexts.size())];
        for (std::size_t change = 0; change < changes; ++change) {
            mutate(text, random);
        }
        return text;
    }
    const auto& [prefix, base64] = kBytes[below(random, kBytes.size())];
    auto bytes = wire::decode_base64(base64).value();
    for (std::size_t change = 0; change < changes; ++change) {
        mutate(bytes, random);
    }
    return prefix + wire::encode_base64(bytes);
}

TEST(ImportPublicKey, AnswersEveryMutationOfAValidKey)
{
    auto random = test::seeded_random();
    std::size_t keys = 0;
    const int count = std::getenv("AMILAB_LONG") != nullptr ? 200'000 : 20'000;
    for (int i = 0; i < count; ++i) {
        const auto material = mutant(random);
        const auto key = import_public_key(material);
        if (!key) {
            continue;
        }
        ++keys;
        const auto again = import_public_key(key->openssh);
        ASSERT_TRUE(again) << material;
        ASSERT_EQ(again->openssh, key->openssh);
        ASSERT_EQ(again->fingerprint, key->fingerprint);
    }
    // Changed digits of a modulus make another key; changed structure makes none.
    EXPECT_GT(keys, 0U);
    EXPECT_LT(keys, static_cast<std::size_t>(count));
}

// What the tools that people use make of the keys.

bool has_tool(const std::string& name)
{
    const auto command = "command -v " + name + " >/dev/null 2>&1";
    return std::system(command.c_str()) == 0;
}

struct Ran {
    int status;
    std::string output;
};

/// By the shell, with what it says about errors.
Ran run(const std::string& command)
{
    std::FILE* const pipe = ::popen(("( " + command + " ) 2>&1 </dev/null").c_str(), "r");
    if (pipe == nullptr) {
        throw std::runtime_error("no shell");
    }
    std::string output;
    std::array<char, 4096> part;
    for (std::size_t size = 0; (size = std::fread(part.data(), 1, part.size(), pipe)) > 0;) {
        output.append(part.data(), size);
    }
    return {::pclose(pipe), output};
}

/// Only the owner can read it, as ssh-keygen demands.
std::string write_private(const TemporaryDirectory& directory, const std::string& name,
                          std::string_view text)
{
    namespace fs = std::filesystem;
    const auto path = directory.path() + "/" + name;
    std::ofstream(path, std::ios::binary) << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    return path;
}

std::string without_padding(std::string base64)
{
    std::erase(base64, '=');
    return base64;
}

class KeyTools : public ::testing::TestWithParam<KeyType> {
protected:
    TemporaryDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(, KeyTools, ::testing::Values(KeyType::kRsa, KeyType::kEd25519),
                         [](const auto& key) {
                             return key.param == KeyType::kRsa ? "Rsa" : "Ed25519";
                         });

TEST_P(KeyTools, SshKeygenReadsThePem)
{
    if (!has_tool("ssh-keygen")) {
        GTEST_SKIP() << "no ssh-keygen";
    }
    const auto created = create_key(GetParam(), KeyFormat::kPem, "lab");
    const auto path = write_private(directory_, "lab.pem", created.material.text());
    const auto shown = run("ssh-keygen -y -f " + path);
    EXPECT_EQ(shown.status, 0) << shown.output;
    EXPECT_EQ(shown.output, created.public_key.openssh + "\n");

    const auto listed = run("ssh-keygen -l -f " + path);
    EXPECT_EQ(listed.status, 0) << listed.output;
    if (GetParam() == KeyType::kEd25519) {
        EXPECT_EQ(listed.output, "256 SHA256:" + without_padding(created.public_key.fingerprint) +
                                     "  (ED25519)\n");
    } else {
        EXPECT_TRUE(listed.output.starts_with("2048 SHA256:")) << listed.output;
    }
}

TEST_P(KeyTools, PuttygenReadsThePpk)
{
    if (!has_tool("puttygen")) {
        GTEST_SKIP() << "no puttygen";
    }
    const auto created = create_key(GetParam(), KeyFormat::kPpk, "lab");
    const auto path = write_private(directory_, "lab.ppk", created.material.text());
    const auto shown = run("puttygen " + path + " -O public-openssh");
    EXPECT_EQ(shown.status, 0) << shown.output;
    EXPECT_EQ(shown.output, public_key_line(created.public_key, "lab") + "\n");

    // Only the private half tells whether the check sum is right.
    const auto converted = directory_.path() + "/lab.pem";
    const auto conversion = run("puttygen " + path + " -O private-openssh -o " + converted);
    EXPECT_EQ(conversion.status, 0) << conversion.output;
    const auto back = run("puttygen " + converted + " -O public-openssh");
    EXPECT_TRUE(back.output.starts_with(created.public_key.openssh)) << back.output;
}

TEST_P(KeyTools, PuttygenRefusesAPpkWhosePrivateHalfWasChanged)
{
    if (!has_tool("puttygen")) {
        GTEST_SKIP() << "no puttygen";
    }
    const auto created = create_key(GetParam(), KeyFormat::kPpk, "lab");
    std::string text(created.material.text());
    auto& digit = text[text.find("Private-Lines") + 25];
    digit = digit == 'A' ? 'B' : 'A';
    const auto path = write_private(directory_, "lab.ppk", text);
    const auto refused = run("puttygen " + path + " -O private-openssh -o " + path + ".pem");
    EXPECT_NE(refused.status, 0);
    EXPECT_NE(refused.output.find("MAC failed"), std::string::npos) << refused.output;
}

TEST_P(KeyTools, PuttygenReadsThePem)
{
    if (!has_tool("puttygen")) {
        GTEST_SKIP() << "no puttygen";
    }
    const auto created = create_key(GetParam(), KeyFormat::kPem, "lab");
    const auto path = write_private(directory_, "lab.pem", created.material.text());
    const auto shown = run("puttygen " + path + " -O public-openssh");
    EXPECT_EQ(shown.status, 0) << shown.output;
    EXPECT_TRUE(shown.output.starts_with(created.public_key.openssh)) << shown.output;
}

TEST_P(KeyTools, SshKeygensPublicKeysAreTaken)
{
    if (!has_tool("ssh-keygen")) {
        GTEST_SKIP() << "no ssh-keygen";
    }
    const bool is_rsa = GetParam() == KeyType::kRsa;
    const auto path = directory_.path() + "/own";
    const auto made = run(std::string("ssh-keygen -q -N '' -C 'a comment' -t ") +
                          (is_rsa ? "rsa -b 2048" : "ed25519") + " -f " + path);
    ASSERT_EQ(made.status, 0) << made.output;
    const auto line = run("cat " + path + ".pub").output;
    const auto key = import_public_key(line);
    ASSERT_TRUE(key) << line;
    EXPECT_EQ(key->openssh + " a comment\n", line);
    if (is_rsa) {
        const auto exported = import_public_key(run("ssh-keygen -e -f " + path + ".pub").output);
        ASSERT_TRUE(exported);
        EXPECT_EQ(exported->fingerprint, key->fingerprint);
    }
}

// As the EC2 User Guide has it checked.
TEST(CreateKey, OpensslComputesTheFingerprintOfRsa)
{
    if (!has_tool("openssl")) {
        GTEST_SKIP() << "no openssl";
    }
    const TemporaryDirectory directory;
    const auto created = create_key(KeyType::kRsa, KeyFormat::kPem, "lab");
    const auto path = write_private(directory, "lab.pem", created.material.text());
    const auto shown = run("openssl pkcs8 -in " + path +
                           " -inform PEM -outform DER -topk8 -nocrypt | openssl sha1 -c");
    EXPECT_TRUE(shown.output.ends_with("= " + created.public_key.fingerprint + "\n"))
        << shown.output;
}

}  // namespace
}  // namespace amilab::ec2
