#pragma once

#include <span>

#include "storage/nbd/handshake.h"
#include "storage/nbd/protocol.h"
#include "storage/nbd/replies.h"

namespace amilab::nbd {

/// Does what a request asks for and adds the reply to `replies`, which the caller sends. Refuses
/// what the export, its size or the protocol does not allow. `payload` is a write's. Throws
/// Disconnected.
/// Source: doc/proto.md, "Request types" and "Structured reply types" (documented).
void run_command(const Agreement& agreement, const Request& request,
                 std::span<const std::byte> payload, ReplyBatch& replies);

}  // namespace amilab::nbd
