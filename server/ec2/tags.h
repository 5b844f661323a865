#pragma once

#include "server/session.h"
#include "server/wire/ec2/tags.h"

namespace amilab::ec2 {

CreateTagsResponse create_tags(Session& session, const CreateTagsRequest& request);
DeleteTagsResponse delete_tags(Session& session, const DeleteTagsRequest& request);
DescribeTagsResponse describe_tags(Session& session, const DescribeTagsRequest& request);

}  // namespace amilab::ec2
