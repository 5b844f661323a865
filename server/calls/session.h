#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/wire/parameters.h"
#include "server/wire/types.h"
#include "storage/blocks/block_store.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/state/generation.h"

namespace amilab {

/// Who calls, from where.
struct Caller {
    std::string account;  ///< 12 digits
    std::string region;
    std::string access_key;  ///< empty when the request is unsigned
};

/// What one call works with. Lives on one thread, as long as the call.
class Session {
public:
    /// A call that only reads. `parameters` outlives the session.
    Session(Generation& generation, Database& db, const Caller& caller,
            const wire::Parameters& parameters, std::string_view request_id);
    /// A call that writes, inside the caller's open transaction.
    Session(Generation& generation, Generation::Writer& writer, const Caller& caller,
            const wire::Parameters& parameters, std::string_view request_id);

    const std::string& account() const { return caller_.account; }
    const std::string& region() const { return caller_.region; }
    const Caller& caller() const { return caller_; }
    std::string_view request_id() const { return request_id_; }
    /// The same during the whole call.
    TimeMs now_ms() const { return now_ms_; }
    Timestamp now() const { return {now_ms_}; }

    Database& db() { return db_; }
    BlockStore& blocks() { return generation_.blocks(); }
    Generation& generation() { return generation_; }

    /// Writing calls only.
    template <class IdType>
    IdType next_id()
    {
        return ids().next<IdType>();
    }
    IdSource& ids();

    /// On the thread that serves connections: whatever would wait for others gives up the call, by
    /// BudgetExceeded, for another thread to run.
    void forbid_waiting() { may_wait_ = false; }
    void about_to_wait() const
    {
        if (!may_wait_) {
            throw BudgetExceeded();
        }
    }

    const wire::Parameters& parameters() const { return parameters_; }
    /// What the caller's parameters amount to, client token and dry run aside.
    std::string fingerprint() const { return parameters_.canonical(); }

    /// Lets `action` befall `resource` after `delay`. What is due at once happens inside the same
    /// transaction, after the answer has been made.
    void schedule(Delay delay, Action action, std::string_view resource);
    /// The same at an instant that due_ms() has named.
    void schedule_at(TimeMs due_ms, Action action, std::string_view resource);
    TimeMs due_ms(Delay delay) const { return now_ms_ + generation_.delays().get(delay); }
    /// Forgets what was to befall `resource`.
    void cancel_transitions(std::string_view resource);
    /// Scheduled in this call and due by now; emptied.
    std::vector<Transition> take_due();
    /// Keeps the rest in the database. Called once, before the commit.
    void store_transitions();

    /// Runs after the commit, in order; not at all when the call fails.
    void on_commit(std::function<void()> action) { on_commit_.push_back(std::move(action)); }
    void committed();

private:
    Generation& generation_;
    Database& db_;
    Generation::Writer* writer_ = nullptr;
    const Caller& caller_;
    const wire::Parameters& parameters_;
    std::string_view request_id_;
    TimeMs now_ms_;
    bool may_wait_ = true;
    std::vector<Transition> scheduled_;
    std::vector<std::function<void()>> on_commit_;
};

}  // namespace amilab
