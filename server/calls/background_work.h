#pragma once

#include <functional>
#include <memory>
#include <string>

#include "server/calls/byte_session.h"
#include "server/calls/family.h"
#include "server/calls/session.h"

/// Work of tasks that move bytes: in the background, a piece at a time, each in turn with those of
/// others and beside what is synced there, so that it delays nobody and nobody it.
namespace amilab {

/// What one task does. Used by one thread at a time: the background's for pieces, or that of the
/// call which began it. While it waits for its turn the generation may own it, so that what keeps a
/// generation is taken with the first piece, not before.
class BackgroundWork {
public:
    virtual ~BackgroundWork() = default;
    /// Whether its task still waits for it: asked before each piece, within a transaction that
    /// reads, so that a task which somebody has cancelled, or whose account was reset, is not
    /// worked on to its end.
    virtual bool is_wanted(Session& session) = 0;
    /// Does a piece, of a few milliseconds; false when there is no more. What it throws ends the
    /// work: an ApiError says why, so does a full disk.
    virtual bool step(ByteSession& session) = 0;
    /// Leaves nothing of what it has made: it is not wanted any more. Within a transaction; the
    /// last that is asked of it.
    virtual void drop(Session& session) = 0;
    /// Notes why it has ended before it was done, within a transaction.
    virtual void fail(Session& session, const std::string& why) = 0;
};

/// For what happens to `task` when its time has come: begins the work behind the commit, for the
/// caller whose task it is: owner_caller(). A process that ends before the work does leaves `due`
/// to the next start, so that it happens again: the work begins anew, for what it has not stored
/// has left nothing. `work` has to call session.cancel_transitions(task) in the transaction that
/// ends it, be that in fail(); whoever makes it unwanted does too.
void begin_background_work(Session& session, const Due& due, const std::string& task, Caller caller,
                           std::shared_ptr<BackgroundWork> work);

/// Does the first pieces of a work, on the calling thread, as many as a call may take, and leaves
/// the rest to the background.
using FirstPieces = std::function<void(Generation&)>;

/// For a call that moves bytes and stores a task which is to begin at once, within that
/// transaction; see begin_background_work(). What it returns is to be called behind the commit: a
/// small task has ended when its call is answered, and waits for nobody's turn.
[[nodiscard]] FirstPieces begin_work_in_call(Session& session, const Due& due,
                                             const std::string& task, Caller caller,
                                             std::shared_ptr<BackgroundWork> work);

}  // namespace amilab
