#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/calls/issued_credentials.h"
#include "server/wire/api_error.h"
#include "server/wire/types.h"
#include "storage/base/clock.h"
#include "storage/base/delays.h"
#include "storage/metadata/images/image_ids.h"
#include "storage/metadata/snapshots/snapshot_ids.h"
#include "storage/metadata/sql/database.h"
#include "storage/metadata/sql/id_source.h"

namespace amilab {

class BlockStore;
class Generation;
class Services;
class Settings;
struct Due;
struct Transition;
namespace wire {
class Parameters;
}

/// Who calls, from where.
struct Caller {
    std::string account;  ///< 12 digits
    std::string region;
    std::string access_key;  ///< empty when the request is unsigned
    /// Whose credentials these are, where the Security Token Service gave them.
    Principal principal = {};
    /// Why `account` is empty, where it is.
    KeyState key = KeyState::kForeign;
    /// Whether the signature says the region; else it is the server's own.
    bool names_region = true;
    /// What it calls the server, with the port: the Host header, of services that take no forms.
    std::string host = {};
};

/// Where a list that its request does not limit goes on: it is answered in parts, each with a
/// session of its own.
struct ListPart {
    /// How many rows it has at most; what may not be cut may be more.
    std::int64_t most_rows;
    /// The key of the last row of the parts before; empty in the first.
    std::string after = {};
    /// Whether rows are in the order of what they stand together by.
    bool is_grouped = false;
    bool has_more = false;
};

/// What one call works with. Lives on one thread, as long as the call.
class Session {
public:
    /// What all sessions of one call have. Everything that it names outlives the session.
    struct Context {
        const Services& services;
        Generation& generation;
        const Caller& caller;
        const wire::Parameters& parameters;
        std::string_view request_id;
    };

    /// A call that only reads.
    Session(const Context& context, Database& db);
    /// A call that writes, with the writer's connection and ids, inside an open transaction.
    Session(const Context& context, Database& db, IdSource& ids);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    const std::string& account() const { return context_.caller.account; }
    const std::string& region() const { return context_.caller.region; }
    const Caller& caller() const { return context_.caller; }
    std::string_view request_id() const { return context_.request_id; }
    /// One instant during the whole call.
    TimeMs now_ms() const { return now_ms_; }
    Timestamp now() const { return {now_ms_}; }

    const Services& services() const { return context_.services; }
    Database& db() { return db_; }
    BlockStore& blocks();
    const Settings& settings() const;
    Generation& generation() { return context_.generation; }

    /// Writing calls only. Images and snapshots of a catalogue's file, and images that were
    /// adopted, have ids of somebody's choice, which may be ours too: these are passed over.
    template <class IdType>
    IdType next_id()
    {
        return ids().template next<IdType>();
    }
    IdSource& ids();

    /// On the thread that serves connections: whatever would wait for others gives up the call, by
    /// BudgetExceeded, for another thread to run.
    void forbid_waiting() { may_wait_ = false; }
    bool may_wait() const { return may_wait_; }
    void about_to_wait() const
    {
        if (!may_wait_) {
            throw BudgetExceeded();
        }
    }

    /// As about_to_wait(), by who knows beforehand that the budget of a quick call will not do.
    void about_to_take_long() const { about_to_wait(); }

    /// What part of a list to answer whose rows the request does not limit, and whether there are
    /// more. Null when it is answered whole.
    ListPart* part() const { return part_; }
    void answer_part(ListPart& part) { part_ = &part; }

    /// What the caller's parameters amount to, client token and dry run aside.
    std::string fingerprint() const;
    /// What the caller's parameters ask a list for, wherever a page begins and ends.
    std::string list_fingerprint() const;

    /// Lets `due` befall `resource` after `delay`. What is due at once happens inside the same
    /// transaction, after the answer has been made.
    void schedule(const Delay& delay, const Due& due, std::string_view resource);
    /// Lets it happen at an instant that due_ms() has named. Throws std::logic_error for one that
    /// no family declares.
    void schedule_at(TimeMs due_ms, const Due& due, std::string_view resource);
    TimeMs due_ms(const Delay& delay) const { return now_ms_ + delay_ms(delay); }
    TimeMs delay_ms(const Delay& delay) const;
    /// From now on what is scheduled is of that account; else it is the caller's.
    void schedule_for(std::string_view account) { scheduled_for_ = account; }
    /// Forgets what was to befall `resource`.
    void cancel_transitions(std::string_view resource);
    /// Scheduled in this call and due by now; emptied.
    std::vector<Transition> take_due();
    /// Keeps the rest in the database. Called once, before the commit.
    void store_transitions();

    /// Takes over what another session of this transaction, in which somebody else calls, has left
    /// for later: what befalls resources, and what runs after the commit.
    void adopt(Session& other);

    /// Runs after the commit, in order; not at all when the call fails. The only place for effects
    /// outside the transaction. What is committed stands: one that throws is our bug, and is
    /// logged, and those behind it run all the same.
    void after_commit(std::function<void(Generation&)> action)
    {
        after_commit_.push_back(std::move(action));
    }
    /// Refuses the call once what it has done is committed: for the few calls that AWS refuses and
    /// yet does in part.
    void refuse_committed(ApiError refusal) { refusal_ = std::move(refusal); }
    /// Runs what was left to do. Throws what refuse_committed() was told.
    void committed();

private:
    Context context_;
    Database& db_;
    IdSource* ids_ = nullptr;
    TimeMs now_ms_;
    bool may_wait_ = true;
    ListPart* part_ = nullptr;
    std::string scheduled_for_;
    std::vector<Transition> scheduled_;
    std::vector<std::function<void(Generation&)>> after_commit_;
    std::optional<ApiError> refusal_;
};

template <>
ImageId Session::next_id<ImageId>();
template <>
SnapshotId Session::next_id<SnapshotId>();

}  // namespace amilab
