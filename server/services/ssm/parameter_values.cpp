#include "server/services/ssm/parameter_values.h"

#include <stdexcept>

#include <fmt/format.h>
#include <boost/regex.hpp>

#include "server/calls/encryption.h"
#include "server/calls/request_values.h"
#include "server/calls/secrets.h"
#include "server/services/ssm/errors.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab::ssm {

void require_allowed(std::string_view value, const std::string& pattern)
{
    try {
        // Boost's does not recurse, and gives up on what would take for ever.
        const boost::regex expression(pattern, boost::regex::perl);
        if (!boost::regex_search(value.begin(), value.end(), expression)) {
            throw pattern_mismatch(pattern);
        }
    } catch (const std::runtime_error& error) {
        // ApiError is one too.
        if (dynamic_cast<const ApiError*>(&error) != nullptr) {
            throw;
        }
        throw invalid_pattern(pattern);
    }
}

void require_key(const Session& session, const std::string& key_id)
{
    if (!has_only(key_id, ":/_-")) {
        throw wire::constraints_failed(
            {wire::constraint_failure(
                fmt::format("'{}'", key_id), "keyId",
                "Member must satisfy regular expression pattern: ^([a-zA-Z0-9:/_-]+)$")},
            "KeyId");
    }
    try {
        kms_key_arn(session, key_id);
    } catch (const ApiError&) {
        throw invalid_key(key_id);
    }
}

std::string sealed_value(std::string_view name, std::int64_t version, std::string_view value)
{
    return "AQICAH" +
           wire::encode_base64(sha256(fmt::format("secret {}:{}={}", name, version, value)));
}

}  // namespace amilab::ssm
