#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace amilab::ebs {

/// A SHA-256.
using Digest = std::array<std::byte, 32>;

/// Of the bytes of a digest.
Digest as_digest(std::string_view bytes);
std::string to_base64(const Digest& digest);

/// Throws ValidationException unless `text` is the base64 of 32 bytes.
Digest parse_checksum(std::string_view text);

}  // namespace amilab::ebs
