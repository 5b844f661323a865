#include "server/calls/session.h"

#include <algorithm>
#include <stdexcept>

namespace amilab {

Session::Session(Generation& generation, Database& db, const Caller& caller,
                 const wire::Parameters& parameters, std::string_view request_id)
    : generation_(generation),
      db_(db),
      caller_(caller),
      parameters_(parameters),
      request_id_(request_id),
      now_ms_(generation.clock().now_ms())
{
}

Session::Session(Generation& generation, Generation::Writer& writer, const Caller& caller,
                 const wire::Parameters& parameters, std::string_view request_id)
    : Session(generation, writer.db(), caller, parameters, request_id)
{
    writer_ = &writer;
}

IdSource& Session::ids()
{
    if (writer_ == nullptr) {
        throw std::logic_error("an operation marked read asks for a new id");
    }
    return writer_->ids();
}

void Session::schedule(Delay delay, Action action, std::string_view resource)
{
    schedule_at(due_ms(delay), action, resource);
}

void Session::schedule_at(TimeMs due_ms, Action action, std::string_view resource)
{
    scheduled_.push_back(
        {.due_ms = due_ms, .action = action, .resource_id = std::string(resource)});
}

void Session::cancel_transitions(std::string_view resource)
{
    std::erase_if(scheduled_, [&](const auto& one) { return one.resource_id == resource; });
    delete_transitions(db_, resource);
}

std::vector<Transition> Session::take_due()
{
    const auto first_due =
        std::stable_partition(scheduled_.begin(), scheduled_.end(),
                              [this](const auto& one) { return one.due_ms > now_ms_; });
    std::vector<Transition> due(std::make_move_iterator(first_due),
                                std::make_move_iterator(scheduled_.end()));
    scheduled_.erase(first_due, scheduled_.end());
    return due;
}

void Session::store_transitions()
{
    for (const auto& transition : scheduled_) {
        insert_transition(db_, transition);
    }
    scheduled_.clear();
}

void Session::committed()
{
    for (const auto& action : on_commit_) {
        action();
    }
    on_commit_.clear();
}

}  // namespace amilab
