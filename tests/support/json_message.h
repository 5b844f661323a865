#pragma once

#include <string>

#include <boost/json.hpp>

#include "server/wire/schema.h"
#include "tests/support/emulator_fixture.h"

/// Requests of the json services, made from members as the schema has them.
namespace amilab::test {

/// A request as HTTP carries it.
struct JsonMessage {
    std::string method;
    /// The undecoded path with its query.
    std::string target;
    std::string body;
    Parameters headers;
};

/// Carries each of `members` where the operation wants it: in the path, the query, a header or the
/// body. A member that the path wants is among them.
JsonMessage message_of(const wire::ServiceSchema& service, const wire::OperationSchema& operation,
                       const boost::json::object& members);

/// The parameter whose value is the body of an operation that takes bytes.
inline constexpr std::string_view kPayload = "Payload";

/// Parameters are named as wire::parameters_of does: {"RetentionPeriod.RetentionPeriodValue", "7"},
/// {"TagKeys.1", "team"}. What the schema does not know, and what is not of its member's kind,
/// becomes a string: that is for the service to refuse.
JsonMessage message_of(const wire::ServiceSchema& service, const wire::OperationSchema& operation,
                       const Parameters& parameters);

}  // namespace amilab::test
