#include "server/calls/settle.h"

#include "server/calls/request_id.h"
#include "server/calls/services.h"
#include "server/wire/parameters.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/calls/client_token_rows.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"
#include "storage/state/stores.h"

namespace amilab {

namespace {

void apply(Session& session, const Transition& transition)
{
    session.schedule_for(transition.account);
    session.services().due(transition.action).happen(session, transition.resource_id);
}

/// Runs the transitions that are due, and those that they bring about in turn.
void settle_session(Session& session)
{
    for (auto due = session.take_due(); !due.empty(); due = session.take_due()) {
        for (const auto& transition : due) {
            apply(session, transition);
        }
    }
    session.store_transitions();
}

const wire::Parameters& no_parameters()
{
    static const wire::Parameters none("");
    return none;
}

/// What a call leaves of the reserve is kept for the next one that frees space.
class KeepRest {
public:
    explicit KeepRest(Generation& generation) : generation_(generation) {}
    ~KeepRest() { generation_.stores().reserve().make(); }
    KeepRest(const KeepRest&) = delete;
    KeepRest& operator=(const KeepRest&) = delete;

private:
    Generation& generation_;
};

void settle_batch(const Services& services, Generation& generation, Writer& writer, DueOf whose)
{
    const Caller nobody;
    Session session({services, generation, nobody, no_parameters(), "settle"}, writer.db(),
                    writer.ids());
    write_and_commit(generation, session, [&](Session& settling) {
        for (const auto& due : take_due_transitions(settling.db(), settling.now_ms(), whose)) {
            apply(settling, due);
        }
        if (!whose) {  // nobody waits for that
            delete_ended_tokens(settling.db(), settling.now_ms());
        }
    });
    session.committed();
}

/// The writer, once nothing is due any more.
Writer settled_writer(const Services& services, Generation& generation, DueOf whose)
{
    for (;;) {
        auto writer = generation.writer();
        if (!is_due(generation.timing(), writer.db(), whose)) {
            return writer;
        }
        settle_batch(services, generation, writer, whose);
    }
}

bool has_ended_tokens(Database& db, TimeMs now_ms)
{
    const auto end_ms = read_earliest_token_end_ms(db);
    return end_ms && *end_ms <= now_ms;
}

}  // namespace

bool is_due(const Timing& timing, Database& db, DueOf whose)
{
    const auto now_ms = timing.clock.now_ms();
    const bool any = timing.earliest_due.is_past(now_ms);
    return any &&
           (has_due_transitions(db, now_ms, whose) || (!whose && has_ended_tokens(db, now_ms)));
}

bool finds_due(Generation& generation, DueOf whose)
{
    const auto& timing = generation.timing();
    if (!timing.earliest_due.is_past(timing.clock.now_ms())) {
        return false;
    }
    auto reader = generation.reader();
    return is_due(timing, reader.db(), whose);
}

bool settle_some(const Services& services, Generation& generation, DueOf whose)
{
    auto writer = generation.writer();
    if (!is_due(generation.timing(), writer.db(), whose)) {
        // Whoever was told of something due may have been told too much.
        generation.timing().earliest_due.set_ms(read_earliest_due_ms(writer.db()));
        return false;
    }
    settle_batch(services, generation, writer, whose);
    return is_due(generation.timing(), writer.db(), whose);
}

void settle_all(const Services& services, Generation& generation, DueOf whose)
{
    while (settle_some(services, generation, whose)) {
    }
}

void write_and_commit(Generation& generation, Session& session,
                      const std::function<void(Session&)>& change)
{
    Transaction transaction(session.db());
    change(session);
    settle_session(session);
    const auto earliest = read_earliest_due_ms(session.db());
    transaction.commit();
    // What outside effects read is what was committed.
    generation.connections().show_committed();
    generation.timing().earliest_due.set_ms(earliest);
}

void run_write(const Session::Context& context, const std::function<void(Session&)>& change)
{
    auto writer = settled_writer(context.services, context.generation, context.caller.account);
    Session session(context, writer.db(), writer.ids());
    write_and_commit(context.generation, session, change);
    session.committed();
}

void run_write(const Services& services, Generation& generation, const Caller& caller,
               const std::function<void(Session&)>& change)
{
    const auto request_id = make_request_id();
    run_write({services, generation, caller, no_parameters(), request_id}, change);
}

void run_read(const Services& services, Generation& generation, const Caller& caller,
              const std::function<void(Session&)>& look)
{
    const auto request_id = make_request_id();
    auto reader = generation.reader();
    Session session({services, generation, caller, no_parameters(), request_id}, reader.db());
    look(session);
}

void with_reserve(Generation& generation, const std::function<void()>& write)
{
    try {
        return write();
    } catch (const StorageError& error) {
        if (!error.is_full_disk() || !generation.stores().reserve().give_up()) {
            throw;
        }
    }
    const KeepRest keep_rest(generation);
    write();
}

}  // namespace amilab
