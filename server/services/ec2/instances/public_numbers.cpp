#include "server/services/ec2/instances/public_numbers.h"

#include <memory>
#include <stdexcept>

#include <openssl/bn.h>
#include <openssl/ec.h>

#include "server/calls/secrets.h"
#include "server/services/ec2/common/openssl.h"

namespace amilab::ec2 {

namespace {

void require_point(bool is_done)
{
    if (!is_done) {
        throw std::runtime_error("OpenSSL cannot make a public key");
    }
}

/// So many bytes that hang on the seed alone.
std::string stretched(std::string_view seed, std::size_t size)
{
    std::string bytes;
    for (int round = 0; bytes.size() < size; ++round) {
        bytes += sha256(std::string(seed) + '/' + std::to_string(round));
    }
    bytes.resize(size);
    return bytes;
}

}  // namespace

std::string modulus_of(std::string_view seed, std::size_t size_bytes)
{
    auto bytes = stretched(seed, size_bytes);
    bytes.front() = static_cast<char>(bytes.front() | '\x80');
    bytes.back() = static_cast<char>(bytes.back() | '\x01');
    return bytes;
}

std::string point_of(std::string_view seed, int curve, std::size_t coordinate_bytes)
{
    const Owned<EC_GROUP, EC_GROUP_free> group(EC_GROUP_new_by_curve_name(curve));
    require_point(group != nullptr);
    const Owned<EC_POINT, EC_POINT_free> point(EC_POINT_new(group.get()));
    require_point(point != nullptr);
    for (int attempt = 0;; ++attempt) {
        // The first that digests of the seed hit.
        const auto x =
            stretched(std::string(seed) + '#' + std::to_string(attempt), coordinate_bytes);
        const Owned<BIGNUM, BN_free> number(BN_bin2bn(
            reinterpret_cast<const unsigned char*>(x.data()), static_cast<int>(x.size()), nullptr));
        require_point(number != nullptr);
        if (EC_POINT_set_compressed_coordinates(group.get(), point.get(), number.get(), 0,
                                                nullptr) == 1) {
            break;
        }
    }
    std::string bytes(1 + 2 * coordinate_bytes, '\0');
    require_point(EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                                     reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                                     nullptr) == bytes.size());
    return bytes;
}

}  // namespace amilab::ec2
