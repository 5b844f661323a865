#include "server/services/ec2/instances/instance_user_data.h"

#include "server/services/ec2/instances/errors.h"
#include "server/wire/types.h"

namespace amilab::ec2 {

namespace {

constexpr std::size_t kMostBytes = 16 * 1024;

}  // namespace

std::optional<std::string> encode_user_data(const std::string& bytes)
{
    if (bytes.size() > kMostBytes) {
        throw user_data_too_large(kMostBytes);
    }
    return bytes.empty() ? std::nullopt : std::optional(wire::encode_base64(bytes));
}

std::optional<std::string> check_user_data(const std::optional<std::string>& base64)
{
    if (!base64) {
        return std::nullopt;
    }
    const auto bytes = wire::decode_base64(*base64);
    if (!bytes) {
        throw malformed_user_data();
    }
    return encode_user_data(*bytes);
}

}  // namespace amilab::ec2
