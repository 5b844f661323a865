#include "server/calls/settle.h"

#include "server/services/ec2/transitions.h"
#include "server/wire/parameters.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {

namespace {

/// Runs the transitions that are due, and those that they bring about in turn.
void settle_session(Session& session)
{
    for (auto due = session.take_due(); !due.empty(); due = session.take_due()) {
        for (const auto& transition : due) {
            ec2::apply_transition(session, transition);
        }
    }
    session.store_transitions();
}

const wire::Parameters& no_parameters()
{
    static const wire::Parameters none("");
    return none;
}

}  // namespace

void settle_due(Generation& generation, Generation::Writer& writer)
{
    const auto now_ms = generation.clock().now_ms();
    while (generation.earliest_due_ms() <= now_ms) {
        const Caller nobody;
        Session session(generation, writer, nobody, no_parameters(), "settle");
        write_and_commit(generation, session, [now_ms](Session& settling) {
            for (const auto& due : take_due_transitions(settling.db(), now_ms)) {
                ec2::apply_transition(settling, due);
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
    generation.set_earliest_due_ms(earliest);
}

void run_write(Generation& generation, const Caller& caller, const wire::Parameters& parameters,
               std::string_view request_id, const std::function<void(Session&)>& change)
{
    auto writer = generation.writer();
    settle_due(generation, writer);
    Session session(generation, writer, caller, parameters, request_id);
    write_and_commit(generation, session, change);
    session.committed();
}

}  // namespace amilab
