#include "storage/metadata/calls/transition_rows.h"

#include <algorithm>
#include <iterator>
#include <tuple>

#include "storage/metadata/calls/client_token_rows.h"
#include "storage/metadata/sql/columns.h"
#include "storage/metadata/sql/transaction.h"

namespace amilab {

namespace {

constexpr auto kTransitionColumns = columns<Transition>(
    "transition", "t", time<&Transition::due_ms>("due_ms"), text<&Transition::action>("action"),
    text<&Transition::resource_id>("resource_id"), text<&Transition::account>("account"),
    integer<&Transition::sequence>("sequence"));

}  // namespace

void insert_transition(Database& db, const Transition& transition)
{
    Statement(db,
              "INSERT INTO transition (due_ms, action, resource_id, account, sequence)"
              " VALUES (?1, ?2, ?3, ?4,"
              " (SELECT COALESCE(MAX(t.sequence), 0) + 1 FROM transition t WHERE t.due_ms = ?1))")
        .execute(transition.due_ms, transition.action, transition.resource_id, transition.account);
}

void delete_transitions(Database& db, std::string_view resource_id)
{
    Statement(db, "DELETE FROM transition WHERE resource_id = ?").execute(resource_id);
}

namespace {

static_assert(kDueAtOnce == 50);  // as the two statements say

std::vector<Transition> select_due(Database& db, TimeMs now_ms)
{
    return select_rows<kTransitionColumns>(
        db, "FROM transition t WHERE t.due_ms <= ? ORDER BY t.due_ms, t.sequence LIMIT 50", now_ms);
}

/// Each account's are in an index in their order.
std::vector<Transition> select_due_of(Database& db, TimeMs now_ms, std::string_view account)
{
    return select_rows<kTransitionColumns>(db,
                                           "FROM transition t WHERE t.account = ?"
                                           " AND t.due_ms <= ?"
                                           " ORDER BY t.due_ms, t.sequence LIMIT 50",
                                           account, now_ms);
}

bool is_earlier(const Transition& one, const Transition& other)
{
    return std::tie(one.due_ms, one.sequence) < std::tie(other.due_ms, other.sequence);
}

std::vector<Transition> select_due_of_or_nobodys(Database& db, TimeMs now_ms,
                                                 std::string_view account)
{
    const auto own = select_due_of(db, now_ms, account);
    const auto nobodys = select_due_of(db, now_ms, "");
    std::vector<Transition> due;
    std::ranges::merge(own, nobodys, std::back_inserter(due), is_earlier);
    due.resize(std::min(due.size(), kDueAtOnce));
    return due;
}

}  // namespace

std::vector<Transition> take_due_transitions(Database& db, TimeMs now_ms,
                                             std::optional<std::string_view> account)
{
    auto due = account ? select_due_of_or_nobodys(db, now_ms, *account) : select_due(db, now_ms);
    for (const auto& transition : due) {
        Statement(db, "DELETE FROM transition WHERE due_ms = ? AND sequence = ?")
            .execute(transition.due_ms, transition.sequence);
    }
    return due;
}

bool has_due_transitions(Database& db, TimeMs now_ms, std::optional<std::string_view> account)
{
    Statement select(db, account ? "SELECT 1 FROM transition WHERE account IN (?, '')"
                                   " AND due_ms <= ? LIMIT 1"
                                 : "SELECT 1 FROM transition WHERE due_ms <= ? LIMIT 1");
    account ? select.bind(*account, now_ms) : select.bind(now_ms);
    return select.step();
}

void take_up_interrupted(Database& db)
{
    auto interrupted = select_rows<kTransitionColumns>(
        db, "FROM transition t WHERE t.due_ms = ? ORDER BY t.sequence", kAtNextStart);
    if (interrupted.empty()) {
        return;
    }
    Transaction transaction(db);
    Statement(db, "DELETE FROM transition WHERE due_ms = ?").execute(kAtNextStart);
    for (auto& one : interrupted) {
        one.due_ms = 0;
        insert_transition(db, one);
    }
    transaction.commit();
}

TimeMs read_earliest_due_ms(Database& db)
{
    Statement select(db, "SELECT MIN(due_ms) FROM transition");
    select.bind();
    constexpr auto kNever = EarliestDue::kNever;
    return std::min(select.values<std::optional<TimeMs>>().front().value_or(kNever),
                    read_earliest_token_end_ms(db).value_or(kNever));
}

}  // namespace amilab
