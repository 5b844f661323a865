#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>

#include "tests/support/emulator_fixture.h"

/// What tests do with the bytes of volumes, as an attached machine would.
namespace amilab::test {

/// Fills `length` bytes from `offset` on, multiples of 512, with the character.
void fill_volume(TestEmulator& emulator, const std::string& volume, std::uint64_t offset,
                 std::uint64_t length, char with, const std::string& region = kRegion,
                 const std::string& account = kAccount);

/// The characters at the offsets, which are multiples of 512; '.' for a zero.
std::string sample_volume(TestEmulator& emulator, const std::string& volume,
                          std::initializer_list<std::uint64_t> offsets,
                          const std::string& region = kRegion,
                          const std::string& account = kAccount);

}  // namespace amilab::test
