#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/clock.h"
#include "storage/metadata/sql/database.h"

namespace amilab {

struct Transition {
    TimeMs due_ms = 0;
    /// What happens then, by the name that a family declares it by: "volume-available".
    std::string action{};
    std::string resource_id{};
    /// Of those of the same time; insert_transition gives it.
    std::int64_t sequence = 0;
};

void insert_transition(Database& db, const Transition& transition);
void delete_transitions(Database& db, std::string_view resource_id);
/// Removes what is due by `now_ms` and returns it, the earliest first, in the order of insertion
/// where times are equal; at most 1,000 of them.
std::vector<Transition> take_due_transitions(Database& db, TimeMs now_ms);
/// EarliestDue::kNever when nothing is under way.
TimeMs read_earliest_due_ms(Database& db);

}  // namespace amilab
