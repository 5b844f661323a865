#include "server/calls/settle.h"

#include "server/calls/services.h"
#include "server/wire/parameters.h"
#include "storage/base/storage_error.h"
#include "storage/metadata/calls/transition_rows.h"
#include "storage/metadata/sql/transaction.h"
#include "storage/state/generation.h"

namespace amilab {

namespace {

void apply(Session& session, const Transition& transition)
{
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
    ~KeepRest() { generation_.reserve().make(); }
    KeepRest(const KeepRest&) = delete;
    KeepRest& operator=(const KeepRest&) = delete;

private:
    Generation& generation_;
};

}  // namespace

void settle_due(const Services& services, Generation& generation, Writer& writer)
{
    const auto now_ms = generation.clock().now_ms();
    while (generation.earliest_due().is_past(now_ms)) {
        const Caller nobody;
        Session session({services, generation, nobody, no_parameters(), "settle"}, writer.db(),
                        writer.ids());
        write_and_commit(generation, session, [now_ms](Session& settling) {
            for (const auto& due : take_due_transitions(settling.db(), now_ms)) {
                apply(settling, due);
            }
        });
        session.committed();
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
    generation.earliest_due().set_ms(earliest);
}

void run_write(const Session::Context& context, const std::function<void(Session&)>& change)
{
    auto writer = context.generation.writer();
    settle_due(context.services, context.generation, writer);
    Session session(context, writer.db(), writer.ids());
    write_and_commit(context.generation, session, change);
    session.committed();
}

void with_reserve(Generation& generation, const std::function<void()>& write)
{
    try {
        return write();
    } catch (const StorageError& error) {
        if (!error.is_full_disk() || !generation.reserve().give_up()) {
            throw;
        }
    }
    const KeepRest keep_rest(generation);
    write();
}

}  // namespace amilab
