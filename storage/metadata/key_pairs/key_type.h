#pragma once

#include <cstdint>

#include "storage/base/vocabulary.h"

namespace amilab {

enum class KeyType : std::uint8_t { kRsa, kEd25519 };
template <>
inline constexpr auto kWords<KeyType> = words("rsa", "ed25519");

}  // namespace amilab
