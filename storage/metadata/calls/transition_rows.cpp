#include "storage/metadata/calls/transition_rows.h"

#include <limits>

#include "storage/metadata/sql/statement.h"

namespace amilab {

void insert_transition(Database& db, const Transition& transition)
{
    Statement(
        db,
        "INSERT INTO transition (due_ms, sequence, action, resource_id)"
        " VALUES (?1, (SELECT COALESCE(MAX(sequence), 0) + 1 FROM transition WHERE due_ms = ?1),"
        " ?2, ?3)")
        .execute(transition.due_ms, transition.action, transition.resource_id);
}

void delete_transitions(Database& db, std::string_view resource_id)
{
    Statement(db, "DELETE FROM transition WHERE resource_id = ?1").execute(resource_id);
}

std::vector<Transition> take_due_transitions(Database& db, TimeMs now_ms)
{
    std::vector<Transition> due;
    std::vector<std::int64_t> sequences;
    {
        Statement select(db,
                         "SELECT due_ms, sequence, action, resource_id FROM transition"
                         " WHERE due_ms <= ?1 ORDER BY due_ms, sequence LIMIT 1000");
        select.bind(now_ms);
        while (select.step()) {
            auto row = select.row();
            const auto due_ms = row.integer();
            sequences.push_back(row.integer());
            auto action = row.text();
            due.push_back(
                {.due_ms = due_ms, .action = std::move(action), .resource_id = row.text()});
        }
    }
    for (std::size_t i = 0; i < due.size(); ++i) {
        Statement(db, "DELETE FROM transition WHERE due_ms = ?1 AND sequence = ?2")
            .execute(due[i].due_ms, sequences[i]);
    }
    return due;
}

TimeMs read_earliest_due_ms(Database& db)
{
    Statement select(db, "SELECT MIN(due_ms) FROM transition");
    select.bind();
    select.step();
    return select.row().optional_integer().value_or(std::numeric_limits<TimeMs>::max());
}

}  // namespace amilab
