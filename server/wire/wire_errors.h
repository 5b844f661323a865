#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/api_error.h"
#include "server/wire/schema.h"

/// The refusals that come before any handler. Here alone their codes and messages are spelled.
namespace amilab::wire {

/// What is said of an access key that is nobody's. Source: observed.
inline constexpr std::string_view kKeyIsNobodys =
    "AWS was not able to validate the provided access credentials";

/// Of a name or a value, however long it is, messages have this much.
inline constexpr std::size_t kMostQuotedBytes = 256;
/// The status of what AWS denies.
inline constexpr int kForbidden = 403;

/// Source: observed. EC2 names the part that it does not know, not the whole path.
ApiError unknown_parameter(std::string_view name);
/// Source: observed.
ApiError missing_parameter(std::string_view name);
/// The value has the wrong type, is not in the enum or out of bounds. `why` is a sentence or empty.
/// Source: "Value ( 1 ) for parameter maxResults is invalid. Expecting a value greater than 5."
/// (observed); the same frame for the other reasons (assumed).
ApiError invalid_parameter_value(std::string_view name, std::string_view value,
                                 std::string_view why);
/// Source: code documented, text assumed.
ApiError duplicate_parameter(std::string_view name);
/// More parameters, list members or levels than are read. Source: assumed.
ApiError too_many_parameters(std::string_view what);
/// Source: code documented, text assumed.
ApiError malformed_query_string(std::string_view why);
/// Text that is not UTF-8. Source: code documented, text assumed.
ApiError invalid_character(std::string_view name);

/// A GET that changes something, which a page of another site may have had a browser send. Source:
/// the code is EC2's for requests without credentials (documented), rule and text are amilab's own.
ApiError unsigned_change(std::string_view action);

/// Known to AWS, not offered here. Source: amilab's own; the code is AWS's for such cases.
ApiError unsupported_parameter(std::string_view name);
/// Ours, with EC2's code.
ApiError service_not_offered(std::string_view service);
ApiError unsupported_operation(std::string_view action);
/// No action of the service. Source: observed.
ApiError invalid_action(std::string_view action);
/// Source: documented.
ApiError missing_action();
/// Source: observed at another service of the same protocol.
ApiError no_such_version(std::string_view version, std::string_view service);

/// A filter that neither the documentation nor the overlay names. Source: observed.
ApiError invalid_filter(std::string_view name);

// The json protocols.

/// JSON that cannot be read, or a value of another type than the member's.
/// Source: the code is AWS's (observed); the texts are those of services of the same protocols
/// (observed) where they have one for the case.
ApiError serialization_error(std::string_view why);
/// Constraints that members fail, each "Value 'x' at 'y' failed to satisfy constraint: z", the
/// first of them the member `first_path`.
/// Source: code and frame observed at services of both protocols; the reason documented for those
/// that have one.
ApiError constraints_failed(const std::vector<std::string>& failures, std::string_view first_path);
/// One of them.
std::string constraint_failure(std::string_view value, std::string_view path,
                               std::string_view constraint);
/// The member is none of the operation's. Source: AWS ignores it; the refusal is amilab's own.
ApiError unknown_member(std::string_view path);
ApiError unsupported_member(std::string_view path);
ApiError unsupported_json_operation(std::string_view action);
/// Neither the target nor the path means an operation. Source: code observed.
ApiError unknown_operation(int http_status);

/// An Authorization header that cannot be read. Source: observed.
ApiError incomplete_signature(std::string_view why);

/// The access key is nobody's. Source: EC2's code, text and 401 for such keys (observed).
ApiError unknown_access_key();
/// Temporary credentials without the session token that belongs to them, or whose time is over.
/// Source: code, status and text by protocol: EC2's and STS's are observed, of the json protocols
/// the codes and statuses are documented as common errors, the texts are STS's (assumed).
ApiError session_token_invalid(Protocol protocol);
ApiError session_token_expired(Protocol protocol);
/// The credential scope names a region that does not exist. Source: the code and 401 are EC2's for
/// a region that the account cannot use (observed), the text is other services' (observed); S3 says
/// it in its own way (observed), and that it expects us-east-1 whatever is asked for (assumed).
ApiError unknown_region(std::string_view region, Protocol protocol);
/// Source: observed.
ApiError region_not_opted_in();

}  // namespace amilab::wire
