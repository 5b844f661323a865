#pragma once

#include <functional>
#include <memory>

#include "storage/nbd/export.h"
#include "storage/nbd/input.h"

namespace amilab::nbd {

/// What a client and the server have agreed on.
struct Agreement {
    std::shared_ptr<Export> opened;
    bool has_structured_replies = false;
    /// base:allocation was asked for, for this export.
    bool has_block_status = false;
};

/// What an export can do, as the client is told.
std::uint16_t transmission_flags(const ExportInfo& info, bool has_structured_replies);

/// Fixed newstyle, from the server's greeting to the client's choice of an export. Null when the
/// client went without one. Throws Disconnected, also for what is no handshake.
/// Source: doc/proto.md, "Handshake phase" and "Option types" (documented).
std::unique_ptr<Agreement> shake_hands(Stream& stream, Input& input, Exports& exports,
                                       const std::function<void()>& disconnect);

}  // namespace amilab::nbd
