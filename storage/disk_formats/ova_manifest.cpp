#include "storage/disk_formats/ova_manifest.h"

#include <algorithm>
#include <array>
#include <new>
#include <set>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "storage/base/text.h"

namespace amilab {

namespace {

std::size_t digest_bytes(ManifestAlgorithm algorithm)
{
    switch (algorithm) {
        case ManifestAlgorithm::kSha1:
            return 20;
        case ManifestAlgorithm::kSha256:
            return 32;
        case ManifestAlgorithm::kSha512:
            break;
    }
    return 64;
}

const EVP_MD* method_of(ManifestAlgorithm algorithm)
{
    switch (algorithm) {
        case ManifestAlgorithm::kSha1:
            return ::EVP_sha1();
        case ManifestAlgorithm::kSha256:
            return ::EVP_sha256();
        case ManifestAlgorithm::kSha512:
            break;
    }
    return ::EVP_sha512();
}

constexpr std::string_view kBlanks = " \t\r";

[[noreturn]] void refuse_line(int number)
{
    throw DiskImageError(DiskImageFault::kArchive,
                         fmt::format("line {} of the manifest is invalid", number));
}

ManifestLine parse_line(std::string_view line, int number)
{
    const auto equals = line.rfind('=');
    const auto open = line.find('(');
    const auto close = line.rfind(')', equals);
    if (equals == std::string_view::npos || open == std::string_view::npos ||
        close == std::string_view::npos || close < open ||
        !trimmed(line.substr(close + 1, equals - close - 1), kBlanks).empty()) {
        refuse_line(number);
    }
    const auto algorithm = find_word<ManifestAlgorithm>(trimmed(line.substr(0, open), kBlanks));
    std::string digest(trimmed(line.substr(equals + 1), kBlanks));
    std::ranges::transform(digest, digest.begin(), [](char c) {
        return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    if (!algorithm || digest.size() != 2 * digest_bytes(*algorithm) ||
        digest.find_first_not_of("0123456789abcdef") != std::string::npos) {
        refuse_line(number);
    }
    return {.algorithm = *algorithm,
            .file_name = std::string(line.substr(open + 1, close - open - 1)),
            .digest = std::move(digest)};
}

EVP_MD_CTX* of(void* context)
{
    return static_cast<EVP_MD_CTX*>(context);
}

void require(int done)
{
    if (done != 1) {
        throw std::bad_alloc();  // nothing else fails there
    }
}

}  // namespace

std::vector<ManifestLine> parse_manifest(std::string_view text)
{
    std::vector<ManifestLine> lines;
    std::set<std::string> names;
    for (int number = 1; !text.empty(); ++number) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (trimmed(line, kBlanks).empty()) {
            continue;
        }
        lines.push_back(parse_line(line, number));
        // Twice the same file would be as much work as many files.
        if (!names.insert(lines.back().file_name).second) {
            refuse_line(number);
        }
    }
    return lines;
}

void ManifestDigest::Free::operator()(void* context) const
{
    ::EVP_MD_CTX_free(of(context));
}

ManifestDigest::ManifestDigest(ManifestAlgorithm algorithm) : context_(::EVP_MD_CTX_new())
{
    require(context_ != nullptr ? 1 : 0);
    require(::EVP_DigestInit_ex(of(context_.get()), method_of(algorithm), nullptr));
}

void ManifestDigest::add(std::span<const std::byte> bytes)
{
    require(::EVP_DigestUpdate(of(context_.get()), bytes.data(), bytes.size()));
}

std::string ManifestDigest::finish()
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    require(::EVP_DigestFinal_ex(of(context_.get()), digest.data(), &length));
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
        text += fmt::format("{:02x}", digest[i]);
    }
    return text;
}

}  // namespace amilab
