#include "storage/metadata/calls/transition_rows.h"

#include <limits>

#include "storage/metadata/sql/columns.h"

namespace amilab {

namespace {

constexpr auto kTransitionColumns = columns<Transition>(
    "transition", "t", time<&Transition::due_ms>("due_ms"), text<&Transition::action>("action"),
    text<&Transition::resource_id>("resource_id"), integer<&Transition::sequence>("sequence"));

}  // namespace

void insert_transition(Database& db, const Transition& transition)
{
    Statement(db,
              "INSERT INTO transition (due_ms, action, resource_id, sequence) VALUES (?, ?, ?,"
              " (SELECT COALESCE(MAX(t.sequence), 0) + 1 FROM transition t WHERE t.due_ms = ?))")
        .execute(transition.due_ms, transition.action, transition.resource_id, transition.due_ms);
}

void delete_transitions(Database& db, std::string_view resource_id)
{
    Statement(db, "DELETE FROM transition WHERE resource_id = ?").execute(resource_id);
}

std::vector<Transition> take_due_transitions(Database& db, TimeMs now_ms)
{
    auto due = select_rows<kTransitionColumns>(
        db, "FROM transition t WHERE t.due_ms <= ? ORDER BY t.due_ms, t.sequence LIMIT 1000",
        now_ms);
    for (const auto& transition : due) {
        Statement(db, "DELETE FROM transition WHERE due_ms = ? AND sequence = ?")
            .execute(transition.due_ms, transition.sequence);
    }
    return due;
}

TimeMs read_earliest_due_ms(Database& db)
{
    Statement select(db, "SELECT MIN(due_ms) FROM transition");
    select.bind();
    return select.values<std::optional<TimeMs>>().front().value_or(
        std::numeric_limits<TimeMs>::max());
}

}  // namespace amilab
