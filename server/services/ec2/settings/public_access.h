#pragma once

#include "server/calls/family.h"
#include "server/calls/session.h"

namespace amilab::ec2 {

extern const Family kPublicAccess;

/// Whether the caller's account refuses to make images, or snapshots, of the region public.
bool is_image_public_access_blocked(Session& session);

bool is_snapshot_public_access_blocked(Session& session);

}  // namespace amilab::ec2
