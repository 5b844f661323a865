#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/wire/api_error.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/instances/instance_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/volumes/volume_ids.h"

/// Ids of requests.
namespace amilab::ec2 {

/// `code`, and how ids with `prefix` begin if `text` does not.
ApiError malformed_id(std::string_view code, std::string_view text, std::string_view prefix);

/// The refusal of `text`, which is no id of the kind at all. Rooms of kinds that AWS has no such
/// code for define their own. Some name the parameter: the kind's usual one where none is given.
template <class IdType>
ApiError malformed_id(std::string_view text, std::string_view /*parameter*/)
{
    constexpr const IdType* kKind = nullptr;
    return malformed_id(malformed_code(kKind), text, id_prefix(kKind));
}

/// Several ids as refusals name them: "a, b".
template <class IdType>
std::string joined(const std::vector<IdType>& ids)
{
    std::string text;
    for (const auto& id : ids) {
        text += text.empty() ? "" : ", ";
        text += id.text();
    }
    return text;
}

/// Parses, or throws malformed_id.
template <class IdType>
IdType parse_id(std::string_view text, std::string_view parameter = {})
{
    auto id = IdType::from_text(text);
    if (!id) {
        throw malformed_id<IdType>(text, parameter);
    }
    return *id;
}

template <class IdType>
std::vector<IdType> parse_ids(const std::vector<std::string>& texts,
                              std::string_view parameter = {})
{
    std::vector<IdType> ids;
    ids.reserve(texts.size());
    for (const auto& text : texts) {
        ids.push_back(parse_id<IdType>(text, parameter));
    }
    return ids;
}

/// Throws InvalidParameterValue unless the ids, where there are any, have the shape of a kernel's
/// and of a RAM disk's. Nothing looks whether they are there. Source: codes and texts assumed.
void check_kernel(const std::optional<std::string>& kernel_id,
                  const std::optional<std::string>& ramdisk_id);

// Of kinds that calls of several rooms take.

template <>
ApiError malformed_id<SnapshotId>(std::string_view text, std::string_view parameter);
template <>
ApiError malformed_id<VolumeId>(std::string_view text, std::string_view parameter);
ApiError not_found(const VolumeId& id);
ApiError not_found(const std::vector<ImageId>& ids);
ApiError not_found(const ImageId& id);
ApiError not_found(const SnapshotId& id);
ApiError not_found(const std::vector<InstanceId>& ids);
ApiError not_found(const InstanceId& id);

}  // namespace amilab::ec2
