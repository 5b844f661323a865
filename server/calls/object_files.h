#pragma once

#include "server/calls/session.h"

namespace amilab {

/// To be called where a session has deleted something that had bytes of objects: after the commit
/// their files go, and who was refused for want of room may try again.
void remove_object_files_later(Session& session);

}  // namespace amilab
