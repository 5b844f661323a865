#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/earliest_due.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

struct Transition {
    TimeMs due_ms = 0;
    /// What happens then, by the name that a family declares it by: "volume-available".
    std::string action{};
    std::string resource_id{};
    /// Whose call it comes of; empty: nobody knows, so that everybody waits for it.
    std::string account{};
    /// Of those of the same time; insert_transition gives it.
    std::int64_t sequence = 0;
};

/// So many happen at most in one transaction, so that the writer is not held for as many as clients
/// have scheduled.
inline constexpr std::size_t kDueAtOnce = 50;

void insert_transition(Database& db, const Transition& transition);
void delete_transitions(Database& db, std::string_view resource_id);
/// Removes what is due by `now_ms` and returns it, the earliest first, in the order of insertion
/// where times are equal; at most kDueAtOnce. With an account its own alone, and nobody's.
std::vector<Transition> take_due_transitions(Database& db, TimeMs now_ms,
                                             std::optional<std::string_view> account);
/// Whether take_due_transitions() would find any.
bool has_due_transitions(Database& db, TimeMs now_ms, std::optional<std::string_view> account);
/// When something is due that this process is doing already: by its end at the latest, of which the
/// next start knows, and never before.
inline constexpr TimeMs kAtNextStart = EarliestDue::kNever;
/// Makes due what an earlier process was doing when it ended. In a transaction of its own.
void take_up_interrupted(Database& db);
/// When the first thing happens by itself: a transition, or the end of a token. EarliestDue::kNever
/// when nothing is under way.
TimeMs read_earliest_due_ms(Database& db);

}  // namespace amilab
