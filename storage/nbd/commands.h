#pragma once

#include <span>

#include "storage/nbd/handshake.h"
#include "storage/nbd/protocol.h"
#include "storage/nbd/replies.h"

namespace amilab::nbd {

/// What a write brings, piece by piece. Throws Disconnected.
class Payload {
public:
    virtual ~Payload() = default;
    /// The next piece, which stays until the next call; empty behind the last.
    virtual std::span<const std::byte> next() = 0;
};

/// Does what a request asks for and adds the reply to `replies`, which the caller sends. Refuses
/// what the export, its size or the protocol does not allow. `payload` is a write's, whose
/// pieces are written as they come; of one that is refused they may be left. Throws
/// Disconnected.
/// Source: doc/proto.md, "Request types" and "Structured reply types" (documented).
void run_command(const Agreement& agreement, const Request& request, Payload& payload,
                 ReplyBatch& replies);

}  // namespace amilab::nbd
