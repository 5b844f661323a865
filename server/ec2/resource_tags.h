#pragma once

#include <string_view>
#include <vector>

#include "server/session.h"
#include "server/wire/ec2/shared.h"
#include "storage/metadata/tag_rows.h"

/// Tags as all families take them on create and show them.
namespace amilab::ec2 {

/// The tags of a create call for one kind of resource ("image"). Checks every specification: types
/// other than `allowed` are refused, and so are keys and values that AWS refuses.
std::vector<TagRow> parse_tags(const std::vector<TagSpecification>& specifications,
                               std::string_view resource_type,
                               std::span<const std::string_view> allowed);

/// Throws unless the keys and values are ones that AWS takes. `keys_only`: values are not looked at.
void check_tags(const std::vector<TagRow>& tags);

void store_tags(Session& session, const TaggedResource& resource, const std::vector<TagRow>& tags);

/// The caller's own tags on a resource, as answers have them.
std::vector<Tag> tags_of(Session& session, std::string_view resource_id);

}  // namespace amilab::ec2
