#include "server/calls/byte_session.h"

#include "storage/state/generation.h"

namespace amilab {

BlockStore& ByteSession::blocks()
{
    return generation_->blocks();
}

}  // namespace amilab
