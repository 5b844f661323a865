#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/calls/operation.h"
#include "server/wire/api_error.h"
#include "storage/base/delays.h"
#include "storage/base/ids.h"

/// What a family of resources says of itself, in one constant beside its handlers. Services reads
/// all of them; nothing else lists operations, kinds, transitions or delays.
namespace amilab {

/// A kind of resource, by what its ids begin with.
struct ResourceKind {
    std::string_view id_prefix;
    /// As tags name it: "security-group".
    std::string_view name;
    ApiError (*not_found)(const std::string& id);
    /// SQL that finds one which an account may tag; see taggable_resource_exists.
    std::string_view taggable_sql;
};

/// Something that befalls a resource by itself when its time has come, by the name that the
/// database keeps.
///
///     inline constexpr Due kVolumeAvailable{"volume-available"};
struct Due {
    std::string_view name;
};

/// What is done then, to the resource of that id. It finds a resource that may have gone.
struct DueRow {
    Due due;
    void (*happen)(Session& session, const std::string& resource_id);
};

struct Family {
    std::span<const Operation> operations{};
    std::span<const ResourceKind> kinds{};
    std::span<const DueRow> due{};
    std::span<const Delay> delays{};
};

/// A kind that may be tagged, and whose refusal of an unknown id is `not_found`.
template <class IdType, ApiError (*not_found)(const IdType&)>
constexpr ResourceKind kind(std::string_view taggable_sql)
{
    constexpr const IdType* kId = nullptr;
    return {id_prefix(kId), resource_type_of(kId),
            [](const std::string& id) { return not_found(IdType::trusted(id)); }, taggable_sql};
}

template <class Happening>
struct HappeningTypes;
template <class IdType>
struct HappeningTypes<void (*)(Session&, const IdType&)> {
    using Id = IdType;
};

/// `happening` is a function of a session and the resource's id, as a type of its own or as text.
template <auto happening>
constexpr DueRow when(Due due)
{
    using IdType = typename HappeningTypes<decltype(happening)>::Id;
    return {due, [](Session& session, const std::string& id) {
                if constexpr (std::is_same_v<IdType, std::string>) {
                    happening(session, id);
                } else {
                    happening(session, IdType::trusted(id));
                }
            }};
}

}  // namespace amilab
