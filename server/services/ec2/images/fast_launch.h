#pragma once

#include <string_view>

#include "server/calls/session.h"
#include "server/wire/ec2/fast_launch.h"

/// Windows fast launch: which images an account has prepared for it.
namespace amilab::ec2 {

EnableFastLaunchResponse enable_fast_launch(Session& session,
                                            const EnableFastLaunchRequest& request);
DisableFastLaunchResponse disable_fast_launch(Session& session,
                                              const DisableFastLaunchRequest& request);
DescribeFastLaunchImagesResponse describe_fast_launch_images(
    Session& session, const DescribeFastLaunchImagesRequest& request);

// What time brings about; nothing for one that is gone. `resource` is the account and the image.
void fast_launch_enabled(Session& session, std::string_view resource);
void fast_launch_gone(Session& session, std::string_view resource);

}  // namespace amilab::ec2
