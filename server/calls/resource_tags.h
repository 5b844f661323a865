#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/calls/session.h"
#include "storage/base/ids.h"
#include "storage/metadata/tags/tag_rows.h"

/// Tags of resources, as all services keep them.
namespace amilab {

/// Whether only AWS itself may use the key.
/// Source: `aws:`, in upper and lower case (documented).
bool is_reserved_key(std::string_view key);

/// Throws unless the keys and values are ones that AWS takes: InvalidParameterValue,
/// TagLimitExceeded.
/// Source: EC2 User Guide, "Tag restrictions" (documented); the refusals are observed.
void check_tags(const std::vector<TagRow>& tags);

/// Throws TagLimitExceeded when the resource would have more than 50 of the caller's tags.
void store_tags(Session& session, const TaggedResource& resource, const std::vector<TagRow>& tags);
/// The tags are put on each of the resources, by statements whose number does not grow with them.
void store_tags(Session& session, const std::vector<TaggedResource>& resources,
                const std::vector<TagRow>& tags);
template <class Tag>
void store_tags(Session& session, const Id<Tag>& id, const std::vector<TagRow>& tags)
{
    store_tags(session, TaggedResource{id.text(), std::string(resource_type_of(&id))}, tags);
}

}  // namespace amilab
