#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// What public keys are made of that are ever the same for the same seed, and of which nobody has
/// the private half. Throw std::runtime_error when OpenSSL fails.
namespace amilab::ec2 {

/// An odd number of full length, the highest byte first.
std::string modulus_of(std::string_view seed, std::size_t size_bytes);

/// A point of the curve (NID_secp384r1), uncompressed; a coordinate takes so many bytes.
std::string point_of(std::string_view seed, int curve, std::size_t coordinate_bytes);

}  // namespace amilab::ec2
