#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/calls/resource_tags.h"
#include "server/calls/session.h"
#include "server/services/ec2/common/errors.h"
#include "server/wire/ec2/shared.h"
#include "storage/metadata/tags/tag_rows.h"

/// Tags as all families take them on create and show them.
namespace amilab::ec2 {

/// The tags of a create call for one kind of resource ("image"). Checks every specification: types
/// other than `allowed` are refused, and so are keys and values that AWS refuses.
std::vector<TagRow> parse_tags(const std::vector<TagSpecification>& specifications,
                               std::string_view resource_type,
                               std::span<const std::string_view> allowed,
                               RefuseTagType refuse = &invalid_parameter_value);
/// The tags of a create call for resources whose ids are IdType; it may have some for those of the
/// other types too.
template <class IdType, class... OtherIds>
std::vector<TagRow> parse_tags(const std::vector<TagSpecification>& specifications,
                               RefuseTagType refuse = &invalid_parameter_value)
{
    constexpr std::string_view kAllowed[] = {
        resource_type_of(static_cast<const IdType*>(nullptr)),
        resource_type_of(static_cast<const OtherIds*>(nullptr))...};
    return parse_tags(specifications, kAllowed[0], kAllowed, refuse);
}

/// The tags of a request. Throws InvalidParameterValue for one without a key or a value.
std::vector<TagRow> read_tags(const std::vector<Tag>& tags);

/// Whether the metadata of an instance can show a tag of that key.
/// Source: EC2 User Guide, "View tags for your EC2 instances using instance metadata" (documented).
bool fits_metadata(std::string_view key);
/// Throws for a key that does not fit, of tags on an instance whose metadata show them.
void require_metadata_keys(const std::vector<TagRow>& tags);

/// Tags as descriptions have them: no element where there are none. Source: observed.
std::optional<std::vector<Tag>> unless_empty(std::vector<Tag> tags);

/// The caller's own tags on a resource, as answers have them.
std::vector<Tag> tags_of(Session& session, std::string_view resource_id);

/// The caller's own tags on the resources of a page, by one statement.
class PageTags {
public:
    PageTags(Session& session, const std::vector<std::string>& resource_ids);
    /// The tags of one resource, as answers have them.
    std::vector<Tag> of(const std::string& resource_id) const;

private:
    std::vector<std::pair<std::string, TagRow>> tags_;  // sorted by id
};

}  // namespace amilab::ec2
