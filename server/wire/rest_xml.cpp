#include "server/wire/rest_xml.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/algorithm/string/predicate.hpp>

#include "server/wire/credential_scope.h"
#include "server/wire/query.h"
#include "server/wire/read.h"
#include "server/wire/types.h"
#include "server/wire/wire_errors.h"

namespace amilab::wire {
namespace {

constexpr int kNotImplemented = 501;
constexpr int kMethodNotAllowed = 405;
/// More than any operation has.
constexpr std::size_t kMostQueryParameters = 100;

/// What presigned requests and SDKs add to a query, in small letters; no operation's.
constexpr std::array<std::string_view, 13> kOfSignatures = {"awsaccesskeyid",
                                                            "expires",
                                                            "signature",
                                                            "x-amz-algorithm",
                                                            "x-amz-credential",
                                                            "x-amz-content-sha256",
                                                            "x-amz-date",
                                                            "x-amz-expires",
                                                            "x-amz-security-token",
                                                            "x-amz-signature",
                                                            "x-amz-signedheaders",
                                                            "x-amz-user-agent",
                                                            "x-id"};

/// Source: code documented, text observed.
ApiError invalid_uri()
{
    return {"InvalidURI", "Couldn't parse the specified URI."};
}

/// Source: code and text observed.
ApiError method_not_allowed(std::string_view method)
{
    return ApiError("MethodNotAllowed",
                    "The specified method is not allowed against this resource.", kMethodNotAllowed)
        .with("Method", method)
        .with_header("Allow", "DELETE, GET, HEAD, POST, PUT");
}

/// Source: code and frame observed; the sentence about the value is amilab's own.
ApiError invalid_argument(const Member& member, std::string_view value, const std::string& message)
{
    return ApiError("InvalidArgument", message)
        .with("ArgumentName", member.wire_name)
        .with("ArgumentValue", value)
        .of_parameter(member.name);
}

std::string decoded(std::string_view text, bool plus_is_space)
{
    auto result = percent_decoded(text, plus_is_space);
    if (!result || !is_utf8(*result)) {
        throw invalid_uri();
    }
    return std::move(*result);
}

bool ends_without_case(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() &&
           std::equal(
               end.begin(), end.end(), text.end() - static_cast<std::ptrdiff_t>(end.size()),
               [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

/// One "name" or "name=value" of a query; nothing is decoded but by who asks.
struct Pair {
    std::string_view name;
    std::string_view value;
};

Pair pair_of(std::string_view text)
{
    const auto equals = std::min(text.find('='), text.size());
    return {text.substr(0, equals), text.substr(std::min(equals + 1, text.size()))};
}

/// Of "/{Bucket}?list-type=2": list-type=2.
std::string_view query_of(const OperationSchema& operation)
{
    const auto question = std::min(operation.uri.find('?'), operation.uri.size());
    return operation.uri.substr(std::min(question + 1, operation.uri.size()));
}

template <class Look>
void each_pair(std::string_view query, const Look& look)
{
    for (std::size_t start = 0; start < query.size();) {
        const auto end = std::min(query.find('&', start), query.size());
        look(pair_of(query.substr(start, end - start)));
        start = end + 1;
    }
}

bool has_pair(std::string_view query, const Pair& wanted)
{
    bool has = false;
    each_pair(query, [&](const Pair& pair) {
        has = has ||
              (pair.name == wanted.name && (wanted.value.empty() || pair.value == wanted.value));
    });
    return has;
}

bool has_name(std::string_view query, std::string_view name)
{
    return has_pair(query, {name, {}});
}

/// How deep the path goes that an operation has: the service, a bucket, an object.
int depth_of(const OperationSchema& operation)
{
    const auto path = operation.uri.substr(0, operation.uri.find('?'));
    return path == "/" ? 0 : path.find("/{Key") == std::string_view::npos ? 1 : 2;
}

/// How much of a request an operation wants that not every request has; nothing when the request
/// lacks some of it.
std::optional<int> match(const OperationSchema& operation, const JsonRequest& request)
{
    int wanted = 0;
    bool has_all = true;
    each_pair(query_of(operation), [&](const Pair& pair) {
        ++wanted;
        has_all = has_all && has_pair(request.query, pair);
    });
    for (const auto& member : operation.input->rows) {
        const bool is_header = member.location == Location::kHeader;
        if (!member.required || (!is_header && member.location != Location::kQuery)) {
            continue;
        }
        ++wanted;
        has_all = has_all && (is_header ? request.header && request.header(member.wire_name)
                                        : has_name(request.query, member.wire_name));
    }
    return has_all ? std::optional(wanted) : std::nullopt;
}

const Member* find_in_query(const OperationSchema& operation, std::string_view name)
{
    const auto& rows = operation.input->rows;
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Member& member) {
        return member.location == Location::kQuery && member.wire_name == name;
    });
    return found == rows.end() ? nullptr : &*found;
}

/// Whether the query may have it in place of a header. Source: of those that begin with x-amz-
/// documented; SDKs that presign in the older way add the other two (observed).
bool may_be_in_query(std::string_view name)
{
    return boost::algorithm::istarts_with(name, "x-amz-") ||
           boost::algorithm::iequals(name, "content-type") ||
           boost::algorithm::iequals(name, "content-md5");
}

/// Presigned requests may have in the query what else are headers. Source: documented.
const Member* find_header(const OperationSchema& operation, std::string_view name)
{
    const auto& rows = operation.input->rows;
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Member& member) {
        return member.location == Location::kHeader &&
               boost::algorithm::iequals(name, member.wire_name);
    });
    return found == rows.end() ? nullptr : &*found;
}

bool is_of_signature(std::string_view name)
{
    return std::any_of(kOfSignatures.begin(), kOfSignatures.end(), [&](std::string_view known) {
        return known.size() == name.size() && ends_without_case(name, known);
    });
}

/// What the client notes of an object: handlers read it, as they read it of headers.
bool is_metadata(const OperationSchema& operation, std::string_view name)
{
    const bool writes_object =
        depth_of(operation) > 1 && (operation.method == "PUT" || operation.method == "POST");
    return writes_object && boost::algorithm::istarts_with(name, "x-amz-meta-");
}

bool has_member(const std::vector<NamedValue>& values, const Member& member)
{
    return std::any_of(values.begin(), values.end(),
                       [&](const NamedValue& one) { return one.path == member.name; });
}

void read_rest_xml_query(const OperationSchema& operation, std::string_view query,
                         std::vector<NamedValue>& into)
{
    std::size_t count = 0;
    each_pair(query, [&](const Pair& pair) {
        const auto name = decoded(pair.name, true);
        if (++count > kMostQueryParameters) {
            throw invalid_uri();
        }
        if (name.empty() || is_of_signature(name) || has_pair(query_of(operation), pair) ||
            has_name(query_of(operation), name)) {
            return;
        }
        if (is_metadata(operation, name)) {
            decoded(pair.value, true);  // that it can be is all that is asked here
            return;
        }
        const auto* member = find_in_query(operation, name);
        if (member == nullptr && may_be_in_query(name)) {
            member = find_header(operation, name);
        }
        if (member == nullptr) {
            throw not_implemented(fmt::format("the query parameter {}", name));
        }
        if (has_member(into, *member)) {
            throw invalid_argument(*member, pair.value, "The parameter is given more than once.");
        }
        into.push_back({std::string(member->name), decoded(pair.value, true), Form::kText});
    });
}

void read_rest_xml_headers(const OperationSchema& operation, const JsonRequest& request,
                           std::vector<NamedValue>& into)
{
    for (const auto& member : operation.input->rows) {
        if (member.location != Location::kHeader || !request.header) {
            continue;
        }
        const auto value = request.header(member.wire_name);
        if (value && !has_member(into, member)) {
            into.push_back({std::string(member.name), std::string(*value), Form::kText});
        }
    }
}

/// An integer has 32 bits, whoever judges which of those are wanted.
bool fits(std::int64_t number, const Member& member)
{
    using Limits = std::numeric_limits<std::int32_t>;
    return member.kind != Kind::kInteger || (number >= Limits::min() && number <= Limits::max());
}

/// Source: both texts are observed: one of what is no integer, or too large for one, another of
/// what is out of the member's range.
void check_rest_xml_number(const ParameterNode& node, const Member& member)
{
    const auto number = parse_integer(node.value);
    if (!number || !fits(*number, member)) {
        throw invalid_argument(
            member, node.value,
            fmt::format("Provided {} not an integer or within integer range", member.wire_name));
    }
    if (*number < member.min || *number > member.max) {
        throw invalid_argument(member, node.value,
                               fmt::format("Argument {} must be an integer between {} and {}",
                                           member.wire_name, member.min, member.max));
    }
}

/// Algorithms and types of checksums. Source: code and text for a wrong one observed.
bool is_of_checksums(const Member& member)
{
    return member.wire_name.find("checksum") != std::string_view::npos;
}

/// Whether it is one of a member's words. Source: that checksums' algorithms may be in any letters,
/// as MinIO's client for Python sends them, assumed.
bool is_word_of(const Member& member, std::string_view value)
{
    return is_of_checksums(member) && member.wire_name.ends_with("-algorithm")
               ? std::any_of(
                     member.values.begin(), member.values.end(),
                     [&](std::string_view word) { return boost::algorithm::iequals(word, value); })
               : std::binary_search(member.values.begin(), member.values.end(), value);
}

void check_text(const ParameterNode& node, const Member& member)
{
    const bool is_word = member.values.empty() || is_word_of(member, node.value);
    if (!is_word && is_of_checksums(member)) {
        throw ApiError("InvalidRequest",
                       fmt::format("Value for {} header is invalid.", member.wire_name))
            .of_parameter(member.name);
    }
    if (!is_word) {
        throw invalid_argument(member, node.value,
                               fmt::format("Invalid {} specified in request: expected one of {}",
                                           member.wire_name, fmt::join(member.values, ", ")));
    }
    const auto length = static_cast<std::int64_t>(characters(node.value));
    if (length < member.min || length > member.max) {
        throw invalid_argument(member, node.value, "The length of the value is out of range.");
    }
}

void check_value(const ParameterNode& node, const Member& member)
{
    switch (member.kind) {
        case Kind::kInteger:
        case Kind::kLong:
            return check_rest_xml_number(node, member);
        case Kind::kBoolean:
            if (!parse_boolean(node.value)) {
                throw invalid_argument(member, node.value, "The value is neither true nor false.");
            }
            return;
        case Kind::kString:
        case Kind::kDouble:
        case Kind::kTimestamp:
        case Kind::kBlob:
        case Kind::kStructure:
        case Kind::kList:
            return check_text(node, member);
    }
}

/// Only its documented default passes.
void check_rest_xml_default(const ParameterNode& node, const Member& member)
{
    if (member.accepted.data() == nullptr || node.value != member.accepted) {
        throw not_implemented(fmt::format("{} ({})", member.name, member.wire_name))
            .of_parameter(member.name);
    }
}

/// "20260102T030405Z", as milliseconds since 1970; nothing for anything else.
std::optional<std::int64_t> parse_basic_time(std::string_view text)
{
    if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') {
        return std::nullopt;
    }
    const auto time = parse_timestamp(
        fmt::format("{}-{}-{}T{}:{}:{}Z", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2),
                    text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)));
    return time ? std::optional(time->ms) : std::nullopt;
}

/// Source: code documented, texts observed.
ApiError bad_presigning(const std::string& why)
{
    return {"AuthorizationQueryParametersError", why};
}

/// Source: code, text and elements observed.
ApiError has_expired(std::int64_t end_ms, std::int64_t wall_ms)
{
    return ApiError("AccessDenied", "Request has expired", kForbidden)
        .with("Expires", format_timestamp({end_ms}))
        .with("ServerTime", format_timestamp({wall_ms}));
}

/// When it ends what the query presigns; nothing where it presigns nothing.
std::optional<std::int64_t> end_of_presigned(std::string_view query)
{
    constexpr std::int64_t kMsInSecond = 1000;
    constexpr std::int64_t kMostSeconds = 604'800;
    if (const auto end = value_in_query(query, "Expires");
        end && value_in_query(query, "AWSAccessKeyId")) {
        const auto seconds = parse_integer(*end);
        if (!seconds || *seconds < 0 || *seconds > std::int64_t{1} << 40) {
            throw bad_presigning("Invalid date (should be seconds since epoch): " +
                                 end->substr(0, 64));
        }
        return *seconds * kMsInSecond;
    }
    if (!value_in_query(query, "X-Amz-Credential")) {
        return std::nullopt;
    }
    const auto begin = parse_basic_time(value_in_query(query, "X-Amz-Date").value_or(""));
    if (!begin) {
        throw bad_presigning(
            "X-Amz-Date must be in the ISO8601 Long Format "
            "\"yyyyMMdd'T'HHmmss'Z'\"");
    }
    const auto seconds = parse_integer(value_in_query(query, "X-Amz-Expires").value_or(""));
    if (!seconds) {
        throw bad_presigning("X-Amz-Expires should be a number");
    }
    if (*seconds < 0) {
        throw bad_presigning("X-Amz-Expires must be non-negative");
    }
    if (*seconds > kMostSeconds) {
        throw bad_presigning(
            "X-Amz-Expires must be less than a week (in seconds); that is, the "
            "given X-Amz-Expires must be less than 604800 seconds");
    }
    return *begin + *seconds * kMsInSecond;
}

/// Source: observed for headers of copies; of the others assumed.
ApiError missing_member(const Member& member)
{
    return ApiError("InvalidRequest",
                    fmt::format("Missing required header or parameter for this request: {}",
                                member.wire_name))
        .of_parameter(member.name);
}

}  // namespace

ApiError not_implemented(std::string_view what)
{
    return {"NotImplemented",
            fmt::format("A header or parameter you provided implies functionality that is not "
                        "implemented: amilab does not offer {}; see `amilab help coverage`",
                        what),
            kNotImplemented};
}

void require_current(const JsonRequest& request, std::int64_t wall_ms)
{
    if (request.header && request.header("Authorization")) {
        return;
    }
    const auto end_ms = end_of_presigned(request.query);
    if (end_ms && *end_ms < wall_ms) {
        throw has_expired(*end_ms, wall_ms);
    }
}

std::string_view bucket_of_host(std::string_view host)
{
    constexpr std::string_view kLocal = ".localhost";
    host = host.substr(0, host.find(':'));
    if (!ends_without_case(host, kLocal)) {
        return {};
    }
    host.remove_suffix(kLocal.size());
    // "s3" or "s3.us-east-1", alone or behind the bucket.
    for (const std::string_view of_service : {"s3", "s3."}) {
        if (host == of_service || (of_service.back() == '.' && host.starts_with(of_service))) {
            return {};
        }
    }
    if (ends_without_case(host, ".s3")) {
        host.remove_suffix(3);
    } else if (const auto region = host.rfind('.');
               region != std::string_view::npos && host.substr(0, region).ends_with(".s3")) {
        host = host.substr(0, region - 3);
    }
    return host;
}

BucketAndKey bucket_and_key(const JsonRequest& request)
{
    const auto host = request.header ? request.header("Host") : std::nullopt;
    const auto bucket = bucket_of_host(host.value_or(""));
    auto path = request.path;
    if (path.starts_with('/')) {
        path.remove_prefix(1);
    }
    if (!bucket.empty()) {
        return {std::string(bucket), decoded(path, false)};
    }
    const auto slash = std::min(path.find('/'), path.size());
    return {decoded(path.substr(0, slash), false),
            decoded(path.substr(std::min(slash + 1, path.size())), false)};
}

const OperationSchema& operation_of_resource(const ServiceSchema& service,
                                             const JsonRequest& request)
{
    const auto meant = bucket_and_key(request);
    const int depth = meant.bucket.empty() ? 0 : meant.key.empty() ? 1 : 2;
    const OperationSchema* found = nullptr;
    int most = -1;
    for (const auto* operation : service.operations) {
        if (operation->method != request.method || depth_of(*operation) != depth) {
            continue;
        }
        if (const auto wanted = match(*operation, request); wanted && *wanted > most) {
            found = operation;
            most = *wanted;
        }
    }
    if (found == nullptr) {
        // What is told apart by its query alone exists at AWS, mostly.
        std::string_view asked;
        each_pair(request.query, [&](const Pair& pair) {
            if (asked.empty() && pair.value.empty() && !is_of_signature(pair.name)) {
                asked = pair.name;
            }
        });
        if (!asked.empty()) {
            throw not_implemented(fmt::format("{} of ?{}", request.method, asked));
        }
        if (request.method == "POST" && depth == 1) {
            throw not_implemented("objects that HTML forms post");
        }
        throw method_not_allowed(request.method);
    }
    return *found;
}

std::vector<NamedValue> read_rest_xml_members(const OperationSchema& operation,
                                              const JsonRequest& request)
{
    std::vector<NamedValue> members;
    auto meant = bucket_and_key(request);
    if (depth_of(operation) > 0) {
        members.push_back({"Bucket", std::move(meant.bucket), Form::kText});
    }
    if (depth_of(operation) > 1) {
        members.push_back({"Key", std::move(meant.key), Form::kText});
    }
    read_rest_xml_query(operation, request.query, members);
    read_rest_xml_headers(operation, request, members);
    return members;
}

void rest_xml_check(const ParameterNode& root, const OperationSchema& operation)
{
    for (const auto& child : root.children()) {
        const auto* member = find_member(*operation.input, child.name);
        if (member == nullptr) {
            throw not_implemented(child.name);
        }
        if (member->offered) {
            check_value(child, *member);
        } else {
            check_rest_xml_default(child, *member);
        }
    }
    for (const auto& member : operation.input->rows) {
        if (member.required && root.child(member.name) == nullptr) {
            throw missing_member(member);
        }
    }
}

}  // namespace amilab::wire
