#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "storage/blocks/volume.h"
#include "tests/support/emulator_fixture.h"

/// What tests of volumes share.
namespace amilab::test {

/// A volume of 10 GiB in us-east-1a; `extra` wins.
std::string new_volume(TestEmulator& aws, const Parameters& extra = {});
/// An io2 volume that several instances may have.
std::string new_shared_volume(TestEmulator& aws, const Parameters& extra = {});

/// A field of DescribeVolumes, below the one volume's item.
std::string volume_field(TestEmulator& aws, const std::string& id, const std::string& path);
std::string root_volume_of(TestEmulator& aws, const std::string& instance);
Parameters attach(const std::string& volume, const std::string& instance,
                  const std::string& device = "/dev/sdf");

/// The volume's own bytes, where the writes of its instance would be.
std::shared_ptr<Volume> open_bytes(TestEmulator& aws, const std::string& volume,
                                   std::string_view region = kRegion);
/// Text in the volume's own bytes, in whole sectors.
void write_text(TestEmulator& aws, const std::string& volume, std::uint64_t offset,
                std::string_view text);
/// `length` bytes that the volume has there.
std::string read_text(TestEmulator& aws, const std::string& volume, std::uint64_t offset,
                      std::size_t length);
/// Fills `length` bytes, whole sectors, with the character.
void fill_volume(TestEmulator& aws, const std::string& volume, std::uint64_t offset,
                 std::uint64_t length, char with);
/// The characters at the offsets, multiples of 512; '.' for a zero.
std::string sample_volume(TestEmulator& aws, const std::string& volume,
                          std::initializer_list<std::uint64_t> offsets,
                          std::string_view region = kRegion);

}  // namespace amilab::test
