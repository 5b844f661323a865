#include "server/services/ebs/tokens.h"

#include <array>
#include <cstring>
#include <stdexcept>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "server/calls/secrets.h"
#include "server/wire/types.h"

namespace amilab::ebs {

namespace {

constexpr std::string_view kStart("\0\0\1\1\1", 5);
constexpr std::size_t kMacBytes = 32;
constexpr std::size_t kTokenBytes = kStart.size() + sizeof(std::uint64_t) + kMacBytes;

void require(bool done)
{
    if (!done) {
        throw std::runtime_error("OpenSSL cannot make a token");
    }
}

std::string_view bytes_of(const std::uint64_t& number)
{
    return {reinterpret_cast<const char*>(&number), sizeof number};
}

/// The number that a token of the right shape carries.
std::optional<std::uint64_t> number_in(const std::string& bytes)
{
    if (bytes.size() != kTokenBytes || !bytes.starts_with(kStart)) {
        return std::nullopt;
    }
    std::uint64_t number = 0;
    std::memcpy(&number, bytes.data() + kStart.size(), sizeof number);
    return number;
}

}  // namespace

std::string make_token_key()
{
    std::string key(kMacBytes, '\0');
    require(RAND_bytes(reinterpret_cast<unsigned char*>(key.data()),
                       static_cast<int>(key.size())) == 1);
    return key;
}

void Tokens::FreeMac::operator()(EVP_MAC_CTX* context) const
{
    EVP_MAC_CTX_free(context);
}

Tokens::Tokens(std::string_view key)
{
    auto* const hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    require(hmac != nullptr);
    mac_.reset(EVP_MAC_CTX_new(hmac));
    EVP_MAC_free(hmac);
    require(mac_ != nullptr);
    std::array<char, 7> digest{"SHA256"};
    const std::array<OSSL_PARAM, 2> parameters = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0),
        OSSL_PARAM_construct_end()};
    require(EVP_MAC_init(mac_.get(), reinterpret_cast<const unsigned char*>(key.data()), key.size(),
                         parameters.data()) == 1);
}

std::string Tokens::seal(std::string_view purpose, std::string_view what, std::uint64_t first,
                         std::uint64_t second)
{
    // The key stays from the constructor. Each part but the last two has a fixed end.
    require(EVP_MAC_init(mac_.get(), nullptr, 0, nullptr) == 1);
    constexpr std::string_view kEnd("\0", 1);
    for (const auto part : {purpose, kEnd, what, kEnd, bytes_of(first), bytes_of(second)}) {
        require(EVP_MAC_update(mac_.get(), reinterpret_cast<const unsigned char*>(part.data()),
                               part.size()) == 1);
    }
    std::array<unsigned char, kMacBytes> mac;
    std::size_t size = 0;
    require(EVP_MAC_final(mac_.get(), mac.data(), &size, mac.size()) == 1);
    std::string token(kStart);
    token += bytes_of(first);
    token.append(reinterpret_cast<const char*>(mac.data()), size);
    return wire::encode_base64(token);
}

std::string Tokens::block_token(std::string_view snapshot, std::uint64_t block_index,
                                TimeMs expires_ms)
{
    return seal("block", snapshot, static_cast<std::uint64_t>(expires_ms), block_index);
}

bool Tokens::is_block_token(std::string_view token, std::string_view snapshot,
                            std::uint64_t block_index, TimeMs now_ms)
{
    const auto bytes = wire::decode_base64(token);
    const auto expires_ms = bytes ? number_in(*bytes) : std::nullopt;
    return expires_ms && is_same_secret(seal("block", snapshot, *expires_ms, block_index), token) &&
           now_ms < static_cast<TimeMs>(*expires_ms);
}

std::string Tokens::page_token(std::string_view list, std::uint64_t next_block)
{
    return seal("page", list, next_block, 0);
}

std::optional<std::uint64_t> Tokens::read_page_token(std::string_view token, std::string_view list)
{
    const auto bytes = wire::decode_base64(token);
    const auto next_block = bytes ? number_in(*bytes) : std::nullopt;
    if (!next_block || !is_same_secret(seal("page", list, *next_block, 0), token)) {
        return std::nullopt;
    }
    return next_block;
}

}  // namespace amilab::ebs
