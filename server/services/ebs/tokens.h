#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <openssl/types.h>

#include "storage/base/clock.h"

namespace amilab::ebs {

/// What 32 random bytes from OpenSSL's generator are, kept for as long as the data is.
std::string make_token_key();

/// Makes and checks tokens that nobody can forge: an HMAC-SHA256 over what they stand for. One
/// thread. Source: base64 of 60 characters that begin with "AAAB" (observed).
class Tokens {
public:
    explicit Tokens(std::string_view key);

    /// The token of one block of a snapshot, good until `expires_ms`.
    std::string block_token(std::string_view snapshot, std::uint64_t block_index,
                            TimeMs expires_ms);
    bool is_block_token(std::string_view token, std::string_view snapshot,
                        std::uint64_t block_index, TimeMs now_ms);

    /// Where a list goes on; `list` names it.
    std::string page_token(std::string_view list, std::uint64_t next_block);
    /// Nothing when it is no token of this list.
    std::optional<std::uint64_t> read_page_token(std::string_view token, std::string_view list);

private:
    std::string seal(std::string_view purpose, std::string_view what, std::uint64_t first,
                     std::uint64_t second);

    struct FreeMac {
        void operator()(EVP_MAC_CTX* context) const;
    };
    std::unique_ptr<EVP_MAC_CTX, FreeMac> mac_;
};

}  // namespace amilab::ebs
