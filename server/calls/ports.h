#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/calls/session.h"

/// Where one service asks another, or what lies outside. Neither includes the other: the asked one
/// fills the port in its Service, the asking one finds it in Session::services().
namespace amilab {

/// A parameter that stands for an image.
struct ImageParameter {
    std::string value;
    /// "text", "aws:ec2:image".
    std::string data_type;
    /// One of AWS's own.
    bool is_public = false;
};

/// A profile of instances, as those show it that have it.
struct InstanceProfileFacts {
    std::string arn;
    std::string id;
    bool has_role = false;
};

/// A role that the caller wants to take on.
struct RoleWish {
    std::string account;
    /// As its ARN names it: "role/path/name".
    std::string resource;
    std::optional<std::string> external_id;
};

class Machines;
struct ObjectStore;

struct Ports {
    /// Filled by the Parameter Store: the parameter that a name, perhaps with a version or a label
    /// behind a colon, means to the caller; nothing when there is none.
    std::optional<ImageParameter> (*find_image_parameter)(Session& session,
                                                          std::string_view reference) = nullptr;
    /// Filled by EC2: whether the text is the id of an image that the caller can see in its region.
    /// On servers that adopt unknown images, any image's id becomes one.
    bool (*is_usable_image)(Session& session, std::string_view image_id) = nullptr;
    /// Filled by S3: objects, for who imports and exports images (object_store.h).
    const ObjectStore* objects = nullptr;
    /// Filled by IAM: whether the caller has a role of that name whose trust policy names the
    /// service ("vmie.amazonaws.com").
    bool (*trusts_service)(Session& session, std::string_view role,
                           std::string_view service) = nullptr;
    /// Filled by IAM: the caller's profile of that name; nothing when there is none.
    std::optional<InstanceProfileFacts> (*find_instance_profile)(Session& session,
                                                                 std::string_view name) = nullptr;
    /// Filled by IAM: how long a session of the role may be, in seconds; nothing where there is no
    /// such role, or it does not trust the caller.
    std::optional<std::int64_t> (*longest_role_session)(Session& session,
                                                        const RoleWish& wish) = nullptr;
    /// Said by whoever makes the emulator: whether roles that services and callers take on, and
    /// profiles of instances, are looked at.
    bool has_strict_roles = false;
    /// Filled by whoever makes the emulator: what instances run on; time alone when it is null.
    Machines* machines = nullptr;
    /// Said by whoever makes the emulator: whether accounts have AWS's quotas until they are set.
    bool has_aws_quotas = false;
};

}  // namespace amilab
