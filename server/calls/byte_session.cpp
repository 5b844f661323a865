#include "server/calls/byte_session.h"

#include "storage/state/generation.h"
#include "storage/state/stores.h"

namespace amilab {

BlockStore& ByteSession::blocks()
{
    return generation_->stores().blocks();
}

}  // namespace amilab
