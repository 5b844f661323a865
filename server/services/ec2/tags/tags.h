#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/tags.h"

namespace amilab::ec2 {

/// Tags of resources that exist; resource_tags.h has those that other calls create. An account sees
/// and changes its own tags alone, on public and shared images too. Throws ApiError.
CreateTagsResponse create_tags(Session& session, const CreateTagsRequest& request);
DeleteTagsResponse delete_tags(Session& session, const DeleteTagsRequest& request);
DescribeTagsResponse describe_tags(Session& session, const DescribeTagsRequest& request);

}  // namespace amilab::ec2
