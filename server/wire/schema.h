#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What the generator makes of fixtures/api: what exists at AWS and what a request may hold. All of
/// it is constant, made before main, and safe from any thread.
namespace amilab::wire {

enum class Kind : std::uint8_t {
    kString,
    kInteger,
    kLong,
    kDouble,
    kBoolean,
    kTimestamp,
    kBlob,
    kStructure,
    kList,
};

/// Where a request of the json protocols carries a member.
enum class Location : std::uint8_t { kBody, kUri, kQuery, kHeader };

struct Members;

/// A parameter, or the item of a list.
struct Member {
    std::string_view name;
    Kind kind = Kind::kString;
    /// Of a structure: its members. Of a list: one nameless row, its item.
    const Members* members = nullptr;
    /// Sorted; empty when any value is taken.
    std::span<const std::string_view> values{};
    /// Of a number, the characters of a string, the members of a list.
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
    bool required = false;
    /// False where the overlay says that amilab does not act on it yet, or on nothing below it.
    bool offered = true;
    /// The documented default of a member that is not offered: taken, and left out. A null view
    /// when there is none.
    std::string_view accepted{};
    Location location = Location::kBody;
    /// What it is called there, when that is not the body.
    std::string_view wire_name{};
};

/// Sorted by name.
struct Members {
    std::span<const Member> rows{};
};

/// The member of that name; null when there is none.
const Member* find_member(const Members& members, std::string_view name);

struct FilterAlias {
    std::string_view alias;
    std::string_view name;
};

struct OperationSchema {
    std::string_view name;
    const Members* input = nullptr;
    /// The idempotency token's parameter; empty when there is none.
    std::string_view token{};
    /// Of services that are told apart by paths: "/rules/{identifier}" and what an answer's status
    /// is.
    std::string_view method{};
    std::string_view uri{};
    int status = 200;
    /// The body is bytes, and no part of the typed request.
    bool has_payload = false;
    /// Of `query` services: the element around the answer's members.
    std::string_view result_wrapper{};
    /// Sorted. "tag:<key>" stands for all filters that begin with "tag:".
    std::span<const std::string_view> filters{};
    std::span<const FilterAlias> filter_aliases{};
    /// Parameters that SDKs add for transport; taken and ignored.
    std::span<const std::string_view> transport{};
};

/// The schema of the operation whose request is `Request`, so that a handler of another does not
/// compile beside it.
template <class Request>
struct OperationOf : OperationSchema {
};

enum class Protocol : std::uint8_t { kEc2, kQuery, kJson, kRestJson, kRestXml };

struct ServiceSchema {
    std::string_view name;
    Protocol protocol = Protocol::kEc2;
    /// The newest version of the API, a date.
    std::string_view version;
    /// All that there have been, sorted; empty: that one alone.
    std::span<const std::string_view> versions{};
    std::string_view xml_namespace{};
    /// Of `json` services: what stands before the dot in X-Amz-Target.
    std::string_view target_prefix{};
    /// The member of error bodies, in the json protocols, that holds the message.
    std::string_view error_message{};
    /// All that exist at AWS, sorted.
    std::span<const std::string_view> operation_names;
    /// The operations whose types are generated, sorted.
    std::span<const OperationSchema* const> operations;
};

bool operation_exists(const ServiceSchema& service, std::string_view name);
/// A null pointer when the operation is not served.
const OperationSchema* find_operation(const ServiceSchema& service, std::string_view name);

/// The documented name of a filter, for a name, an alias or any "tag:<key>"; empty when the
/// operation has no such filter. "tag:Owner" gives "tag:<key>".
std::string_view documented_filter(const OperationSchema& operation, std::string_view name);

/// One parameter of an operation that takes a value, for tests that send each of them.
struct ParameterInfo {
    /// "BlockDeviceMapping.1.Ebs.VolumeSize": every list has one member.
    std::string name;
    const Member* member = nullptr;
    /// Whether it, and the lists and structures it is in, are offered.
    bool offered = true;
    /// A documented default that is taken though the parameter is not offered.
    std::string_view accepted;
};

/// All of them; what holds itself is followed once.
std::vector<ParameterInfo> parameters_of(const OperationSchema& operation);

}  // namespace amilab::wire
