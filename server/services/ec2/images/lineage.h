#pragma once

#include "server/calls/session.h"
#include "server/wire/ec2/lineage.h"

/// Where images come from, and what uses them.
namespace amilab::ec2 {

GetImageAncestryResponse get_image_ancestry(Session& session,
                                            const GetImageAncestryRequest& request);
DescribeImageReferencesResponse describe_image_references(
    Session& session, const DescribeImageReferencesRequest& request);
DescribeInstanceImageMetadataResponse describe_instance_image_metadata(
    Session& session, const DescribeInstanceImageMetadataRequest& request);

}  // namespace amilab::ec2
